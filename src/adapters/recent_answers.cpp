#include "adapters/recent_answers.h"

#include <utility>

namespace cursus {
namespace {

std::string key_of(const std::string& name, RecordType type) {
    return name + ' ' + std::to_string(static_cast<unsigned>(type));
}

bool is_settled(const DnsAnswer& answer) {
    return answer.status == DnsStatus::Found || answer.status == DnsStatus::NoData ||
           answer.status == DnsStatus::NxDomain;
}

bool is_small(const DnsAnswer& answer) {
    std::size_t octets = 0;
    for (const auto& record : answer.records) octets += sizeof(std::string) + record.size();
    return octets <= recent_answer_octets_max;
}

}  // namespace

void RecentAnswers::keep(const std::string& name, RecordType type, std::shared_ptr<const DnsAnswer> answer,
                         Time now) {
    if (is_settled(*answer) && is_small(*answer)) kept_.at(key_of(name, type)) = {std::move(answer), now};
}

std::shared_ptr<const DnsAnswer> RecentAnswers::find(const std::string& name, RecordType type, Time now) {
    const std::string key = key_of(name, type);
    const Kept* const kept = kept_.find(key);
    if (kept == nullptr) return nullptr;
    const auto age = std::chrono::floor<std::chrono::seconds>(now - kept->since);
    if (age >= kept->answer->ttl) {
        kept_.erase(key);
        return nullptr;
    }
    if (age == age.zero()) return kept->answer;
    auto left = std::make_shared<DnsAnswer>(*kept->answer);
    left->ttl -= age;
    return left;
}

}  // namespace cursus
