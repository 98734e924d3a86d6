#include "sim/peers/smtp_sender.h"

#include <algorithm>
#include <memory>

namespace cursus {

namespace {

class Sender {
public:
    Sender(Stream& stream, Clock& clock, Duration patience, const Submission& submission)
        : stream_(stream), clock_(clock), lines_(stream, clock, patience), submission_(submission) {}

    Task<SubmissionOutcome> run() {
        const bool is_greeted = co_await greet();
        if (is_greeted) co_await transact();
        outcome_.at = clock_.now();
        const auto quit = co_await lines_.write("QUIT\r\n");
        if (quit) co_await read_reply();
        const Instant deadline = clock_.now() + std::chrono::seconds{30};
        co_await stream_.close(deadline);
        co_return outcome_;
    }

private:
    // The code, or 0 when the connection failed.
    Task<int> read_reply() {
        while (true) {
            auto line = co_await lines_.line();
            if (!line || line->size() < 3) co_return 0;
            if (line->size() > 3 && (*line)[3] == '-') continue;
            outcome_.replies.push_back(*line);
            co_return std::atoi(line->substr(0, 3).c_str());
        }
    }
    Task<int> exchange(std::string command) {
        command += "\r\n";
        const auto written = co_await lines_.write(command);
        if (!written) co_return 0;
        co_return co_await read_reply();
    }
    Task<bool> greet() {
        const int greeting = co_await read_reply();
        if (greeting != 220) co_return false;
        const int answer = co_await exchange("EHLO client.example.net");
        co_return answer == 250;
    }
    std::string mail_command() const {
        return "MAIL FROM:<" + submission_.sender + ">" + submission_.mail_parameters;
    }

    Task<void> transact() {
        bool is_ready = false;
        if (submission_.pipeline) {
            is_ready = co_await offer_at_once();
        } else {
            is_ready = co_await offer_in_steps();
        }
        if (!is_ready) co_return;
        const std::string octets = body();
        const auto sent = co_await lines_.write(octets);
        if (!sent) co_return;
        const int code = co_await read_reply();
        switch (code / 100) {
            case 2:
                outcome_.fate = SentFate::Acknowledged;
                break;
            case 4:
                outcome_.fate = SentFate::Deferred;
                break;
            case 5:
                outcome_.fate = SentFate::Refused;
                break;
            default:
                outcome_.fate = SentFate::Unknown;
        }
    }

    Task<bool> offer_in_steps() {
        const int mail = co_await exchange(mail_command());
        if (mail != 250) co_return false;
        for (const auto& recipient : submission_.recipients) {
            const int code = co_await exchange("RCPT TO:<" + recipient + ">");
            if (code / 100 == 2) outcome_.accepted.push_back(recipient);
        }
        if (outcome_.accepted.empty()) co_return false;
        if (submission_.use_bdat) co_return true;
        const int go_on = co_await exchange("DATA");
        co_return go_on == 354;
    }

    // RFC 2920: everything up to DATA leaves together. With BDAT there is no waiting for a 354 at all.
    Task<bool> offer_at_once() {
        std::string commands = mail_command() + "\r\n";
        for (const auto& recipient : submission_.recipients) commands += "RCPT TO:<" + recipient + ">\r\n";
        if (!submission_.use_bdat) commands += "DATA\r\n";
        const auto written = co_await lines_.write(commands);
        if (!written) co_return false;
        co_await read_reply();
        for (const auto& recipient : submission_.recipients) {
            const int code = co_await read_reply();
            if (code / 100 == 2) outcome_.accepted.push_back(recipient);
        }
        if (submission_.use_bdat) co_return !outcome_.accepted.empty();
        const int go_on = co_await read_reply();
        co_return go_on == 354;
    }

    std::string body() const {
        if (submission_.use_bdat) {
            return "BDAT " + std::to_string(submission_.text.size()) + " LAST\r\n" + submission_.text;
        }
        std::string stuffed;  // RFC 5321 §4.5.2
        bool at_line_start = true;
        for (const char c : submission_.text) {
            if (at_line_start && c == '.') stuffed += '.';
            stuffed += c;
            at_line_start = c == '\n';
        }
        return stuffed + ".\r\n";
    }

    Stream& stream_;
    Clock& clock_;
    LineStream lines_;
    const Submission& submission_;
    SubmissionOutcome outcome_;
};

}  // namespace

Task<SubmissionOutcome> submit(Machine& from, Endpoint to, Submission submission, Duration patience) {
    const Instant deadline = from.clock().now() + patience;
    auto stream = co_await from.network().connect(to, std::nullopt, deadline);
    SubmissionOutcome outcome;
    outcome.at = from.clock().now();
    if (!stream) co_return outcome;
    Sender sender(**stream, from.clock(), patience, submission);
    co_return co_await sender.run();
}

std::string message_text(const std::string& token, const std::string& from, std::size_t bytes) {
    std::string text = "From: <" + from + ">\r\nSubject: " + token + "\r\nMessage-ID: <" + token +
                       "@client.example.net>\r\n\r\n";
    for (std::size_t line = 0; text.size() < bytes; ++line) {
        text += line % 5 == 0 ? "." : "";
        text += "line " + std::to_string(line) + " of " + token + std::string(line % 60, '-') + "\r\n";
    }
    return text;
}

}  // namespace cursus
