// Postfix's SMTPD access policy delegation protocol (SMTPD_POLICY_README), the client's side: a question of
// lines "name=value" and an answer "action=...", each ended by an empty line. What servers say is not
// trusted.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/facts.h"

namespace cursus {

inline constexpr std::size_t policy_value_octets_max = 1000;   // Postfix's own lines have 2048 at most
inline constexpr std::size_t policy_answer_octets_max = 4096;  // its empty line included

// Names the message to be, or the session before there is one: the same for all its recipients.
std::string policy_instance(const Facts& facts);

// No value brings a line of its own: control characters become "?".
std::string policy_question(const Facts& facts);

// An answer as it comes, in whatever pieces. The errors say what is wrong with it.
class PolicyAnswerReader {
public:
    Result<void, std::string> take(std::string_view piece);
    bool is_empty() const { return received_.empty(); }
    bool is_whole() const { return is_whole_; }
    // Something lies behind the answer: what comes next on this connection would answer nothing.
    bool has_more() const { return has_more_; }
    std::string_view action() const;  // once it is whole: what stands behind "action="

private:
    std::string received_;
    bool is_whole_ = false, has_more_ = false;
};

}  // namespace cursus
