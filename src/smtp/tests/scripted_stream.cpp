#include "smtp/tests/scripted_stream.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        const char c = text[++i];
        result += c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
    }
    return result;
}

std::string_view trimmed(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return line;
}

Duration duration_of(std::string_view text) {
    const auto number = std::stol(std::string(text));
    return text.ends_with('m') ? Duration(std::chrono::minutes(number))
                               : Duration(std::chrono::seconds(number));
}

}  // namespace

ScriptedStream::ScriptedStream(std::string_view script, ScriptClock& clock, std::size_t read_octets_max)
    : clock_(clock), read_octets_max_(read_octets_max) {
    while (!script.empty()) {
        const auto end = std::min(script.find('\n'), script.size());
        const auto line = trimmed(script.substr(0, end));
        script.remove_prefix(std::min(end + 1, script.size()));
        if (line.starts_with("C: "))
            lines_.push_back({'C', std::string(line.substr(3)) + "\r\n"});
        else if (line.starts_with("S: "))
            lines_.push_back({'S', std::string(line.substr(3)) + "\r\n"});
        else if (line.starts_with("S+ "))
            lines_.push_back({'S', unescape(line.substr(3))});
        else if (line.starts_with("! "))
            lines_.push_back({'!', std::string(line.substr(2))});
        else if (!line.empty())
            wrong("no line of a script: " + std::string(line));
    }
}

ScriptedStream::~ScriptedStream() {
    if (is_wrong_) return;
    if (!lines_.empty()) ADD_FAILURE() << "the script was not played to its end: " << lines_.front().text;
    if (!sent_.empty()) ADD_FAILURE() << "the client sent more: " << sent_;
    if (!arriving_.empty()) ADD_FAILURE() << "the client did not read: " << arriving_;
}

void ScriptedStream::wrong(std::string_view what) {
    if (!is_wrong_) ADD_FAILURE() << what;
    is_wrong_ = true;
    lines_.clear();
}

// What the peer says next, as far as it says it without waiting.
void ScriptedStream::gather() {
    while (next_is('S')) {
        arriving_ += lines_.front().text;
        lines_.pop_front();
    }
}

Task<Result<std::size_t, StreamError>> ScriptedStream::read_some(std::span<char> buffer, Instant deadline) {
    if (is_cancelled_) co_return failure(StreamError::Cancelled);
    if (arriving_.empty()) gather();
    while (arriving_.empty() && next_is('!') && lines_.front().text.starts_with("wait ")) {
        const Instant then = clock_.now() + duration_of(lines_.front().text.substr(5));
        lines_.pop_front();
        clock_.set(std::min(then, deadline));
        if (then >= deadline) co_return failure(StreamError::TimedOut);
        gather();
    }
    if (arriving_.empty() && (next_is("close") || next_is("reset"))) {
        const auto error = next_is("close") ? StreamError::Closed : StreamError::Reset;
        lines_.pop_front();
        co_return failure(error);
    }
    if (arriving_.empty()) {
        wrong("the client waits, while the script has: " +
              (lines_.empty() ? "its end" : lines_.front().text));
        co_return failure(StreamError::Closed);
    }
    const auto length = std::min({buffer.size(), arriving_.size(), read_octets_max_});
    std::copy_n(arriving_.begin(), length, buffer.begin());
    arriving_.erase(0, length);
    co_return length;
}

Task<Result<void, StreamError>> ScriptedStream::write(std::span<const std::string_view> pieces, Instant) {
    if (is_cancelled_) co_return failure(StreamError::Cancelled);
    if (next_is("block")) {
        lines_.pop_front();
        co_return failure(StreamError::Reset);
    }
    for (const auto piece : pieces) sent_ += piece;
    while (next_is('C') && sent_.starts_with(lines_.front().text)) {
        sent_.erase(0, lines_.front().text.size());
        lines_.pop_front();
    }
    const bool is_beginning = next_is('C') && lines_.front().text.starts_with(sent_);
    if (!sent_.empty() && !is_beginning) {
        wrong("the client sent " + sent_ +
              "while the script has: " + (lines_.empty() ? "its end" : lines_.front().text));
    }
    co_return Result<void, StreamError>{};
}

Task<Result<void, StreamError>> ScriptedStream::wait_readable(Instant) {
    co_return Result<void, StreamError>{};
}

Task<Result<void, StreamError>> ScriptedStream::start_tls_server(std::shared_ptr<TlsContext>, Instant) {
    co_return failure(StreamError::Tls);
}

Task<Result<void, StreamError>> ScriptedStream::start_tls_client(std::shared_ptr<TlsContext>,
                                                                 std::string name, Instant) {
    if (!next_is("tls") && !next_is("tls-fail")) wrong("the client starts TLS out of turn");
    const bool works = next_is("tls");
    if (!lines_.empty()) lines_.pop_front();
    if (!works) co_return failure(StreamError::Tls);
    tls_ = TlsFacts{.protocol = "TLSv1.3",
                    .cipher = "scripted",
                    .server_name = std::move(name),
                    .verified = false,
                    .peer_subject = {},
                    .peer_fingerprint = {},
                    .verify_error = {}};
    co_return Result<void, StreamError>{};
}

Task<void> ScriptedStream::close(Instant) {
    co_return;
}

}  // namespace cursus
