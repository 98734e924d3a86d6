#include "journal/log.h"

#include "journal/event_text.h"

namespace cursus {

void LogReader::read(std::span<const MailEvent> events) {
    constexpr std::size_t write_bytes = 64 * 1024;
    std::string lines;
    for (const auto& event : events) {
        if (form_ == LogForm::Json) {
            append_json_line(lines, event);
        } else {
            lines += human_line(event);
        }
        lines += '\n';
        if (lines.size() < write_bytes) continue;
        write_(lines);
        lines.clear();
    }
    if (!lines.empty()) write_(lines);
}

}  // namespace cursus
