#include "tests/scenarios/scanner_row.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/ranges.h>

#include "config/parse.h"
#include "sim/peers/milter_host.h"
#include "sim/peers/scanner_host.h"
#include "tests/scenarios/scanner_words.h"

namespace cursus {
namespace {

constexpr std::uint16_t scanner_port = 3310;
// Longer than anybody waits.
constexpr Duration late_answer = std::chrono::minutes{1};
constexpr std::uint64_t octets_before_break = 400, crawling_octets_per_second = 30;
constexpr std::size_t id_octets = 13;

IpAddress address_of(const PlannedScanner& scanner) {
    return IpAddress::parse(scanner.address).value();
}

// "id 0c5wpdpbk0abc" on a line of the program's trace field, whatever stands before that.
MessageId asked_about(const std::string& question) {
    const auto at = question.find("\tid ", question.find("Received: "));
    if (at == std::string::npos) return {};
    return MessageId::parse(question.substr(at + 4, id_octets)).value_or(MessageId{});
}

std::optional<Outage> outage_of(Ailment ailment) {
    switch (ailment) {
        case Ailment::Refuses:
            return Outage::Refused;
        case Ailment::Unreachable:
            return Outage::Unreachable;
        case Ailment::Vanishes:
            return Outage::BlackHole;
        default:
            return std::nullopt;
    }
}

ScannerManners manners_of(std::optional<Ailment> ailment) {
    if (ailment == Ailment::HangsUp) return ScannerManners::HangsUp;
    if (ailment == Ailment::Deaf) return ScannerManners::Deaf;
    if (ailment == Ailment::Silent) return ScannerManners::Silent;
    if (ailment == Ailment::Drips) return ScannerManners::Drips;
    if (ailment == Ailment::Endless) return ScannerManners::Endless;
    return ScannerManners::Plain;
}

constexpr std::string_view milter_steps = "OCHMRTLNBEU";

// It knows fewer ailments: it is mute, or talks nonsense to whoever comes.
void make_ill(MilterHost& milter, Ailment ailment) {
    if (manners_of(ailment) == ScannerManners::Plain) {
        milter.negotiation = MilterHost::packet('O', "?");
    } else {
        milter.silent_at = {milter_steps.begin(), milter_steps.end()};
    }
}

}  // namespace

struct ScannerRow::Place {
    const PlannedScanner& planned;
    std::optional<Ailment> ailment = {};
    std::unique_ptr<ScannerHost> scanner = {};
    std::unique_ptr<MilterHost> milter = {};
};

ScannerRow::ScannerRow(SimWorld& sim, const Plan& plan) : sim_(sim), plan_(plan), start_(sim.now()) {
    for (const auto& planned : plan_.scanners) {
        places_.push_back(std::make_unique<Place>(planned));
        put_up(*places_.back());
        sim_.machine(planned.address).spawn(suffer(*places_.back()));
    }
}

ScannerRow::~ScannerRow() = default;

void ScannerRow::put_up(Place& place) {
    const auto& planned = place.planned;
    const Endpoint endpoint{address_of(planned), scanner_port};
    for (const auto& [ailment, span] : planned.ailments) {
        const Window window{start_ + span.from, start_ + span.until};
        if (const auto outage = outage_of(ailment)) sim_.faults().outage(endpoint.address, *outage, window);
        if (ailment == Ailment::Breaks)
            sim_.faults().reset_after(endpoint.address, octets_before_break, window);
        if (ailment == Ailment::Crawls)
            sim_.faults().slow(endpoint.address, crawling_octets_per_second, window);
    }
    if (planned.kind == ScannerKind::Milter) {
        place.milter = std::make_unique<MilterHost>(sim_.machine(planned.address), endpoint);
        return;
    }
    place.scanner = std::make_unique<ScannerHost>(sim_.machine(planned.address), endpoint);
    place.scanner->is_whole = [&planned](const std::string& question) {
        return is_whole_question(planned.kind, question);
    };
    place.scanner->answer_to = [this, &place](const std::string& question) {
        return answer(place, question);
    };
}

std::string ScannerRow::answer(const Place& place, const std::string& question) {
    const auto& [planned, ailment, scanner, milter] = place;
    if (ailment == Ailment::Nonsense) return nonsense(scanner->connections());
    if (ailment == Ailment::Endless) return std::string(4'096, 'x');
    const auto bad = planned.kind == ScannerKind::Clamd ? Nature::Infected : Nature::Junk;
    const bool is_bad = question.contains(nature_field(bad)) != (ailment == Ailment::Lies);
    std::string said = scanner_answer(planned.kind, is_bad);
    if (ailment == Ailment::BreaksOff) return said.substr(0, said.size() / 2);
    if (ailment != Ailment::Late) scans_.push_back({&planned, asked_about(question), sim_.now(), is_bad});
    return said;
}

Task<void> ScannerRow::suffer(Place& place) {
    auto& clock = sim_.machine(place.planned.address).clock();
    const auto well = place.milter ? place.milter->negotiation : std::string();
    for (const auto& [ailment, span] : place.planned.ailments) {
        co_await clock.sleep_until(start_ + span.from);
        place.ailment = ailment;
        if (place.milter) make_ill(*place.milter, ailment);
        if (place.scanner) place.scanner->manners = manners_of(ailment);
        if (place.scanner && ailment == Ailment::Late) place.scanner->thinks_for = late_answer;
        co_await clock.sleep_until(start_ + span.until);
        place.ailment.reset();
        if (place.milter) place.milter->negotiation = well;
        if (place.milter) place.milter->silent_at.clear();
        if (place.scanner) place.scanner->manners = ScannerManners::Plain;
        if (place.scanner) place.scanner->thinks_for = {};
    }
}

std::string ScannerRow::servers(ScannerKind kind) const {
    std::vector<std::string> found;
    const std::string_view scheme = kind == ScannerKind::Rspamd ? "http://" : "";
    for (const auto& scanner : plan_.scanners)
        if (scanner.kind == kind)
            found.push_back(fmt::format("\"{}{}:{}\"", scheme, scanner.address, scanner_port));
    return fmt::format("[{}]", fmt::join(found, ", "));
}

void ScannerRow::settle(Settings& settings) const {
    if (plan_.scanners.empty()) return;
    constexpr auto seconds = [](Duration time) {
        return std::chrono::duration_cast<std::chrono::seconds>(time).count();
    };
    const std::string text = fmt::format(
        R"(hostname = "relay.ancient-rome.example"
[policy]
default_rules = false
[scan]
clamd = {clamd}
spamd = {spamd}
rspamd = {rspamd}
milters = {milters}
clamd_timeout = "{virus_timeout}s"
spamd_timeout = "{spam_timeout}s"
rspamd_timeout = "{spam_timeout}s"
milter_timeout = "{milter_timeout}s"
spamd_size_max = "2MiB"
milter_on_error = "{on_error}"
[[rule]]
at = "data"
if = {{ header = "X-Nature: unseen" }}
do = "accept"
[[rule]]
at = "data"
if = {{ virus = true }}
do = "reject"
on_error = "{on_error}"
[[rule]]
at = "data"
if = {{ spam = true }}
do = "hold"
keep = "2h"
on_error = "{on_error}"
)",
        fmt::arg("clamd", servers(ScannerKind::Clamd)), fmt::arg("spamd", servers(ScannerKind::Spamd)),
        fmt::arg("rspamd", servers(ScannerKind::Rspamd)), fmt::arg("milters", servers(ScannerKind::Milter)),
        fmt::arg("virus_timeout", seconds(virus_timeout)), fmt::arg("spam_timeout", seconds(spam_timeout)),
        fmt::arg("milter_timeout", seconds(milter_timeout)),
        fmt::arg("on_error", plan_.passes_unscanned ? "ignore" : "defer"));
    auto parsed = parse_settings(text, {});
    if (!parsed) throw std::runtime_error(describe_errors("scanners", parsed.error()));
    settings.scan = std::move(parsed->scan);
    settings.rules = std::move(parsed->rules);
}

bool ScannerRow::is_shown_to_milter(MessageId message) const {
    const std::string macro = "i|" + message.text() + "|";
    return std::ranges::any_of(places_, [&](const auto& place) {
        return place->milter && std::ranges::any_of(place->milter->heard('D'), [&](const auto& macros) {
                   return macros.starts_with('E') && macros.contains(macro);
               });
    });
}

bool ScannerRow::ails(const PlannedScanner& scanner, Instant from, Instant until) const {
    return std::ranges::any_of(scanner.ailments, [&](const PlannedAilment& ailment) {
        const bool tells = ailment.what == Ailment::Lies && scanner.kind != ScannerKind::Milter;
        return !tells && start_ + ailment.span.from <= until && from <= start_ + ailment.span.until;
    });
}

}  // namespace cursus
