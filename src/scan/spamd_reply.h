// What spamd says to SYMBOLS: a status, a few fields and the names of the rules that matched, as
// spamd/PROTOCOL of SpamAssassin has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "scan/verdict.h"

namespace cursus {

inline constexpr std::size_t spamd_head_octets_max = 4096;
inline constexpr std::size_t spamd_body_octets_max = std::size_t{64} * 1024;

// "15.0", "-2", "3e1": finite, whatever the locale, and at most spam_score_max either way.
std::optional<double> parse_spam_score(std::string_view text);

// A reply as it comes.
class SpamdReplyReader {
public:
    Result<void, std::string> take(std::string_view octets);
    Result<void, std::string> end();  // the server has hung up
    bool is_whole() const { return is_whole_; }
    // Of a whole reply.
    SpamVerdict verdict() &&;

private:
    enum class Where : std::uint8_t { Head, Body };
    Result<void, std::string> take_head();
    Result<void, std::string> take_status(std::string_view line) const;
    Result<void, std::string> take_field(std::string_view line);
    Result<void, std::string> take_spam(std::string_view value);
    Result<void, std::string> look_at_body();

    Where where_ = Where::Head;
    std::string received_;  // of the head, then of the body
    std::optional<std::size_t> body_octets_;
    std::optional<SpamVerdict> verdict_;
    bool is_whole_ = false;
};

}  // namespace cursus
