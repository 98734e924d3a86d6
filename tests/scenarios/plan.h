// What will happen in a scenario, decided before it begins by its seed alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/resolver.h"
#include "runtime/store.h"
#include "sim/fault_plan.h"
#include "sim/peers/smtp_sender.h"
#include "sim/peers/smtp_sink.h"
#include "tests/scenarios/lists.h"

namespace cursus {

enum class ScenarioKind : std::uint8_t {
    Calm,             // nothing is wrong
    TwoDaysDown,      // a destination is down for two days and comes back
    FiveDaysDown,     // a destination is down longer than the program tries
    SlowDrip,         // lines that carry a few bytes a second, servers that reply a byte at a time
    Resets,           // connections break within the data, and after the final dot before the reply
    Refusals,         // 421, 4yz and 5yz at each stage, unknown recipients, full mailboxes
    Greylisting,      // servers that take nothing the first time
    DnsFailing,       // names whose servers fail, lie or say that there is no such name
    ListsFailing,     // aliases that give no answer, rights of users that cannot be had
    DiskTrouble,      // the disk is full or fails, for a while
    Kills,            // the program is killed at any step, unsynced writes lost or torn, and started again
    Holds,            // what waits is held by hand, and released, removed or forgotten, with kills in between
    ScannersFailing,  // scanners and a milter that are away, stall, break off, talk nonsense and lie
    Everything,       // all of it at once
};
inline constexpr std::size_t scenario_kinds = 14;
std::string_view describe(ScenarioKind kind);
std::optional<ScenarioKind> parse_scenario_kind(std::string_view name);
// So that a run of consecutive seeds visits all kinds.
ScenarioKind kind_of(std::uint64_t seed);

// Times are counted from the beginning of the scenario.
struct Span {
    Duration from{}, until{};
};

struct PlannedHost {
    std::string name, address;
    SinkBehaviour behaviour;  // its windows count from Instant{}
};
struct PlannedDomain {
    std::string name;
    std::vector<std::string> hosts;  // its MX, preferences 10, 20, ...; none: a domain without records
};
struct PlannedOutage {
    std::string address;
    Outage kind;
    Span span;
};
struct PlannedDrip {
    std::string address;
    std::uint64_t bytes_per_second;
    Span span;
};
struct PlannedFuse {
    std::string address;
    std::uint64_t bytes;
    Span span;
};
struct PlannedDnsFault {
    std::string suffix;
    DnsStatus status;
    Span span;
};
struct PlannedDiskTrouble {
    StoreErrorKind kind;
    Span span;
};
struct PlannedKill {
    std::uint64_t steps;  // of the program, since it was started
    Duration downtime;
};
// What is done by hand, one after the other. In the end whatever is held is released.
struct PlannedHand {
    enum class Does : std::uint8_t { Restart, Reload, Kill, Hold, Release, Remove };
    Duration at{};
    Does does = Does::Restart;
    std::string domain = {};  // Hold, and of what is held Release, Remove: recipients' one; empty: all
    std::optional<Duration> lasts = {};  // Hold: then it is forgotten
    std::uint64_t steps = 0;  // Kill: so many of the program later, in the midst of what comes next
    bool is_end_of_run() const { return does == Does::Restart || does == Does::Kill; }
};
enum class Ailment : std::uint8_t {
    Refuses,      // the port is closed
    Unreachable,  // the network says so
    Vanishes,     // nothing is heard of the host
    Breaks,       // the connection, in the midst of the question
    Crawls,       // its line carries a few octets a second
    HangsUp,      // as soon as somebody comes
    Deaf,         // takes the connection and reads nothing
    Silent,       // reads all of it and says nothing
    Drips,        // an octet of the answer a second
    BreaksOff,    // in the middle of the answer
    Nonsense,
    Endless,  // nonsense without end
    Late,     // the answer is a good one, and too late
    Lies,     // says the contrary of what it finds
};
inline constexpr std::size_t ailments = 14;
struct PlannedAilment {
    Ailment what;
    Span span;
};
enum class ScannerKind : std::uint8_t { Clamd, Spamd, Rspamd, Milter };
struct PlannedScanner {
    ScannerKind kind;
    std::string address;
    std::vector<PlannedAilment> ailments;  // one after the other
};
// What scanners find in a message while they are well. Unseen: no rule asks them about it.
enum class Nature : std::uint8_t { Clean, Infected, Junk, Unseen };
std::string nature_field(Nature nature);  // by which scanners and rules know it; Clean: nothing
enum class Expected : std::uint8_t { Delivered, Failed, Either };
struct PlannedMessage {
    Duration at{};
    std::string token;
    Nature nature = Nature::Clean;
    Submission submission;
    Duration patience{};  // of its client, for each reply
    struct Ending {
        PlannedEnd end;
        Expected expected = Expected::Delivered;
        bool is_late = false;  // the sender is told that it takes long
    };
    std::vector<Ending> endings;  // one for each mailbox it is to come to
};

struct Plan {
    std::uint64_t seed = 0;
    ScenarioKind kind = ScenarioKind::Calm;
    std::size_t reactors = 1;
    std::vector<PlannedHost> hosts;
    std::vector<PlannedDomain> domains;
    std::vector<PlannedOutage> outages;
    std::vector<PlannedDrip> drips;
    std::vector<PlannedFuse> fuses;
    std::vector<PlannedDnsFault> dns_faults;
    std::vector<PlannedDiskTrouble> disk_troubles;
    PlannedLists lists;
    std::vector<Span> alias_troubles;   // the table of aliases is away
    std::vector<Span> deputy_troubles;  // nothing can be read or written as a user of the system
    std::vector<PlannedScanner> scanners;
    bool passes_unscanned = false;  // what no scanner gave an answer about; else it is put off
    std::vector<PlannedKill> kills;
    std::vector<PlannedHand> hands;  // in the order of time
    std::vector<PlannedMessage> messages;
};

inline constexpr Duration usual_patience = std::chrono::minutes{10};
inline constexpr std::string_view local_domain = "local.example";
inline constexpr std::string_view senders_domain = "senders.example";

Plan make_plan(std::uint64_t seed, ScenarioKind kind);

}  // namespace cursus
