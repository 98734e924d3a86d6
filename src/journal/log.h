#pragma once

#include <functional>
#include <string_view>

#include "journal/event_stream.h"

namespace cursus {

enum class LogForm : std::uint8_t { Json, Human };

// Writes every event as a line, many lines with one call of `write`.
class LogReader final : public EventReader {
public:
    LogReader(LogForm form, std::function<void(std::string_view)> write)
        : form_(form), write_(std::move(write)) {}
    void read(std::span<const MailEvent> events) override;

private:
    LogForm form_;
    std::function<void(std::string_view)> write_;
};

}  // namespace cursus
