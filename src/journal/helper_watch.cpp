#include "journal/helper_watch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace cursus {
namespace {

// Who was asked; nothing: no program.
std::optional<std::string> helper_of(const LookedUp& answer) {
    if (answer.what == "virus" || answer.what == "spam") return answer.what + " scanner";
    if (answer.what == "milter" || answer.what == "ask")
        return answer.what + ' ' + answer.subject.substr(0, answer.subject.find(' '));
    return std::nullopt;
}

bool is_to_blame(const LookedUp& answer) {
    return std::ranges::none_of(
        answer.words, [](const std::string& word) { return word == called_off || word == our_trouble; });
}

}  // namespace

void HelperWatch::read(std::span<const MailEvent> events) {
    for (const auto& event : events)
        if (const auto* answer = std::get_if<LookedUp>(&event.body)) look_at(*answer, event.at);
}

void HelperWatch::look_at(const LookedUp& answer, WallTime at) {
    const auto helper = helper_of(answer);
    if (!helper || !is_to_blame(answer)) return;
    if (answer.trouble.empty()) {
        const auto told = told_.find(*helper);
        if (told == told_.end() || !std::exchange(told->second.is_failing, false)) return;
        trouble_.emit({at, {}, {}, Trouble{*helper, "answers again"}});
        return;
    }
    const auto [told, is_first] = told_.try_emplace(*helper);
    if (!is_first && at - told->second.at < helper_told_again) return;
    told->second = {at, true};
    trouble_.emit({at, {}, {}, Trouble{*helper, "gives no answers: " + answer.trouble}});
}

}  // namespace cursus
