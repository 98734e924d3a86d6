// A scripted SMTP client of the simulated world: sends a message and remembers what it was told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/machine.h"
#include "sim/peers/line_stream.h"

namespace cursus {

struct Submission {
    std::string sender;                   // without brackets; empty: the null path
    std::vector<std::string> recipients;  // without brackets
    std::string text;                     // CRLF lines, dots not stuffed
    bool use_bdat = false;
    bool pipeline = false;             // MAIL, RCPT and DATA in one write
    std::string mail_parameters = {};  // " SMTPUTF8"
};

enum class SentFate : std::uint8_t {
    NotSent,       // refused before, or the connection failed before the end of data was sent
    Acknowledged,  // a 2xx after the end of data: it is the server's from now on
    Deferred,      // a 4xx after the end of data
    Refused,       // a 5xx after the end of data
    Unknown,       // the end was sent and no reply came: anything may be true
};

struct SubmissionOutcome {
    SentFate fate = SentFate::NotSent;
    Instant at{};                       // when that was known
    std::vector<std::string> accepted;  // recipients that got a 2xx
    std::vector<std::string> replies;   // the last line of each, in order
    std::string last_reply() const { return replies.empty() ? "" : replies.back(); }
};

// Sends one message over a connection of its own. `patience` bounds each wait.
Task<SubmissionOutcome> submit(Machine& from, Endpoint to, Submission submission,
                               Duration patience = std::chrono::minutes{10});

// "Subject: token" and a body of about so many bytes, lines that begin with a dot included.
std::string message_text(const std::string& token, const std::string& from, std::size_t bytes);

}  // namespace cursus
