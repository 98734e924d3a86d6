// What is known of the lists themselves: which are of use, which are left alone, and when each is tested.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/recent_map.h"
#include "base/time.h"

namespace cursus {

inline constexpr auto list_test_interval = std::chrono::hours{4};  // RFC 5782 §5: periodically
// After an answer that no list gives, a test is due; but not sooner than this after the last one.
inline constexpr auto list_test_interval_min = std::chrono::minutes{1};
inline constexpr std::size_t list_failures_max = 3;  // one after the other, then it is left alone
inline constexpr auto list_silence_min = std::chrono::minutes{1};  // so long; doubled while it stays silent
inline constexpr auto list_silence_max = std::chrono::minutes{32};
inline constexpr auto list_broken_pause = std::chrono::hours{1};  // a broken list, and one that refuses
inline constexpr std::size_t lists_known_max = 1'000;

// Any thread. Functions that return a sentence return it when something has changed that the operator should
// know, to one of the callers; otherwise it is empty. `list` names the list for people, and is its key.
class ListHealth {
public:
    enum class Use : std::uint8_t { Ask, TestFirst, LeaveAlone };
    struct Admission {
        Use use;
        std::string why;  // LeaveAlone
    };
    // Whoever is told to test says afterwards what came of it (tested). While one tests a list anew, the
    // others go by what was known before.
    Admission admit(const std::string& list, Instant now);

    enum class Test : std::uint8_t { Passed, NoTestEntry, NoAnswer, Broken };
    // `why`: NoAnswer, Broken, and the name of the missing entry. `began`: when. Those who test side by side
    // hear the same silence, which counts once.
    std::string tested(const std::string& list, Test test, std::string_view why, Instant began, Instant now);

    void answered(const std::string& list);
    std::string failed(const std::string& list, std::string_view why, Instant now);   // no answer
    std::string refused(const std::string& list, std::string_view why, Instant now);  // it answers nobody
    void doubt(const std::string& list, Instant now);  // it gave an answer that no list gives

private:
    enum class State : std::uint8_t { Untested, Good, LeftAlone };
    struct Standing {
        State state = State::Untested;
        bool is_being_tested = false;
        Instant tested_at{};
        Instant failed_at = Instant::min();  // last
        Instant next_test{};                 // LeftAlone: until when
        std::size_t failures = 0;
        Duration silence = list_silence_min;
        bool is_entry_missed = false;
        std::string why;  // LeftAlone
    };
    static std::string pass(Standing& standing, const std::string& list, Instant now);
    static std::string count_failure(Standing& standing, const std::string& list, std::string_view why,
                                     Instant now);
    static std::string leave_alone(Standing& standing, const std::string& list, std::string_view why,
                                   Instant now, Duration pause);

    std::mutex mutex_;
    RecentMap<std::string, Standing> standings_{lists_known_max};
};

}  // namespace cursus
