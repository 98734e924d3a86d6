// What all scanners have in common: how they are asked, whose turn it is, and what becomes of a server that
// dies, stalls or lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/task_group.h"
#include "scan/clamd.h"
#include "scan/rspamd.h"
#include "scan/spamd.h"
#include "scan/tests/held_message.h"
#include "sim/peers/scanner_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

enum class Kind : std::uint8_t { Clamd, Spamd, Rspamd };

std::string http_ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string good_answer(Kind kind) {
    switch (kind) {
        case Kind::Clamd:
            return "stream: OK\0"s;
        case Kind::Spamd:
            return "SPAMD/1.1 0 EX_OK\r\nContent-length: 3\r\nSpam: False ; 0.5 / 5.0\r\n\r\nABC";
        case Kind::Rspamd:
            return http_ok(R"({"action":"no action","score":0.5,"required_score":5})");
    }
    return {};
}
std::string bad_answer(Kind kind) {
    switch (kind) {
        case Kind::Clamd:
            return "stream: Test.Virus FOUND\0"s;
        case Kind::Spamd:
            return "SPAMD/1.1 0 EX_OK\r\nContent-length: 3\r\nSpam: True ; 15 / 5.0\r\n\r\nABC";
        case Kind::Rspamd:
            return http_ok(R"({"action":"reject","score":15})");
    }
    return {};
}

std::string summary(const Clean&) {
    return "good";
}
std::string summary(const VirusFound& found) {
    return "bad: " + found.name;
}
std::string summary(const TooBig& too_big) {
    return "too big: " + too_big.why;
}
std::string summary(const SpamVerdict& verdict) {
    return verdict.action == SpamAction::None ? "good" : "bad: " + verdict.action_name;
}
template <class Outcome>
std::string summary_of(const Result<Outcome, ScanTrouble>& scanned) {
    if (!scanned) return "trouble: " + scanned.error().what;
    return std::visit([](const auto& outcome) { return summary(outcome); }, *scanned);
}

Endpoint scanner_at(const std::string& address) {
    return {*IpAddress::parse(address), 3310};
}

class Scanner : public testing::TestWithParam<Kind> {
protected:
    Scanner() {
        for (const char* address : {"203.0.113.1", "203.0.113.2", "203.0.113.3"}) sim.machine(address);
        settings.servers = {scanner_at("203.0.113.1")};
    }

    ScannerHost& host(const std::string& address, ScannerManners manners = ScannerManners::Plain) {
        return put(std::make_unique<ScannerHost>(sim.machine(address), scanner_at(address)), manners);
    }
    ScannerHost& local_host(const std::string& path) {
        return put(std::make_unique<ScannerHost>(sim.program_machine(), LocalSocket{path}),
                   ScannerManners::Plain);
    }
    // All hosts answer what this scanner would say of a message of this size once they have read all of it.
    void all_read(const HeldMessage& message) {
        for (auto& host : hosts_) host->reads = question_octets(message);
    }

    std::string scan(HeldMessage& message) {
        const Instant began = sim.now();
        const std::string said = sim.run(said_of(message));
        took = sim.now() - began;
        return said;
    }
    std::string scan() {
        HeldMessage message(message_of(1'000));
        all_read(message);
        return scan(message);
    }

    Recall recall_;

    // The servers' health stays from one scan to the next.
    Task<std::string> said_of(HeldMessage& message) {
        if (GetParam() == Kind::Clamd) {
            if (!clamd) clamd = std::make_unique<Clamd>(sim.world(), settings);
            const auto scanned = co_await clamd->scan(message, recall_);
            co_return summary_of(scanned);
        }
        if (GetParam() == Kind::Spamd) {
            if (!spamd) spamd = std::make_unique<Spamd>(sim.world(), settings);
            const auto scanned = co_await spamd->scan(message, recall_);
            co_return summary_of(scanned);
        }
        if (!rspamd) rspamd = std::make_unique<Rspamd>(sim.world(), settings);
        ScanContext context;
        context.client.helo = "c.example";
        const auto scanned = co_await rspamd->scan(message, std::move(context), recall_);
        co_return summary_of(scanned);
    }

    Task<void> note(HeldMessage& message, std::vector<std::string>& said) {
        auto one = co_await said_of(message);
        said.push_back(std::move(one));
    }
    // What is known of the servers' health.
    void forget() {
        clamd.reset();
        spamd.reset();
        rspamd.reset();
    }

    SimWorld sim;
    ScannerSettings settings;
    Duration took{};

private:
    ScannerHost& put(std::unique_ptr<ScannerHost> host, ScannerManners manners) {
        host->answer = good_answer(GetParam());
        host->manners = manners;
        hosts_.push_back(std::move(host));
        return *hosts_.back();
    }
    static std::size_t question_octets(const HeldMessage& message) {
        const std::string size = std::to_string(message.size());
        const std::size_t chunks =
            (message.size() + HeldMessage::piece_octets - 1) / HeldMessage::piece_octets;
        switch (GetParam()) {
            case Kind::Clamd:
                return 10 + 4 * (chunks + 1) + message.size();
            case Kind::Spamd:
                return "SYMBOLS SPAMC/1.5\r\nContent-length: \r\n\r\n"s.size() + size.size() + message.size();
            case Kind::Rspamd:
                return "POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Content-Type: message/rfc822\r\nContent-Length: \r\nHelo: c.example\r\nFrom: <>\r\n\r\n"s
                           .size() +
                       size.size() + message.size();
        }
        return 0;
    }

    std::vector<std::unique_ptr<ScannerHost>> hosts_;
    std::unique_ptr<Clamd> clamd;
    std::unique_ptr<Spamd> spamd;
    std::unique_ptr<Rspamd> rspamd;
};

TEST_P(Scanner, hears_what_the_server_says) {
    auto& server = host("203.0.113.1");
    EXPECT_EQ(scan(), "good");
    server.answer = bad_answer(GetParam());
    EXPECT_THAT(scan(), StartsWith("bad: "));
    EXPECT_EQ(server.connections(), 2U);
}

TEST_P(Scanner, shows_it_the_whole_message) {
    auto& server = host("203.0.113.1");
    const std::string text = message_of(300'000);
    HeldMessage message(text);
    all_read(message);
    ASSERT_EQ(scan(message), "good");
    std::string shown = server.questions().at(0);
    if (GetParam() == Kind::Clamd) {
        std::string whole;
        ASSERT_THAT(shown, StartsWith("zINSTREAM\0"s));
        for (std::size_t at = 10; at + 4 <= shown.size();) {
            std::size_t length = 0;
            for (std::size_t i = 0; i < 4; ++i)
                length = length << 8 | static_cast<unsigned char>(shown[at + i]);
            whole += shown.substr(at + 4, length);
            at += 4 + length;
        }
        EXPECT_THAT(shown, EndsWith("\0\0\0\0"s));
        EXPECT_EQ(whole, text);
    } else {
        EXPECT_EQ(shown.substr(shown.find("\r\n\r\n") + 4), text);
    }
}

TEST_P(Scanner, is_reached_at_a_local_socket) {
    settings.servers = {LocalSocket{"/run/scanner.sock"}};
    EXPECT_THAT(scan(), AllOf(StartsWith("trouble: "), HasSubstr("/run/scanner.sock")));
    local_host("/run/scanner.sock");
    EXPECT_EQ(scan(), "good");
}

TEST_P(Scanner, is_not_shown_what_is_too_big) {
    auto& server = host("203.0.113.1");
    settings.size_max = 999;
    EXPECT_THAT(scan(), AllOf(StartsWith("too big: "), HasSubstr("1000 octets"), HasSubstr("999")));
    EXPECT_EQ(server.connections(), 0U);
    HeldMessage small(message_of(999));
    all_read(small);
    EXPECT_EQ(scan(small), "good");
}

TEST_P(Scanner, that_misbehaves_is_trouble_and_costs_only_so_much_time) {
    settings.timeout = 20s;
    auto& server = host("203.0.113.1");
    for (const auto manners : {ScannerManners::Silent, ScannerManners::Deaf, ScannerManners::Drips,
                               ScannerManners::HangsUp, ScannerManners::Endless}) {
        server.manners = manners;
        server.answer = manners == ScannerManners::Endless ? std::string(4'096, 'x')
                                                           : good_answer(GetParam()) + std::string(50, 'x');
        // So that the first octets do not make a whole answer.
        if (manners == ScannerManners::Drips) server.answer.insert(0, 50, 'x');
        EXPECT_THAT(scan(), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310: ")));
        EXPECT_LE(took, 21s);
    }
}

TEST_P(Scanner, that_takes_too_long_is_trouble_however_good_its_answer_would_be) {
    settings.timeout = 8s;
    auto& server = host("203.0.113.1", ScannerManners::Drips);
    EXPECT_THAT(scan(), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310: ")));
    EXPECT_GE(took, 7s);
    EXPECT_LE(took, 9s);
    server.manners = ScannerManners::Plain;
    server.thinks_for = 12s;
    EXPECT_THAT(scan(), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310: ")));
    EXPECT_GE(took, 7s);
    EXPECT_LE(took, 9s);
    server.thinks_for = 5s;
    EXPECT_EQ(scan(), "good");
}

TEST_P(Scanner, that_reads_nothing_of_a_large_message_does_not_hold_us) {
    settings.timeout = 20s;
    host("203.0.113.1", ScannerManners::Deaf);
    HeldMessage message(message_of(2'000'000));
    EXPECT_THAT(scan(message), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310: ")));
    EXPECT_GE(took, 19s);
    EXPECT_LE(took, 21s);
}

TEST_P(Scanner, that_talks_nonsense_is_trouble) {
    auto& server = host("203.0.113.1");
    const std::string good = good_answer(GetParam());
    for (const std::string& nonsense :
         {""s, "\0"s, "OK\r\n"s, "220 mx.example ESMTP\r\n"s, "\x16\x03\x01\0\0"s,
          good.substr(0, good.size() / 2), good.substr(0, good.size() - 1), std::string(3'000'000, 'x'),
          "HTTP/1.1 200 OK\r\n\r\n{}"s, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}"s,
          "HTTP/1.1 100 Continue\r\n\r\n"s, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"s,
          "SPAMD/1.1 75 EX_TEMPFAIL\r\n"s, "stream: Can't allocate memory ERROR\0"s}) {
        server.answer = nonsense;
        EXPECT_THAT(scan(), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310: ")))
            << nonsense.substr(0, 80);
    }
}

TEST_P(Scanner, cannot_call_a_message_good_before_it_has_it_all) {
    auto& server = host("203.0.113.1");
    server.reads = 100'000;
    HeldMessage message(message_of(2'000'000));
    for (const auto manners : {ScannerManners::Plain, ScannerManners::Stays, ScannerManners::Resets}) {
        server.manners = manners;
        EXPECT_THAT(scan(message), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310: ")));
        EXPECT_LE(took, manners == ScannerManners::Stays ? settings.timeout + 1s : Duration(2s));
    }
}

TEST_P(Scanner, is_not_to_blame_when_we_cannot_read_the_message) {
    settings.servers = {scanner_at("203.0.113.1"), scanner_at("203.0.113.2")};
    host("203.0.113.1");
    auto& second = host("203.0.113.2");
    HeldMessage broken(message_of(300'000));
    all_read(broken);
    broken.breaks_at = 2 * HeldMessage::piece_octets;
    EXPECT_EQ(scan(broken), "trouble: the message cannot be read: the disk is on fire");
    EXPECT_LE(took, 1s);
    HeldMessage short_one(message_of(300'000));
    short_one.ends_at = 2 * HeldMessage::piece_octets;
    EXPECT_EQ(scan(short_one), "trouble: the message is not as long as it should be");
    EXPECT_LE(took, 1s);
    EXPECT_EQ(second.connections(), 0U);
    EXPECT_EQ(scan(), "good");
    EXPECT_EQ(second.connections(), 0U) << "the first is not to blame";
}

TEST_P(Scanner, is_followed_by_the_next_when_it_fails) {
    settings.servers = {scanner_at("203.0.113.1"), scanner_at("203.0.113.2"), scanner_at("203.0.113.3")};
    host("203.0.113.3");
    auto& second = host("203.0.113.2", ScannerManners::HangsUp);
    EXPECT_EQ(scan(), "good");
    EXPECT_LE(took, 2s);
    EXPECT_EQ(second.connections(), 1U);
    EXPECT_EQ(scan(), "good");
    EXPECT_EQ(second.connections(), 1U) << "it is left alone for a while";
}

TEST_P(Scanner, that_stalls_leaves_the_next_one_time) {
    settings.servers = {scanner_at("203.0.113.1"), scanner_at("203.0.113.2")};
    settings.timeout = 20s;
    auto& first = host("203.0.113.1");
    host("203.0.113.2").thinks_for = 5s;
    first.answer.insert(0, 50, ' ');
    for (const auto manners : {ScannerManners::Silent, ScannerManners::Deaf, ScannerManners::Drips}) {
        first.manners = manners;
        EXPECT_EQ(scan(), "good");
        EXPECT_LE(took, 16s);
        EXPECT_EQ(scan(), "good");
        EXPECT_LE(took, 6s) << "who stalled is asked last";
        forget();
    }
}

TEST_P(Scanner, of_which_all_stall_costs_the_time_once) {
    settings.servers = {scanner_at("203.0.113.1"), scanner_at("203.0.113.2"), scanner_at("203.0.113.3")};
    settings.timeout = 30s;
    host("203.0.113.1", ScannerManners::Silent);
    host("203.0.113.2", ScannerManners::Deaf);
    sim.faults().outage(*IpAddress::parse("203.0.113.3"), Outage::BlackHole);
    EXPECT_THAT(scan(), AllOf(StartsWith("trouble: "), HasSubstr("203.0.113.1:3310"),
                              HasSubstr("203.0.113.2:3310"), HasSubstr("203.0.113.3:3310")));
    EXPECT_LE(took, 31s);
}

TEST_P(Scanner, that_breaks_off_in_the_middle_is_followed_by_the_next) {
    settings.servers = {scanner_at("203.0.113.1"), scanner_at("203.0.113.2")};
    host("203.0.113.1");
    host("203.0.113.2");
    sim.faults().reset_after(*IpAddress::parse("203.0.113.1"), 150'000);
    HeldMessage message(message_of(400'000));
    all_read(message);
    EXPECT_EQ(scan(message), "good");
}

TEST_P(Scanner, is_asked_for_many_messages_at_once) {
    host("203.0.113.1").thinks_for = 10s;
    HeldMessage message(message_of(1'000));
    all_read(message);
    EXPECT_EQ(scan(message), "good");
    const Instant began = sim.now();
    std::vector<std::string> said;
    TaskGroup scans(sim.executor());
    for (int i = 0; i < 20; ++i) scans.spawn(note(message, said));
    sim.run(scans.join());
    EXPECT_THAT(said, testing::AllOf(testing::SizeIs(20), testing::Each("good")));
    EXPECT_LE(sim.now() - began, 12s);
}

std::string kind_name(const testing::TestParamInfo<Kind>& info) {
    constexpr const char* names[] = {"clamd", "spamd", "rspamd"};
    return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(Of, Scanner, testing::Values(Kind::Clamd, Kind::Spamd, Kind::Rspamd), kind_name);

}  // namespace
}  // namespace cursus
