// Every event of a scenario in order, and one number that stands for all of them.
#pragma once

#include <cstdint>
#include <vector>

#include "mail/events.h"
#include "sim/world.h"

namespace cursus {

struct LoggedEvent {
    Instant at{};
    MailEvent event;
};

class EventLog final : public EventSink {
public:
    explicit EventLog(const SimWorld& sim) : sim_(sim) {}
    void emit(MailEvent event) noexcept override;
    const std::vector<LoggedEvent>& events() const { return events_; }
    // FNV-1a over the JSON lines: two runs with the same number told the same story.
    std::uint64_t fingerprint() const { return fingerprint_; }

private:
    const SimWorld& sim_;
    std::vector<LoggedEvent> events_;
    std::uint64_t fingerprint_ = 0xcbf29ce484222325ULL;
};

}  // namespace cursus
