#include "journal/helper_watch.h"

#include <algorithm>
#include <optional>

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

bool was_called_off(const LookedUp& answer) {
    return std::ranges::find(answer.words, called_off) != answer.words.end();
}

}  // namespace

void HelperWatch::read(std::span<const MailEvent> events) {
    for (const auto& event : events)
        if (const auto* answer = std::get_if<LookedUp>(&event.body)) look_at(*answer, event.at);
}

void HelperWatch::look_at(const LookedUp& answer, WallTime at) {
    const auto helper = helper_of(answer);
    if (!helper || was_called_off(answer)) return;
    const auto told = told_.find(*helper);
    if (answer.trouble.empty()) {
        if (told == told_.end()) return;
        told_.erase(told);
        trouble_.emit({at, {}, {}, Trouble{*helper, "answers again"}});
    } else if (told == told_.end() || at - told->second >= helper_told_again) {
        told_[*helper] = at;
        trouble_.emit({at, {}, {}, Trouble{*helper, "gives no answers: " + answer.trouble}});
    }
}

}  // namespace cursus
