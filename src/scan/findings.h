// What was found to be wrong with one message.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings_policy.h"
#include "mail/malformation.h"

namespace cursus {

struct Finding {
    Malformation what;
    std::string detail;       // of the first time: a sentence that is safe in logs and fields
    std::uint32_t count = 1;  // how often it was found, or nearly: some are looked for once a part only
};

// Each malformation once, in the order they were found.
class Findings {
public:
    // `subject` is what stands in the message; `part` the number of the part it stands in, 0: the message
    // itself.
    void note(Malformation what, std::string_view subject = {}, std::uint32_t part = 0);
    const std::vector<Finding>& all() const { return all_; }
    bool has(Malformation what) const { return place_[static_cast<std::size_t>(what)] != 0; }

private:
    std::vector<Finding> all_;
    std::array<std::uint8_t, malformations> place_{};  // in all_, counted from 1
    static_assert(malformations < 0xff);
};

// Whether a message is refused for this. Lenient: what is grave. Strict: what is wrong too. Annotate and Off
// refuse nothing.
bool refuses(MalformedLevel level, Malformation what);

}  // namespace cursus
