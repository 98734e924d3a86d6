#include "tests/scenarios/event_log.h"

#include "journal/event_text.h"

namespace cursus {

void EventLog::emit(MailEvent event) noexcept {
    for (const char c : json_line(event) + '\n') {
        fingerprint_ = (fingerprint_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    events_.push_back({sim_.now(), std::move(event)});
}

}  // namespace cursus
