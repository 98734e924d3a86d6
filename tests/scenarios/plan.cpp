#include "tests/scenarios/plan.h"

#include <algorithm>
#include <array>
#include <map>

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, scenario_kinds> kind_names{
    "calm",     "two-days-down", "five-days-down",   "slow-drip",     "resets",
    "refusals", "greylisting",   "dns-failing",      "lists-failing", "disk-trouble",
    "kills",    "holds",         "scanners-failing", "everything"};

constexpr std::size_t remote_domains = 5;
constexpr std::size_t plain_users = 3, members = 4;
constexpr Duration mail_arrives_within = 6h;
constexpr Duration give_up_after = 24h * 5;  // the program's default

class Planner {
public:
    Planner(std::uint64_t seed, ScenarioKind kind) : random_(seed, 'L') {
        plan_.seed = seed;
        plan_.kind = kind;
    }

    Plan make() {
        plan_.reactors = random_.between(1, 2);
        found_domains();
        const bool all = plan_.kind == ScenarioKind::Everything;
        if (plan_.kind == ScenarioKind::TwoDaysDown) two_days_down();
        if (plan_.kind == ScenarioKind::FiveDaysDown) five_days_down();
        if (plan_.kind == ScenarioKind::SlowDrip || (all && coin())) slow_drip();
        if (plan_.kind == ScenarioKind::Resets || (all && coin())) resets();
        if (plan_.kind == ScenarioKind::Refusals || (all && coin())) refusals();
        if (plan_.kind == ScenarioKind::Greylisting || (all && coin())) greylisting();
        if (plan_.kind == ScenarioKind::DnsFailing || (all && coin())) dns_failing();
        if (plan_.kind == ScenarioKind::ListsFailing || (all && coin())) lists_failing();
        if (plan_.kind == ScenarioKind::DiskTrouble || (all && coin())) disk_trouble();
        if (all && coin()) outages();
        if (plan_.kind == ScenarioKind::Kills || (all && coin())) kills();
        if (plan_.kind == ScenarioKind::Holds || (all && coin())) holds();
        if (plan_.kind == ScenarioKind::ScannersFailing || (all && coin())) scanners_failing();
        if (plan_.kind == ScenarioKind::ListsFailing || coin()) write_lists();
        if (random_.one_in(3))
            plan_.hands.push_back({random_.between(Duration{1h}, Duration{30h}), PlannedHand::Does::Restart});
        write_messages();
        if (!plan_.scanners.empty()) reloads();
        std::ranges::sort(plan_.hands, {},
                          [](const PlannedHand& hand) { return std::pair(hand.at, hand.does); });
        return std::move(plan_);
    }

private:
    bool coin() { return random_.one_in(2); }
    Span span(Duration longest_start, Duration shortest, Duration longest) {
        const Duration from = random_.between(Duration{}, longest_start);
        return {from, from + random_.between(shortest, longest)};
    }
    static Window window(Span span) { return {Instant{} + span.from, Instant{} + span.until}; }
    PlannedHost& any_host() { return plan_.hosts[1 + random_.below(plan_.hosts.size() - 1)]; }
    PlannedDomain& any_domain() { return plan_.domains[1 + random_.below(remote_domains)]; }
    void expect(const PlannedDomain& domain, Expected expected) { expected_[domain.name] = expected; }

    PlannedHost& found_host(const std::string& name) {
        plan_.hosts.push_back({name, "203.0.113." + std::to_string(10 + plan_.hosts.size()), {}});
        plan_.hosts.back().behaviour.pipelining = !random_.one_in(4);
        plan_.hosts.back().behaviour.esmtp = !random_.one_in(8);
        return plan_.hosts.back();
    }

    // The senders' own domain comes first, and nothing is ever wrong with it.
    void found_domains() {
        plan_.hosts.push_back({"mx.senders.example", "203.0.113.10", {}});
        plan_.domains.push_back({std::string(senders_domain), {"mx.senders.example"}});
        for (std::size_t i = 0; i < remote_domains; ++i) {
            PlannedDomain domain{"d" + std::to_string(i) + ".example", {}};
            if (i == 4 && coin()) {
                domain.hosts = plan_.domains.back().hosts;  // two domains of one site
            } else {
                for (std::uint64_t host = 0; host < random_.between(1, 2); ++host) {
                    domain.hosts.push_back("mx" + std::to_string(host) + "." + domain.name);
                    found_host(domain.hosts.back());
                }
            }
            plan_.domains.push_back(std::move(domain));
        }
    }

    std::vector<std::string> addresses_of(const PlannedDomain& domain) const {
        std::vector<std::string> addresses;
        for (const auto& host : plan_.hosts) {
            if (std::ranges::find(domain.hosts, host.name) != domain.hosts.end())
                addresses.push_back(host.address);
        }
        return addresses;
    }
    bool shares_hosts(const PlannedDomain& a, const PlannedDomain& b) const { return a.hosts == b.hosts; }

    void take_down(const PlannedDomain& domain, Span span) {
        const auto kind = static_cast<Outage>(random_.below(3));
        for (const auto& address : addresses_of(domain)) plan_.outages.push_back({address, kind, span});
    }
    void two_days_down() {
        const auto& domain = any_domain();
        take_down(domain, {0h, 48h});
        for (const auto& other : plan_.domains) {
            if (shares_hosts(domain, other)) delayed_.push_back(other.name);
        }
    }
    void five_days_down() {
        const auto& domain = any_domain();
        take_down(domain, {0h, mail_arrives_within + give_up_after + 24h});
        for (const auto& other : plan_.domains) {
            if (!shares_hosts(domain, other)) continue;
            delayed_.push_back(other.name);
            expect(other, Expected::Failed);
        }
    }
    void outages() {
        for (std::uint64_t i = random_.between(1, 4); i > 0; --i) {
            plan_.outages.push_back(
                {any_host().address, static_cast<Outage>(random_.below(3)), span(24h, 1min, 40h)});
        }
    }
    void slow_drip() {
        for (std::uint64_t i = random_.between(1, 3); i > 0; --i) {
            plan_.drips.push_back({any_host().address, random_.between(5, 400), span(2h, 1h, 12h)});
        }
        for (const auto stage :
             {SinkStage::Greeting, SinkStage::Ehlo, SinkStage::Rcpt, SinkStage::FinalDot}) {
            if (coin()) add_trouble({stage, SinkAction::Drip, "", window(span(3h, 1h, 12h))});
            if (random_.one_in(4))
                add_trouble({stage, SinkAction::Silence, "", window(span(3h, 1h, 12h)), 2});
        }
    }
    void add_trouble(SinkTrouble trouble) { any_host().behaviour.troubles.push_back(std::move(trouble)); }
    void resets() {
        for (std::uint64_t i = random_.between(2, 6); i > 0; --i) {
            const auto stage = static_cast<SinkStage>(random_.below(7));
            const auto action = coin() ? SinkAction::Reset : SinkAction::ResetForgetting;
            add_trouble({stage, action, "", window(span(3h, 1h, 20h)), random_.between(1, 3)});
        }
        add_trouble(
            {SinkStage::FinalDot, SinkAction::Reset, "", window(span(1h, 2h, 20h)), random_.between(1, 2)});
        for (std::uint64_t i = random_.below(3); i > 0; --i) {
            plan_.fuses.push_back({any_host().address, random_.between(50, 5'000), span(3h, 1h, 12h)});
        }
    }
    void refusals() {
        static constexpr std::array<const char*, 5> replies{"421 4.3.2 Closing", "451 4.3.0 Try later",
                                                            "452 4.3.1 No room", "450 4.2.1 Busy",
                                                            "454 4.7.0 Not now"};
        for (const auto stage : {SinkStage::Greeting, SinkStage::Ehlo, SinkStage::Mail, SinkStage::Rcpt,
                                 SinkStage::Data, SinkStage::FinalDot}) {
            const std::string reply =
                stage == SinkStage::Greeting || coin() ? replies[0] : replies[random_.below(5)];
            add_trouble({stage, SinkAction::Reply, reply, window(span(3h, 1h, 20h)), random_.between(1, 2)});
        }
        auto& domain = any_domain();
        for (auto& host : plan_.hosts) {
            if (std::ranges::find(domain.hosts, host.name) == domain.hosts.end()) continue;
            host.behaviour.unknown.insert("r0@" + domain.name);
            if (coin()) host.behaviour.full.insert("r1@" + domain.name);
        }
        unknown_.push_back("r0@" + domain.name);
        if (std::ranges::any_of(plan_.hosts, [&](const auto& host) {
                return host.behaviour.full.contains("r1@" + domain.name);
            })) {
            unsure_.push_back("r1@" + domain.name);
        }
    }
    void greylisting() {
        for (auto& host : plan_.hosts) {
            if (&host != &plan_.hosts.front() && coin())
                host.behaviour.greylist = random_.between(Duration{1min}, Duration{2h});
        }
    }
    void dns_failing() {
        for (std::uint64_t i = random_.between(1, 4); i > 0; --i) {
            const auto status = random_.one_in(3) ? DnsStatus::Bogus : DnsStatus::Failed;
            const auto suffix = random_.one_in(6) ? std::string("example")
                                : coin()          ? any_domain().name
                                                  : any_host().name;
            plan_.dns_faults.push_back({suffix, status, span(5h, 10min, 40h)});
        }
        auto& domain = plan_.domains.emplace_back(PlannedDomain{"gone.example", {}});
        expect(domain, Expected::Failed);
    }
    void disk_trouble() {
        for (std::uint64_t i = random_.between(1, 4); i > 0; --i) {
            plan_.disk_troubles.push_back(
                {coin() ? StoreErrorKind::Full : StoreErrorKind::Failed, span(6h, 1s, 1h)});
        }
    }
    void kills() {
        for (std::uint64_t i = random_.between(1, 4); i > 0; --i) {
            const std::uint64_t most = std::uint64_t{1} << random_.between(5, 14);
            plan_.kills.push_back(
                {random_.between(1, most), random_.between(Duration{100ms}, Duration{20min})});
        }
    }

    void do_by_hand(PlannedHand hand, bool may_be_killed) {
        if (may_be_killed && random_.one_in(3)) kill_soon_after(hand.at);
        plan_.hands.push_back(std::move(hand));
    }
    void kill_soon_after(Duration at) {
        const std::uint64_t most = std::uint64_t{1} << random_.between(0, 10);
        plan_.hands.push_back({.at = at, .does = PlannedHand::Does::Kill, .steps = random_.between(1, most)});
    }
    void holds() {
        using Does = PlannedHand::Does;
        for (std::uint64_t i = random_.between(1, 4); i > 0; --i)  // so that something waits
            take_down(any_domain(), span(6h, 1h, 40h));
        const bool with_kills = coin();
        Duration last{};
        for (std::uint64_t i = random_.between(1, 6); i > 0; --i) {
            const auto held = span(12h, 1min, 30h);
            const auto whose = coin() ? std::string() : any_domain().name;
            last = std::max(last, held.until);
            const bool is_forgotten = random_.one_in(3);
            do_by_hand({.at = held.from,
                        .does = Does::Hold,
                        .domain = whose,
                        .lasts = is_forgotten ? std::optional(held.until - held.from) : std::nullopt},
                       with_kills);
            if (is_forgotten && with_kills) kill_soon_after(held.until);
            if (is_forgotten || random_.one_in(3)) continue;
            do_by_hand({.at = held.until,
                        .does = random_.one_in(3) ? Does::Remove : Does::Release,
                        .domain = coin() ? whose : std::string()},
                       with_kills);
        }
        do_by_hand({.at = last + 1min, .does = Does::Release}, with_kills);
    }

    void scanners_failing() {
        const auto spam_scanner = coin() ? ScannerKind::Spamd : ScannerKind::Rspamd;
        std::vector<ScannerKind> kinds{ScannerKind::Clamd, ScannerKind::Clamd, spam_scanner};
        if (coin()) kinds.push_back(spam_scanner);
        if (coin()) kinds.push_back(ScannerKind::Milter);
        for (const auto kind : kinds)
            plan_.scanners.push_back(
                {kind, "203.0.113." + std::to_string(100 + plan_.scanners.size()), any_ailments()});
        plan_.passes_unscanned = random_.one_in(3);
    }
    std::vector<PlannedAilment> any_ailments() {
        std::vector<PlannedAilment> found;
        Duration well_from{};
        for (std::uint64_t i = random_.below(6); i > 0; --i) {
            const Duration from = well_from + random_.between(Duration{1s}, Duration{2h});
            well_from = from + random_.between(Duration{1min}, Duration{2h});
            found.push_back({static_cast<Ailment>(random_.below(ailments)), {from, well_from}});
        }
        return found;
    }
    // Amid scans that go on by the scanners of before.
    void reloads() {
        for (std::uint64_t i = random_.below(4); i > 0; --i) {
            const Duration while_scanning = random_.between(Duration{100ms}, Duration{15s});
            const auto& message = plan_.messages[random_.below(plan_.messages.size())];
            plan_.hands.push_back({.at = message.at + while_scanning, .does = PlannedHand::Does::Reload});
        }
    }
    bool is_hasty() { return plan_.kind == ScenarioKind::ScannersFailing && random_.one_in(6); }
    Nature any_nature() {
        if (plan_.scanners.empty() || coin()) return Nature::Clean;
        return static_cast<Nature>(1 + random_.below(3));
    }

    void lists_failing() {
        for (std::uint64_t i = random_.between(1, 3); i > 0; --i)
            plan_.alias_troubles.push_back(span(6h, 1min, 10h));
        for (std::uint64_t i = random_.below(3); i > 0; --i)
            plan_.deputy_troubles.push_back(span(6h, 1min, 10h));
    }

    static std::string here(const std::string& name) { return name + "@" + std::string(local_domain); }
    std::string elsewhere(const std::string& name) { return name + "@" + any_domain().name; }

    // Two recipients that lead to one mailbox give it one copy when they are looked up at one time, and that
    // is sure only where nothing comes between them.
    bool may_share_members() const {
        return plan_.kills.empty() && plan_.hands.empty() && plan_.disk_troubles.empty() &&
               plan_.alias_troubles.empty() && plan_.deputy_troubles.empty();
    }

    std::string any_member(const std::string& alias) {
        const std::string owner = may_share_members() ? std::string("m") : alias + "-m";
        if (coin()) return here(owner + std::to_string(random_.below(members)));
        return elsewhere(owner + std::to_string(random_.below(members)));
    }

    void write_lists() {
        PlannedLists& lists = plan_.lists;
        for (std::uint64_t i = 0, count = random_.between(1, 3); i < count; ++i) {
            const std::string alias = "a" + std::to_string(i);
            auto& list = lists.aliases[alias];
            for (std::uint64_t m = random_.between(1, 5); m > 0; --m) list.push_back(any_member(alias));
            if (i > 0 && may_share_members() && coin()) list.push_back(here("a" + std::to_string(i - 1)));
        }
        if (plan_.kind != ScenarioKind::ListsFailing && coin()) return;
        for (std::size_t i = 0; i < plain_users; ++i) lists.users.push_back("u" + std::to_string(i));
        for (const auto& [alias, list] : lists.aliases) {
            for (const auto& member : list) {
                const std::string name = member.substr(0, member.find('@'));
                if (member == here(name) && !lists.aliases.contains(name)) lists.users.push_back(name);
            }
        }
        auto& forward = lists.forwards["u0"];
        forward = {elsewhere("far")};
        if (coin()) forward.push_back(here("u0"));
    }

    Expected expected_of(const PlannedDomain& domain, const std::string& recipient) const {
        if (plan_.kind == ScenarioKind::Everything) return Expected::Either;
        if (std::ranges::find(unknown_, recipient) != unknown_.end()) return Expected::Failed;
        if (std::ranges::find(unsure_, recipient) != unsure_.end()) return Expected::Either;
        const auto found = expected_.find(domain.name);
        return found == expected_.end() ? Expected::Delivered : found->second;
    }

    void add_recipient(PlannedMessage& message) {
        auto& recipients = message.submission.recipients;
        if (!plan_.lists.empty() && random_.one_in(3)) {
            recipients.push_back(here("a" + std::to_string(random_.below(plan_.lists.aliases.size()))));
        } else if (random_.one_in(5)) {
            recipients.push_back(here("u" + std::to_string(random_.below(plain_users))));
        } else {
            const auto& domain = plan_.domains[1 + random_.below(plan_.domains.size() - 1)];
            recipients.push_back("r" + std::to_string(random_.below(5)) + "@" + domain.name);
        }
        const auto last = recipients.end() - 1;
        if (std::find(recipients.begin(), last, *last) != last) recipients.erase(last);
    }

    PlannedMessage::Ending ending_of(PlannedEnd end) const {
        const std::string name = end.address.substr(end.address.find('@') + 1);
        PlannedMessage::Ending ending{std::move(end)};
        const auto domain = std::ranges::find(plan_.domains, name, &PlannedDomain::name);
        if (domain == plan_.domains.end()) return ending;
        ending.expected = expected_of(*domain, ending.end.address);
        ending.is_late = std::ranges::find(delayed_, name) != delayed_.end();
        return ending;
    }

    void write_messages() {
        for (std::uint64_t i = 0, count = random_.between(8, 24); i < count; ++i) {
            PlannedMessage message;
            message.token = "t" + std::to_string(plan_.seed) + "-" + std::to_string(i);
            message.at = random_.between(Duration{1s}, mail_arrives_within);
            if (i > 0 && random_.one_in(3)) message.at = plan_.messages.back().at;  // several at once
            for (std::uint64_t r = random_.between(1, 4); r > 0; --r) add_recipient(message);
            const std::size_t bytes =
                random_.one_in(20) ? random_.between(260'000, 600'000) : random_.between(200, 3'000);
            auto& submission = message.submission;
            submission.sender = message.token + "@" + std::string(senders_domain);
            message.nature = any_nature();
            submission.text =
                nature_field(message.nature) + message_text(message.token, submission.sender, bytes);
            message.patience = is_hasty() ? random_.between(Duration{1s}, Duration{12s}) : usual_patience;
            submission.use_bdat = random_.one_in(3);
            submission.pipeline = coin();
            for (auto& end : ends_of(plan_.lists, submission.recipients))
                message.endings.push_back(ending_of(std::move(end)));
            plan_.messages.push_back(std::move(message));
        }
    }

    SimRandom random_;
    Plan plan_;
    std::map<std::string, Expected> expected_;
    std::vector<std::string> delayed_, unknown_, unsure_;
};

}  // namespace

std::string nature_field(Nature nature) {
    switch (nature) {
        case Nature::Clean:
            return {};
        case Nature::Infected:
            return "X-Nature: infected\r\n";
        case Nature::Junk:
            return "X-Nature: junk\r\n";
        case Nature::Unseen:
            return "X-Nature: unseen\r\n";
    }
    return {};
}

std::string_view describe(ScenarioKind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::optional<ScenarioKind> parse_scenario_kind(std::string_view name) {
    const auto found = std::ranges::find(kind_names, name);
    if (found == kind_names.end()) return std::nullopt;
    return static_cast<ScenarioKind>(found - kind_names.begin());
}

ScenarioKind kind_of(std::uint64_t seed) {
    return static_cast<ScenarioKind>(seed % scenario_kinds);
}

Plan make_plan(std::uint64_t seed, ScenarioKind kind) {
    return Planner(seed, kind).make();
}

}  // namespace cursus
