// DNS answers that still hold, so that whoever asks again is answered on its own thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/recent_map.h"
#include "runtime/resolver.h"

namespace cursus {

inline constexpr std::size_t recent_answers_max = 20'000;
inline constexpr std::size_t recent_answer_octets_max = 1'024;  // of all its records

// For one thread at a time. Failures are not kept: the next one may find out more. Nor are large answers:
// whoever is asked for names decides how large they are, and how many.
class RecentAnswers {
public:
    using Time = std::chrono::steady_clock::time_point;

    void keep(const std::string& name, RecordType type, std::shared_ptr<const DnsAnswer> answer, Time now);
    // With the time to live that is left of it; null: nothing that holds.
    std::shared_ptr<const DnsAnswer> find(const std::string& name, RecordType type, Time now);

private:
    struct Kept {
        std::shared_ptr<const DnsAnswer> answer;
        Time since;
    };
    RecentMap<std::string, Kept> kept_{recent_answers_max};
};

}  // namespace cursus
