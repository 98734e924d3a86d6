// The operator's rules, asked in order.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "config/settings.h"
#include "policy/evidence.h"
#include "policy/ruling.h"

namespace cursus {

// Immutable, so any thread may ask. The settings outlive it.
class RuleBook {
public:
    explicit RuleBook(const Settings& settings);

    // `recipient`: who is asked about, at rcpt and data. `evidence` lives until this returns. Lookups that
    // the stage's rules may need run side by side. Every rule whose conditions hold is told as an event, and
    // so is each that nobody could decide.
    Task<Ruling> decide(RuleStage stage, Evidence& evidence, std::optional<Mailbox> recipient) const;

    // Of a recipient that is refused already: how long the reply is to wait, by the rules that delay and that
    // no rule that accepts comes before.
    Task<Duration> delay_of_refused(RuleStage stage, Evidence& evidence, Mailbox recipient) const;

    bool is_empty() const { return settings_.rules.empty(); }
    bool has_rules(RuleStage stage) const { return !of(stage).empty(); }
    // Whether the recipients of one message may fare differently at data.
    bool tells_recipients_apart() const { return tells_recipients_apart_; }
    bool has_advisors() const { return has_advisors_; }
    // What of the content rules look at, so that nothing else is gathered.
    bool asks(Topic topic) const;

private:
    using Rules = std::vector<const RuleSettings*>;
    const Rules& of(RuleStage stage) const { return stages_[static_cast<std::size_t>(stage)]; }

    const Settings& settings_;
    std::array<Rules, rule_stages> stages_;
    std::vector<Topic> topics_;
    bool tells_recipients_apart_ = false, has_advisors_ = false;
};

}  // namespace cursus
