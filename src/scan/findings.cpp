#include "scan/findings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/printable.h"

namespace cursus {
namespace {

constexpr std::size_t shown_octets_max = 80;  // of what stands in the message

std::string detail_of(Malformation what, std::string_view subject, std::uint32_t part) {
    std::string detail(facts_of(what).meaning);
    subject.remove_prefix(std::min(subject.find_first_not_of(" \t\r\n"), subject.size()));
    if (!subject.empty()) {
        detail += ": ";
        append_printable(detail, subject.substr(0, shown_octets_max));
        if (subject.size() > shown_octets_max) detail += "...";
    }
    if (part != 0) detail += fmt::format(" (part {})", part);
    return detail;
}

}  // namespace

void Findings::note(Malformation what, std::string_view subject, std::uint32_t part) {
    auto& place = place_[static_cast<std::size_t>(what)];
    if (place != 0) {
        auto& count = all_[place - 1U].count;
        if (count != UINT32_MAX) ++count;
        return;
    }
    all_.push_back({what, detail_of(what, subject, part)});
    place = static_cast<std::uint8_t>(all_.size());
}

bool refuses(MalformedLevel level, Malformation what) {
    const auto severity = facts_of(what).severity;
    switch (level) {
        case MalformedLevel::Off:
        case MalformedLevel::Annotate:
            return false;
        case MalformedLevel::Lenient:
            return severity == Severity::Grave;
        case MalformedLevel::Strict:
            return severity != Severity::Odd;
    }
    return false;
}

}  // namespace cursus
