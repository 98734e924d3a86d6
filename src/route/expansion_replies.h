// What is said of a local address that cannot be delivered to: in a report, in the log, by `cursus route`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mail/reply.h"

namespace cursus {

// Permanent.
Reply no_such_user();                                   // 550 5.1.1
Reply refused_by_list(std::string_view text);           // ":fail: text"
Reply expands_to_itself(std::string_view chain);        // and nobody has a mailbox of that name: 5.4.6
Reply delivered_here_before(std::string_view address);  // RFC 9228 §4: a loop, 5.4.6

Reply rejected_here(std::string_view why);  // by a command: 5.3.0, with the first lines it said

// A mailbox that has no room: the owner's quota, or their disk, X.2.2.
enum class FullMailbox : std::uint8_t { ForNow, ForGood };
Reply mailbox_is_full(std::string_view why, FullMailbox how);

// Temporary: the operator or the user will mend it, and no mail is lost meanwhile.
Reply lookup_unavailable(std::string_view address, std::string_view why);
Reply list_broken(std::string_view list, std::uint32_t line, std::string_view why);  // line 0: none
Reply list_empty(std::string_view place);
Reply list_unreadable(std::string_view path, std::string_view why);
Reply busy_now(std::string_view address);  // deliveries to it take long, and many wait already
Reply unwritable_now(std::string_view why);
Reply deferred_by_list(std::string_view place, std::string_view text);  // ":defer: text"
Reply target_not_allowed(std::string_view place, std::string_view target, std::string_view key);
Reply expansion_too_deep(std::string_view chain, std::uint32_t depth_max);
Reply expansion_too_long(std::string_view address, std::size_t steps_max);
Reply expansion_too_wide(std::string_view address, std::uint32_t members_max);

}  // namespace cursus
