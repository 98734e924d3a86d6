#include "route/expansion_replies.h"

#include <fmt/format.h>

namespace cursus {

Reply no_such_user() {
    return {550, Status{5, 1, 1}, "There is no such user here"};
}

Reply refused_by_list(std::string_view text) {
    return {550, Status{5, 1, 1}, text.empty() ? "This address takes no mail" : std::string(text)};
}

Reply expands_to_itself(std::string_view chain) {
    return {550, Status{5, 4, 6}, fmt::format("The address leads to itself and to no mailbox: {}", chain)};
}

Reply delivered_here_before(std::string_view address) {
    return {554, Status{5, 4, 6},
            fmt::format("This message has been delivered to {} before: a loop", address)};
}

Reply rejected_here(std::string_view why) {
    return {550, Status{5, 3, 0}, why.empty() ? "The message was rejected" : std::string(why)};
}

Reply mailbox_is_full(std::string_view why, FullMailbox how) {
    const std::string text = fmt::format("The mailbox has no room: {}", why);
    if (how == FullMailbox::ForGood) return {552, Status{5, 2, 2}, text};
    return {452, Status{4, 2, 2}, text};
}

Reply busy_now(std::string_view address) {
    return {451, Status{4, 3, 2}, fmt::format("Earlier deliveries to {} have not ended yet", address)};
}

Reply unwritable_now(std::string_view why) {
    return {451, Status{4, 3, 0}, fmt::format("It cannot be delivered now: {}", why)};
}

Reply lookup_unavailable(std::string_view address, std::string_view why) {
    return {451, Status{4, 3, 0}, fmt::format("Nobody can tell now who {} is: {}", address, why)};
}

Reply list_broken(std::string_view list, std::uint32_t line, std::string_view why) {
    if (line == 0) return {451, Status{4, 3, 5}, fmt::format("{}: {}", list, why)};
    return {451, Status{4, 3, 5}, fmt::format("{}:{}: {}", list, line, why)};
}

Reply list_empty(std::string_view place) {
    return {451, Status{4, 3, 5},
            fmt::format("{}: no target stands there; write :blackhole: to throw mail away", place)};
}

Reply list_unreadable(std::string_view path, std::string_view why) {
    return {451, Status{4, 3, 0}, fmt::format("{} cannot be used now: {}", path, why)};
}

Reply deferred_by_list(std::string_view place, std::string_view text) {
    return {451, Status{4, 3, 0}, fmt::format("{} defers: {}", place, text)};
}

Reply target_not_allowed(std::string_view place, std::string_view target, std::string_view key) {
    return {451, Status{4, 3, 5},
            fmt::format("{}: \"{}\" is not allowed there by [local] {}", place, target, key)};
}

Reply expansion_too_deep(std::string_view chain, std::uint32_t depth_max) {
    return {451, Status{4, 3, 5},
            fmt::format("More than {} steps, see [limits] expansion_depth: {}", depth_max, chain)};
}

Reply expansion_too_long(std::string_view address, std::size_t steps_max) {
    return {451, Status{4, 3, 5},
            fmt::format("It takes more than {} steps to find out where {} leads, four for each of [limits] "
                        "expansion_members",
                        steps_max, address)};
}

Reply expansion_too_wide(std::string_view address, std::uint32_t members_max) {
    return {451, Status{4, 3, 5},
            fmt::format("{} leads to more than {} recipients, see [limits] expansion_members", address,
                        members_max)};
}

}  // namespace cursus
