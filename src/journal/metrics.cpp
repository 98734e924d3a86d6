#include "journal/metrics.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "journal/event_fields.h"

namespace cursus {
namespace {

struct Metric {
    std::string_view name, help;
};
// Sorted by name, as the counters are.
constexpr std::array metrics{
    Metric{"cursus_accepted_bytes_total", "Octets of the messages taken"},
    Metric{"cursus_accepted_recipients_total", "Recipients of the messages taken"},
    Metric{"cursus_events_total", "Events by kind"},
    Metric{"cursus_refused_replies_total", "Refusals by the class of their reply"},
};

std::string_view help_of(std::string_view name) {
    const auto found = std::ranges::find(metrics, name, &Metric::name);
    return found == metrics.end() ? std::string_view() : found->help;
}

}  // namespace

void MetricsReader::read(std::span<const MailEvent> events) {
    const std::lock_guard lock(mutex_);
    for (const auto& event : events) count(event);
}

void MetricsReader::add(std::string_view metric, std::string_view labels, std::uint64_t amount) {
    counters_[{std::string(metric), std::string(labels)}] += amount;
}

void MetricsReader::count(const MailEvent& event) {
    add("cursus_events_total", fmt::format("{{event=\"{}\"}}", fields_of(event.body).name));
    if (const auto* accepted = std::get_if<Accepted>(&event.body)) {
        add("cursus_accepted_bytes_total", "", accepted->size);
        add("cursus_accepted_recipients_total", "", accepted->recipients.size());
    }
    std::visit(
        [this]<class E>(const E& e) {
            if constexpr (requires { e.rule, e.reply; }) {
                add("cursus_refused_replies_total", fmt::format("{{class=\"{}xx\"}}", e.reply.code() / 100));
            }
        },
        event.body);
}

std::string MetricsReader::text() const {
    const std::lock_guard lock(mutex_);
    std::string out, last;
    for (const auto& [key, value] : counters_) {
        const auto& [name, labels] = key;
        if (name != last) out += fmt::format("# HELP {0} {1}.\n# TYPE {0} counter\n", name, help_of(name));
        last = name;
        out += fmt::format("{}{} {}\n", name, labels, value);
    }
    return out;
}

std::string gauge_text(std::string_view name, std::string_view help, double value) {
    return fmt::format("# HELP {0} {1}.\n# TYPE {0} gauge\n{0} {2}\n", name, help, value);
}

}  // namespace cursus
