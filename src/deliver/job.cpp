#include "deliver/job.h"

#include <algorithm>

namespace cursus {

Job::Job(Taken first) {
    for (DueRecipient& due : first.work.recipients) open.push_back({std::move(due), std::nullopt});
    single_copy = first.work.single_copy;
    taken.push_back(std::move(first));
}

bool JobRecipient::was_refused_by(const std::string& host) const {
    return std::ranges::find(refused_by, host) != refused_by.end();
}

void Job::merge(Job&& other) {
    std::ranges::move(other.open, std::back_inserter(open));
    std::ranges::move(other.taken, std::back_inserter(taken));
    other.open.clear();
    other.taken.clear();
}

bool Job::is_same_mail(const Job& other) const {
    const Work &work = taken.front().work, &others = other.taken.front().work;
    return work.message == others.message && work.envelope->sender == others.envelope->sender &&
           work.front == others.front;
}

bool Job::was_tried_at(const std::string& host) const {
    return std::ranges::find(refused_at, host) != refused_at.end() ||
           std::ranges::find(failed_at, host) != failed_at.end();
}

}  // namespace cursus
