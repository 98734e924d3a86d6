// The protocol by which Dovecot's login programs, and ours, have it check who somebody is: version 1.1 and
// later ones of that major number. Lines of fields parted by tabs. What Dovecot says is not trusted.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "accounts/authenticator.h"
#include "base/result.h"

namespace cursus {

inline constexpr std::size_t dovecot_line_octets_max = 8192;  // of ours Dovecot takes no more
inline constexpr unsigned dovecot_greeting_lines_max = 100;

// What it says first, a line at a time.
class DovecotGreeting {
public:
    // The error says what is wrong with it.
    Result<void, std::string> take(std::string_view line);
    bool is_over() const { return is_over_; }
    // Those of its mechanisms that are known here, each once; the best first.
    const std::vector<Mechanism>& mechanisms() const { return mechanisms_; }

private:
    unsigned lines_ = 0;
    bool has_version_ = false, is_over_ = false;
    std::vector<Mechanism> mechanisms_;
};

// Ours: `number` is another one for each connection.
std::string dovecot_greeting(std::uint32_t number);

struct DovecotQuestion {
    Mechanism mechanism = Mechanism::Plain;
    LoginScene scene;
    bool may_show_secrets = false;
};
// There is one a connection. Both end in LF.
std::string dovecot_question(const DovecotQuestion& question, std::string_view response);
std::string dovecot_continuation(std::string_view response);

// The answer to either. The error says what is wrong with it.
Result<SaslStep, std::string> parse_dovecot_answer(std::string_view line);

}  // namespace cursus
