// [[rule]]: what the operator decides about mail that comes in, as typed, checked values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "config/advisor_address.h"
#include "config/patterns.h"
#include "config/rate.h"
#include "config/settings_policy.h"
#include "config/text_template.h"
#include "config/value.h"
#include "mail/dialect.h"
#include "mail/mailbox.h"
#include "mail/status.h"

namespace cursus {

// When a rule is looked at, in the order of a session.
enum class RuleStage : std::uint8_t { Connect, Helo, Mail, Rcpt, Data };
inline constexpr std::size_t rule_stages = 5;
std::string_view name(RuleStage stage);

// Accept to Hold are final: nothing behind them is looked at in their stage.
enum class RuleAction : std::uint8_t {
    Accept,
    Reject,
    Defer,
    Discard,
    Hold,
    Annotate,
    Tag,
    Delay,
    Copy,
    Ask
};
std::string_view name(RuleAction action);

// What a condition is about.
enum class Topic : std::uint8_t {
    Client,
    Country,
    Helo,
    Sender,
    Recipient,
    Authenticated,
    Trusted,
    Tls,
    Account,
    Service,
    Listener,
    Tagged,
    Time,
    Size,
    Header,
    Attachment,
    Malformed,
    DnsList,
    DnsListScore,
    SenderDnsList,
    HeloDnsList,
    ReverseDnsList,
    UriDnsList,
    SenderDomain,
    HeloForm,
    HeloDns,
    ReverseDns,
    SenderCallout,
    RecipientCallout,
    Virus,
    Spam,
    SpamScore,
    SpamAction,
    Rate,
    Greylisted,
    UnknownRecipients,
    TableEntry,  // no condition of its own: what patterns ask tables
};

// ">= 10"; sizes are octets.
enum class Relation : std::uint8_t { Less, LessOrEqual, Equal, GreaterOrEqual, Greater };
struct Comparison {
    Relation relation = Relation::GreaterOrEqual;
    double value = 0;
    bool holds(double of) const;
    friend bool operator==(const Comparison&, const Comparison&) = default;
};

// A field that is there, or whose body, unfolded, fits.
struct HeaderPattern {
    std::string field;  // lower case
    std::optional<NamePattern> body;
    friend bool operator==(const HeaderPattern&, const HeaderPattern&) = default;
};

// Hours of some days of the week, in UTC. One that ends before it begins goes on after midnight.
struct TimeSpan {
    std::uint8_t days = 0x7f;              // Monday is the lowest bit; of the span's beginning
    std::uint16_t from = 0, to = 24 * 60;  // minutes of the day
    bool contains(WallTime when) const;
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

using Words = std::vector<std::string>;
struct Condition {
    Topic topic;
    bool is_negated = false;
    // One of them is enough. Words: those of the topic (config/conditions.h), zones, tags, countries.
    std::variant<bool, Words, std::vector<NamePattern>, std::vector<ClientPattern>,
                 std::vector<AddressPattern>, std::vector<HeaderPattern>, std::vector<TimeSpan>, Comparison,
                 Rate>
        operand;
    friend bool operator==(const Condition&, const Condition&) = default;
};

struct ConditionGroup;
using ConditionPart = std::variant<Condition, ConditionGroup>;
struct ConditionGroup {
    enum class Of : std::uint8_t { All, Any };
    Of of = Of::All;
    bool is_negated = false;
    std::vector<ConditionPart> parts;  // none: All holds
    friend bool operator==(const ConditionGroup&, const ConditionGroup&) = default;
};

// A header field that a rule writes.
struct FieldTemplate {
    std::string field;
    TextTemplate body;
    friend bool operator==(const FieldTemplate&, const FieldTemplate&) = default;
};

enum class RuleOrigin : std::uint8_t { File, Default };

struct RuleSettings {
    std::string name;  // in events; the parser's default says where it stands
    RuleOrigin origin = RuleOrigin::File;
    std::uint32_t line = 0;  // of its origin
    RuleStage at = RuleStage::Rcpt;
    ConditionGroup when;
    RuleAction action = RuleAction::Accept;
    OnError on_error = OnError::Defer;
    std::optional<Status> status;             // reject, defer: of the reply; none: X.7.1
    TextTemplate text;                        // of the reply; empty: the action's own
    std::vector<FieldTemplate> add, replace;  // annotate
    std::vector<std::string> remove;          // field names
    TextTemplate subject_tag;                 // before the subject
    std::string tag;                          // tag
    Duration delay{};                         // delay
    std::optional<Mailbox> copy_to;           // copy
    std::optional<Duration> keep;             // hold; none: [quarantine] keep
    std::optional<AdvisorAddress> ask;        // ask
    friend bool operator==(const RuleSettings&, const RuleSettings&) = default;
};

inline constexpr std::size_t condition_depth_max = 8;  // of groups in groups

}  // namespace cursus
