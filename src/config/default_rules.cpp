#include "config/default_rules.h"

#include <fmt/format.h>

namespace cursus {
namespace {

// What docs/policy.md says of each, it says of these lines.
constexpr std::string_view first_rules = R"toml([[rule]]
name = "open-postmaster"
at = "rcpt"
if = { recipient = ["postmaster@", "abuse@"], not_rate = "60/1h per client" }
do = "accept"
)toml";

constexpr std::string_view last_rules = R"toml([[rule]]
name = "sender-null-mx"
at = "mail"
if = { sender_domain = "null-mx", trusted = false, service = "mx" }
do = "reject"
text = "5.7.27 The domain {sender.domain} takes no mail, so nobody could answer"

[[rule]]
name = "sender-domain"
at = "mail"
if = { sender_domain = "unusable", trusted = false, service = "mx" }
do = "reject"
text = "5.1.8 The domain {sender.domain} cannot take mail, so nobody could answer"

[[rule]]
name = "malformed"
at = "data"
if = { malformed = true }
do = "reject"
text = "The message is malformed: {malformed}"

[[rule]]
name = "malformed-noted"
at = "data"
if = { malformed = "noted" }
do = "annotate"
header = "X-Malformed: {malformed}"

[[rule]]
name = "virus"
at = "data"
if = { virus = true }
do = "reject"
text = "The message carries {virus.name}"

[[rule]]
name = "spam-refused"
at = "data"
if = { spam_action = "reject", trusted = false }
do = "reject"
text = "The message looks like junk (score {spam.score})"

[[rule]]
name = "spam-held"
at = "data"
if = { spam_action = "quarantine", trusted = false }
do = "hold"
text = "The message looks like junk (score {spam.score})"

[[rule]]
name = "spam-discarded"
at = "data"
if = { spam_action = "discard", trusted = false }
do = "discard"

[[rule]]
name = "spam-later"
at = "data"
if = { spam_action = "soft reject", trusted = false }
do = "defer"
text = "Please try again later"

[[rule]]
name = "spam-marked"
at = "data"
if = { spam = true }
do = "annotate"
replace_header = ["X-Spam-Flag: YES", "X-Spam-Score: {spam.score}"]
)toml";

}  // namespace

DefaultRules default_rules() {
    return {first_rules, last_rules};
}

bool is_default_rule(std::string_view name) {
    const auto line = fmt::format("\nname = \"{}\"\n", name);
    return first_rules.find(line) != std::string_view::npos ||
           last_rules.find(line) != std::string_view::npos;
}

}  // namespace cursus
