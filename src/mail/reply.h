// A reply as a value. Ours have names (mail/replies.h); a peer's are read by ReplyParser
// (mail/reply_parser.h).
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mail/status.h"

namespace cursus {

// RFC 5321 §4.2, RFC 3463 §2. Text never holds CR, LF, NUL or another control byte: the constructor replaces
// them.
class Reply {
public:
    // Code and status agree on digit one (asserted). A template, so that {"a", "b"} is two lines (below) and
    // never a string's two ends.
    template <std::convertible_to<std::string> Text>
    Reply(int code, Status status, Text&& text)
        : Reply(code, std::optional(status), std::vector{std::string(std::forward<Text>(text))}) {}
    Reply(int code,
          std::vector<std::string> lines);  // without a status: greetings, EHLO, 354, a peer's reply
    Reply(int code, std::optional<Status> status, std::vector<std::string> lines);

    int code() const { return code_; }
    const std::optional<Status>& status() const { return status_; }
    const std::vector<std::string>& lines() const {
        return lines_;
    }  // at least one, possibly empty; no codes
    std::string text() const;      // the lines joined by a space, no codes
    std::string one_line() const;  // "550 5.1.1 No such mailbox", for logs and reports
    std::string wire()
        const;  // RFC 5321 §4.2.1 multiline form, status on each line (RFC 2034 §4), CRLF at the end

    bool is_positive() const { return code_ / 100 == 2; }
    bool is_intermediate() const { return code_ / 100 == 3; }
    bool is_transient() const { return code_ / 100 == 4; }
    bool is_permanent() const { return code_ / 100 == 5; }
    friend bool operator==(const Reply&, const Reply&) = default;

private:
    int code_;
    std::optional<Status> status_;
    std::vector<std::string> lines_;
};

}  // namespace cursus
