// What clamd says to INSTREAM, clamd(8): "stream: OK", "stream: NAME FOUND", or what went wrong and "ERROR".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "scan/verdict.h"

namespace cursus {

inline constexpr std::size_t clamd_reply_octets_max = 1024;

// A reply as it comes; it ends with NUL, as the command that is answered did. What stands behind is ignored.
class ClamdReplyReader {
public:
    Result<void, std::string> take(std::string_view octets);
    Result<void, std::string> end() const;  // the server has hung up
    bool is_whole() const { return is_whole_; }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    bool is_whole_ = false;
};

// Anything else is a failure, which says what it was.
Result<VirusVerdict, std::string> parse_clamd_reply(std::string_view text);

}  // namespace cursus
