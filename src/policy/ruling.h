// What the rules of one stage decide.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/rule.h"
#include "mail/header_edit.h"
#include "mail/mailbox.h"
#include "mail/reply.h"

namespace cursus {

enum class Verdict : std::uint8_t {
    Pass,  // no rule has anything against it
    Refuse,
    PutOff,   // refused for now, since nobody can tell
    Discard,  // taken, and thrown away
    Hold,     // taken, and kept from delivery
};

constexpr bool is_refusal(Verdict verdict) {
    return verdict == Verdict::Refuse || verdict == Verdict::PutOff;
}

// Of one rule. They build upon each other, and so are made all or none.
struct RuleEdits {
    std::string rule;
    std::vector<HeaderEdit> edits;
    friend bool operator==(const RuleEdits&, const RuleEdits&) = default;
};

// What rules change about a message that goes on.
struct Changes {
    std::vector<RuleEdits> edits;
    Words tags;
    std::vector<Mailbox> copies;
    std::optional<Mailbox> redirect;  // gets it in place of all its recipients
    void add(Changes other);
    std::vector<HeaderEdit> all_edits() const;
};

struct Ruling {
    Verdict verdict = Verdict::Pass;
    std::string rule;                   // whose verdict it is; empty: no rule's
    std::optional<Reply> reply;         // Refuse, PutOff
    std::string why;                    // Discard, Hold
    std::optional<Duration> keep = {};  // Hold; none: [quarantine] keep
    Changes changes = {};
    Duration delay{};  // before the reply

    bool is_refused() const { return is_refusal(verdict); }

    // What an advisor wants if the rules behind it let the mail pass, and if they refuse it for good.
    std::optional<Reply> if_passed = {}, if_refused = {};
};

}  // namespace cursus
