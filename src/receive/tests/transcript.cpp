#include "receive/tests/transcript.h"

#include <charconv>
#include <map>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace cursus {

namespace {

struct Exchange {
    std::vector<std::string> expected;  // of the server, before
    ClientStep step;                    // what the client then does
};

struct Transcript {
    std::vector<Exchange> exchanges;
    std::vector<std::string> last_words;  // of the server
    bool server_closes = false;
    std::optional<std::size_t> kept;
    bool is_never_cut = false;
};

std::string unescape(std::string_view text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            octets += text[i];
            continue;
        }
        const char kind = text.at(++i);
        if (kind == 'x') {
            unsigned value = 0;
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
            octets += static_cast<char>(value);
            i += 2;
            continue;
        }
        static const std::map<char, char> escapes = {
            {'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'0', '\0'}, {'\\', '\\'}};
        octets += escapes.at(kind);
    }
    return octets;
}

// "..." stands for anything.
bool matches(std::string_view pattern, std::string_view text) {
    const auto dots = pattern.find("...");
    if (dots == std::string_view::npos) return pattern == text;
    if (!text.starts_with(pattern.substr(0, dots))) return false;
    const std::string_view rest = pattern.substr(dots + 3);
    for (std::size_t at = dots; at <= text.size(); ++at)
        if (matches(rest, text.substr(at))) return true;
    return false;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return lines;
}

std::string_view trimmed(std::string_view line) {
    const auto begin = line.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

QueueErrorKind store_trouble(std::string_view word) {
    static const std::map<std::string_view, QueueErrorKind> kinds = {{"full", QueueErrorKind::Full},
                                                                     {"memory", QueueErrorKind::OverBudget},
                                                                     {"broken", QueueErrorKind::Broken}};
    return kinds.at(word);
}

void apply(SessionWorld& world, std::string_view key, std::string value) {
    const auto space = value.find(' ');
    const std::string first = value.substr(0, space);
    const std::string last = value.substr(value.rfind(' ') + 1);
    LimitSettings& limits = world.settings.limits;
    static const std::map<std::string, Service> services = {
        {"mx", Service::Mx}, {"submission", Service::Submission}, {"lmtp", Service::Lmtp}};
    const std::map<std::string, std::uint32_t*> counts = {
        {"recipients", &limits.recipients},
        {"messages_per_session", &limits.messages_per_session},
        {"bad_commands", &limits.bad_commands},
        {"received_hops", &limits.received_hops},
        {"messages_per_hour", &world.settings.auth.messages_per_hour},
        {"failures_per_client", &world.settings.auth.failures_per_client}};
    if (key == "client")
        world.client = value;
    else if (key == "service")
        world.listener.service = services.at(value);
    else if (key == "account") {
        world.listener.auth = true;
        world.put_account(first, last);
    } else if (key == "accounts")
        world.put_account({}, {}).is_down = value == "down";
    else if (key == "loopback")
        world.settings.auth.clear_on_loopback = value == "clear";
    else if (key == "tls")
        world.listener.tls = value == "implicit" ? ListenerTls::Implicit : ListenerTls::StartTls;
    else if (key == "limit" && first == "message_size")
        limits.message_size = std::stoull(last);
    else if (key == "limit")
        *counts.at(first) = static_cast<std::uint32_t>(std::stoul(last));
    else if (key == "store" && last == "begin")
        world.queue.begin_error = store_trouble(first);
    else if (key == "store" && last == "append")
        world.queue.append_error = store_trouble(first);
    else if (key == "store" && last == "commit")
        world.queue.commit_error = store_trouble(first);
    else
        throw std::invalid_argument("no such line: " + std::string(key));
}

class Reader {
public:
    Reader(SessionWorld& world, std::string_view text) : world_(world) {
        while (!text.empty()) {
            const auto end = text.find('\n');
            line(trimmed(text.substr(0, end)));
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        end_block();
        read_.last_words = std::move(expected_);
    }
    Transcript result() && { return std::move(read_); }

private:
    void line(std::string_view text) {
        if (text.empty() || text.starts_with('#')) return;
        const std::string_view rest = text.size() > 3 ? text.substr(3) : std::string_view();
        if (text.starts_with("S:")) {
            end_block();
            expected_.emplace_back(rest);
        } else if (text.starts_with("C:")) {
            say(std::string(rest) + "\r\n");
        } else if (text.starts_with("C~")) {
            say(unescape(rest));
        } else if (text.starts_with("C!")) {
            static const std::map<std::string_view, ClientAct> acts = {{"tls", ClientAct::StartsTls},
                                                                       {"closes", ClientAct::Closes},
                                                                       {"resets", ClientAct::Resets},
                                                                       {"is silent", ClientAct::IsSilent}};
            end_block();
            read_.exchanges.push_back({std::exchange(expected_, {}), {acts.at(rest), {}}});
        } else if (text == "cut: never") {
            read_.is_never_cut = true;
        } else if (text == "S! closes") {
            read_.server_closes = true;
        } else if (text.starts_with("kept: ")) {
            read_.kept = std::stoul(std::string(text.substr(6)));
        } else {
            const auto colon = text.find(": ");
            apply(world_, text.substr(0, colon), std::string(text.substr(colon + 2)));
        }
    }
    void say(std::string octets) { said_ = said_.value_or("") + octets; }
    void end_block() {
        if (!said_) return;
        read_.exchanges.push_back(
            {std::exchange(expected_, {}), {ClientAct::Sends, *std::exchange(said_, {})}});
    }

    SessionWorld& world_;
    Transcript read_;
    std::vector<std::string> expected_;
    std::optional<std::string> said_;
};

void compare(const std::vector<std::string>& expected, const std::string& written) {
    const auto got = lines_of(written);
    for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
        const std::string want = i < expected.size() ? expected[i] : "(nothing more)";
        const std::string have = i < got.size() ? got[i] : "(nothing more)";
        if (!matches(want, have)) {
            ADD_FAILURE() << "line " << i + 1 << "\n  expected: " << want << "\n       got: " << have;
            return;
        }
    }
}

}  // namespace

void converse(SessionWorld& world, std::string_view text, Cut cut, std::uint64_t seed) {
    const Transcript transcript = Reader(world, text).result();
    if (transcript.is_never_cut) cut = Cut::Whole;
    auto stream = world.stream();
    std::mt19937_64 chance(seed);
    if (cut == Cut::Octets) stream->piece = [] { return std::size_t{1}; };
    if (cut == Cut::AtRandom) stream->piece = [&chance] { return std::size_t{1 + chance() % 40}; };

    std::vector<std::string> expected_so_far;
    std::size_t begun = 0;
    std::size_t compared = 0;
    for (const Exchange& exchange : transcript.exchanges) stream->steps.push_back(exchange.step);
    // What the server says in answer to a group must all be there before it reads on.
    stream->on_step = [&] {
        const bool is_last = begun >= transcript.exchanges.size();
        const auto& expected = is_last ? transcript.last_words : transcript.exchanges[begun].expected;
        ++begun;
        if (begun > transcript.exchanges.size() + 1) return;
        compare(expected, world.written.substr(compared));
        compared = world.written.size();
    };
    world.written.clear();
    world.was_read_past_end = false;
    world.run(std::move(stream));
    if (transcript.server_closes) EXPECT_FALSE(world.was_read_past_end) << "the server must close by itself";
    EXPECT_EQ(compared, world.written.size()) << "unexpected: " << world.written.substr(compared);
    if (transcript.kept) EXPECT_EQ(world.queue.kept.size(), *transcript.kept) << "messages taken";
    EXPECT_EQ(world.queue.open, 0U) << "an intake outlived its session";
}

void converse(std::string_view transcript, Cut cut, std::uint64_t seed) {
    SessionWorld world;
    converse(world, transcript, cut, seed);
}

}  // namespace cursus
