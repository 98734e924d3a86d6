// Tells of programs that are asked within sessions - scanners, milters, those that rules ask - when they give
// no answers, so that whoever watches for trouble hears of it however many sessions meet it.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "journal/event_stream.h"

namespace cursus {

// How often it is told of one that it fails. That it is back is told once, but of milters, whose good answers
// are no events.
inline constexpr auto helper_told_again = std::chrono::minutes{10};

class HelperWatch final : public EventReader {
public:
    explicit HelperWatch(EventSink& trouble) : trouble_(trouble) {}
    void read(std::span<const MailEvent> events) override;

private:
    void look_at(const LookedUp& answer, WallTime at);

    EventSink& trouble_;
    struct Told {
        WallTime at{};            // that it gives no answers
        bool is_failing = false;  // since then
    };
    std::map<std::string, Told> told_;
};

}  // namespace cursus
