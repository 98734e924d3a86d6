// Counters over the event stream, in Prometheus' text form.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "journal/event_stream.h"

namespace cursus {

class MetricsReader final : public EventReader {
public:
    void read(std::span<const MailEvent> events) override;
    // The counters as text/plain; version=0.0.4. Thread-safe.
    std::string text() const;

private:
    void count(const MailEvent& event);
    void add(std::string_view metric, std::string_view labels, std::uint64_t amount = 1);

    mutable std::mutex mutex_;
    // By metric and labels; the labels are of fixed sets, so that no client can make the map grow.
    std::map<std::pair<std::string, std::string>, std::uint64_t, std::less<>> counters_;
};

// One sample of a gauge, for what is asked rather than counted.
std::string gauge_text(std::string_view name, std::string_view help, double value);

}  // namespace cursus
