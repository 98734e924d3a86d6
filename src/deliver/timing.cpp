#include "deliver/timing.h"

#include <fmt/format.h>

namespace cursus {
namespace {

using std::chrono::seconds;

bool returns(const Envelope& envelope) {
    return envelope.deliver_by && envelope.deliver_by->mode == ByMode::Return;
}

seconds left(const DeliverBy& deliver_by, WallTime now) {
    return std::chrono::floor<seconds>(deliver_by.time - now);
}

}  // namespace

std::optional<Reply> too_late(const Envelope& envelope, WallTime now) {
    // BY is in whole seconds, and 0 of them cannot be asked for.
    if (!returns(envelope) || left(*envelope.deliver_by, now) > seconds{0}) return std::nullopt;
    return Reply{554, Status{5, 4, 7}, "The time to deliver it by has passed"};
}

std::optional<Reply> cannot_keep_time(const Envelope& envelope, const Extensions& peer, Dialect dialect,
                                      WallTime now) {
    if (auto late = too_late(envelope, now)) return late;
    if (!returns(envelope)) return std::nullopt;
    if (!peer.deliver_by) {
        if (dialect == Dialect::Lmtp) return std::nullopt;
        return Reply{554, Status{5, 3, 3}, "The next host does not promise delivery by a time (DELIVERBY)"};
    }
    const auto remaining = left(*envelope.deliver_by, now);
    if (remaining >= *peer.deliver_by) return std::nullopt;
    return Reply{554, Status{5, 4, 7},
                 fmt::format("There are {} seconds left to deliver it, the next host wants {} (DELIVERBY)",
                             remaining.count(), peer.deliver_by->count())};
}

std::vector<std::string> timing_parameters(const Envelope& envelope, const Extensions& peer, WallTime now) {
    std::vector<std::string> parameters;
    if (envelope.deliver_by && peer.deliver_by)
        parameters.push_back("BY=" + deliver_by_value(*envelope.deliver_by, now));
    if (peer.mt_priority) parameters.push_back(fmt::format("MT-PRIORITY={}", envelope.priority));
    return parameters;
}

bool ends_promise(const Envelope& envelope, const Extensions& peer, Dialect dialect, WallTime now) {
    const auto& deliver_by = envelope.deliver_by;
    if (!deliver_by || dialect == Dialect::Lmtp || peer.deliver_by) return false;
    return deliver_by->mode == ByMode::Notify && deliver_by->time > now;
}

bool is_told_of_relaying(const Envelope& envelope, const Extensions& peer, Dialect dialect, WallTime now) {
    const bool is_traced = envelope.deliver_by && envelope.deliver_by->trace && dialect == Dialect::Smtp;
    return is_traced || ends_promise(envelope, peer, dialect, now);
}

}  // namespace cursus
