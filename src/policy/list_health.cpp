#include "policy/list_health.h"

#include <algorithm>

#include <fmt/format.h>

namespace cursus {

ListHealth::Admission ListHealth::admit(const std::string& list, Instant now) {
    const std::scoped_lock lock(mutex_);
    Standing& standing = standings_.at(list);
    // The first to ask all test it: they wait for the same answers.
    if (standing.state == State::Untested) return {Use::TestFirst, {}};
    if (now >= standing.next_test && !standing.is_being_tested) {
        standing.is_being_tested = true;
        return {Use::TestFirst, {}};
    }
    if (standing.state == State::LeftAlone) return {Use::LeaveAlone, standing.why};
    return {Use::Ask, {}};
}

std::string ListHealth::tested(const std::string& list, Test test, std::string_view why, Instant began,
                               Instant now) {
    const std::scoped_lock lock(mutex_);
    Standing& standing = standings_.at(list);
    standing.is_being_tested = false;
    switch (test) {
        case Test::NoAnswer:
            if (began < standing.failed_at) return {};
            return count_failure(standing, list, why, now);
        case Test::Broken:
            return leave_alone(standing, list, why, now, list_broken_pause);
        case Test::Passed:
            standing.is_entry_missed = false;
            return pass(standing, list, now);
        case Test::NoTestEntry:
            break;
    }
    auto sentence = pass(standing, list, now);
    if (!standing.is_entry_missed && sentence.empty()) {
        sentence = fmt::format(
            "list {} does not have its own test entry {} (RFC 5782 section 5): it may be closed or written "
            "wrong, "
            "and then nothing is ever listed",
            list, why);
    }
    standing.is_entry_missed = true;
    return sentence;
}

void ListHealth::answered(const std::string& list) {
    const std::scoped_lock lock(mutex_);
    Standing& standing = standings_.at(list);
    if (standing.state == State::Good) standing.failures = 0;
}

std::string ListHealth::failed(const std::string& list, std::string_view why, Instant now) {
    const std::scoped_lock lock(mutex_);
    Standing& standing = standings_.at(list);
    // Of a question that was asked before the list was left alone.
    if (standing.state == State::LeftAlone) return {};
    return count_failure(standing, list, why, now);
}

std::string ListHealth::refused(const std::string& list, std::string_view why, Instant now) {
    const std::scoped_lock lock(mutex_);
    return leave_alone(standings_.at(list), list, why, now, list_broken_pause);
}

void ListHealth::doubt(const std::string& list, Instant now) {
    const std::scoped_lock lock(mutex_);
    Standing& standing = standings_.at(list);
    if (standing.state != State::Good) return;
    standing.next_test =
        std::min(standing.next_test, std::max(now, standing.tested_at + list_test_interval_min));
}

std::string ListHealth::pass(Standing& standing, const std::string& list, Instant now) {
    const bool is_back = standing.state == State::LeftAlone;
    standing.state = State::Good;
    standing.failures = 0;
    standing.silence = list_silence_min;
    standing.tested_at = now;
    standing.next_test = now + list_test_interval;
    return is_back ? fmt::format("list {} is of use again", list) : std::string();
}

// A list that is silent when it is tested anew is left alone for twice as long.
std::string ListHealth::count_failure(Standing& standing, const std::string& list, std::string_view why,
                                      Instant now) {
    const bool is_left_alone = standing.state == State::LeftAlone;
    standing.failed_at = now;
    if (++standing.failures < list_failures_max && !is_left_alone) return {};
    if (is_left_alone) standing.silence = std::min<Duration>(standing.silence * 2, list_silence_max);
    return leave_alone(standing, list, why, now, standing.silence);
}

std::string ListHealth::leave_alone(Standing& standing, const std::string& list, std::string_view why,
                                    Instant now, Duration pause) {
    const bool is_news = standing.state != State::LeftAlone;
    standing.state = State::LeftAlone;
    standing.failed_at = now;
    standing.next_test = now + pause;
    standing.why = fmt::format("list {} is left alone for now: {}", list, why);
    return is_news ? standing.why : std::string();
}

}  // namespace cursus
