#include "receive/listeners.h"

#include <array>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/session_world.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A client on a machine of its own: what it hears is added to `heard`, what it says is in `lines`, one after
// each reply.
struct Client {
    std::unique_ptr<Stream> stream;
    std::string heard;
    bool is_refused = false;
    bool has_ended = false;
    bool speaks_first = false;

    Task<void> talk(Machine& machine, ServiceAddress to, std::vector<std::string> lines) {
        Clock& clock = machine.clock();
        auto connected = co_await connect(machine, std::move(to));
        if (!connected) {
            is_refused = true;
            has_ended = true;
            co_return;
        }
        stream = *std::move(connected);
        bool waits = !speaks_first;
        for (std::string line : lines) {
            if (waits) co_await hear(clock);
            waits = true;
            line += "\r\n";
            co_await stream->write(std::string_view(line), clock.now() + minutes{1});
        }
        bool is_open = true;
        while (is_open) is_open = co_await hear(clock);
        has_ended = true;
    }
    Task<void> say(Clock& clock, std::string octets) {
        co_await stream->write(std::string_view(octets), clock.now() + minutes{1});
    }

private:
    static Task<Result<std::unique_ptr<Stream>, NetworkError>> connect(Machine& machine, ServiceAddress to) {
        const Instant deadline = machine.clock().now() + minutes{1};
        if (const auto* socket = std::get_if<LocalSocket>(&to))
            co_return co_await machine.network().connect_local(socket->path, deadline);
        co_return co_await machine.network().connect(std::get<Endpoint>(to), std::nullopt, deadline);
    }
    Task<bool> hear(Clock& clock) {
        std::array<char, 4096> buffer;
        const auto count = co_await stream->read_some(buffer, clock.now() + std::chrono::hours{1});
        if (count) heard.append(buffer.data(), *count);
        co_return count.has_value();
    }
};

Task<void> stop(Listeners& listeners, bool& has_stopped) {
    co_await listeners.stop();
    has_stopped = true;
}

class ListenersTest : public testing::Test {
protected:
    ListenersTest() {
        settings.hostname = Domain::parse("relay.ancient-rome.net").value();
        settings.domains.local = {Domain::parse("ancient-rome.net").value()};
        settings.local.mailbox = "maildir:/mail/{domain}/{local_part}";
        settings.local.users = "any";
        settings.relay.hosts = {IpNetwork::parse("198.51.100.99").value()};
        settings.listeners.push_back(
            {"mx", {endpoint("192.0.2.1:25"), endpoint("[2001:db8::1]:25")}, Service::Mx, ListenerTls::None});
        local = std::make_unique<LocalRouting>(sim.world(), settings, tables);
    }

    ReceiveNeeds needs() {
        auto rules = std::make_shared<GroundRules>(settings, *local, tables, nullptr, nullptr);
        return {sim.world(), std::move(rules), guard, limits, queue, events, ids};
    }
    static Endpoint endpoint(std::string_view text) { return Endpoint::parse(text).value(); }
    void open() {
        listeners = std::make_unique<Listeners>(needs());
        const auto bound = listeners->bind();
        ASSERT_TRUE(bound) << bound.error();
        sim.run(listeners->start());
    }
    Client& client(const std::string& address, std::string_view to, std::vector<std::string> lines = {}) {
        clients.push_back(std::make_unique<Client>());
        Machine& machine = sim.machine(address);
        machine.spawn(clients.back()->talk(machine, endpoint(to), std::move(lines)));
        return *clients.back();
    }
    void settle() { sim.run_for(seconds{5}); }
    bool ends(const Client& client, Duration within = minutes{1}) {
        return sim.run_until([&] { return client.has_ended; }, within);
    }

    SimWorld sim{3, SimOptions{.reactors = 3, .addresses = {"192.0.2.1", "2001:db8::1"}}};
    Settings settings;
    Tables tables;
    std::unique_ptr<LocalRouting> local;
    LoginGuard guard{settings.auth};
    AccountLimits limits{settings.auth, [] {}};
    MemoryQueue queue;
    EventList events;
    IdMaker ids{IdKind::Session};
    std::unique_ptr<Listeners> listeners;
    std::vector<std::unique_ptr<Client>> clients;
};

const std::vector<std::string> whole_session = {
    "EHLO x.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@ancient-rome.net>", "DATA", "text\r\n.", "QUIT"};

TEST_F(ListenersTest, serve_on_every_address_of_every_listener) {
    settings.listeners.push_back({"second", {endpoint("192.0.2.1:2525")}, Service::Mx, ListenerTls::None});
    open();
    for (const char* to : {"192.0.2.1:25", "192.0.2.1:2525"})
        EXPECT_TRUE(ends(client("198.51.100.7", to, whole_session)));
    EXPECT_TRUE(ends(client("2001:db8:7::7", "[2001:db8::1]:25", whole_session)));
    EXPECT_EQ(queue.kept.size(), 3U);
    for (const auto& each : clients) EXPECT_THAT(each->heard, HasSubstr("221 2.0.0"));
    EXPECT_EQ(events.of<Connected>()[1].listener, "second");
    EXPECT_EQ(listeners->endpoints().size(), 3U);
    sim.run(listeners->stop());
}

// RFC 2033. Who comes by the socket is nobody's relay host, and has no address to tell of.
TEST_F(ListenersTest, serve_lmtp_on_a_local_socket) {
    settings.relay.hosts.push_back(IpNetwork::parse("127.0.0.0/8").value());
    settings.listeners.push_back({"lmtp",
                                  {LocalSocket{"/run/cursus/lmtp"}, endpoint("192.0.2.1:24")},
                                  Service::Lmtp,
                                  ListenerTls::None});
    open();
    EXPECT_EQ(listeners->endpoints().size(), 3U) << "those with a port";
    clients.push_back(std::make_unique<Client>());
    Client& local = *clients.back();
    Machine& here = sim.program_machine();
    here.spawn(local.talk(here, LocalSocket{"/run/cursus/lmtp"},
                          {"LHLO x.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@ancient-rome.net>",
                           "RCPT TO:<d@elsewhere.example>", "DATA", "text\r\n.", "QUIT"}));
    EXPECT_TRUE(ends(local));
    EXPECT_THAT(local.heard, StartsWith("220 relay.ancient-rome.net LMTP Cursus\r\n"
                                        "250-relay.ancient-rome.net\r\n"));
    EXPECT_THAT(local.heard, HasSubstr("550 5.7.1 "));
    ASSERT_EQ(queue.kept.size(), 1U);
    EXPECT_EQ(queue.kept[0].envelope.service, "lmtp");
    EXPECT_THAT(queue.kept[0].text, HasSubstr("with LMTP"));
    EXPECT_THAT(queue.kept[0].text, StartsWith("Received: from x.example\r\n\tby relay.ancient-rome.net"));
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, do_not_count_those_who_come_by_a_socket_as_one_client) {
    settings.limits.connections_per_client = 1;
    settings.listeners.push_back(
        {"lmtp", {LocalSocket{"/run/cursus/lmtp"}}, Service::Lmtp, ListenerTls::None});
    open();
    Machine& here = sim.program_machine();
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<Client>());
        here.spawn(clients.back()->talk(here, LocalSocket{"/run/cursus/lmtp"}, {}));
    }
    settle();
    for (const auto& local : clients) EXPECT_THAT(local->heard, StartsWith("220 "));
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, give_each_connection_a_session_of_its_own) {
    open();
    for (int i = 0; i < 30; ++i) client("198.51.100.7", "192.0.2.1:25", whole_session);
    EXPECT_TRUE(sim.run_until([&] { return queue.kept.size() == 30; }, minutes{5}));
    std::set<SessionId> sessions;
    for (const MailEvent& event : events.all)
        if (std::holds_alternative<Connected>(event.body)) sessions.insert(event.session);
    EXPECT_EQ(sessions.size(), 30U);
    settle();
    EXPECT_EQ(listeners->sessions(), 0U);
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, refuse_connections_beyond_the_total) {
    settings.limits.connections = 2;
    open();
    Client& first = client("198.51.100.7", "192.0.2.1:25");
    Client& second = client("198.51.100.8", "192.0.2.1:25");
    settle();
    Client& third = client("198.51.100.99", "192.0.2.1:25");
    EXPECT_TRUE(ends(third));
    EXPECT_EQ(third.heard, "421 4.7.0 Too many connections, try again later\r\n");
    EXPECT_THAT(first.heard, StartsWith("220 "));
    EXPECT_THAT(second.heard, StartsWith("220 "));
    ASSERT_EQ(events.of<ConnectionRefused>().size(), 1U);
    EXPECT_EQ(events.of<ConnectionRefused>()[0].rule, "connections");
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, refuse_a_client_beyond_its_own_limit_but_not_a_listed_host) {
    settings.limits.connections_per_client = 1;
    open();
    client("198.51.100.7", "192.0.2.1:25");
    settle();
    Client& again = client("198.51.100.7", "192.0.2.1:25");
    EXPECT_TRUE(ends(again));
    EXPECT_EQ(again.heard, "421 4.7.0 Too many connections from your address, try again later\r\n");
    client("2001:db8:7::7", "[2001:db8::1]:25");
    settle();
    Client& neighbour = client("2001:db8:7::8", "[2001:db8::1]:25");
    EXPECT_TRUE(ends(neighbour)) << "the same /64";
    EXPECT_THAT(neighbour.heard, StartsWith("421 4.7.0"));
    client("198.51.100.99", "192.0.2.1:25");
    Client& listed = client("198.51.100.99", "192.0.2.1:25");
    settle();
    EXPECT_THAT(listed.heard, StartsWith("220 "));
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, record_refused_connections_as_sessions) {
    settings.limits.connections = 0;
    open();
    EXPECT_TRUE(ends(client("198.51.100.7", "192.0.2.1:25")));
    settle();
    ASSERT_EQ(events.all.size(), 3U);
    EXPECT_TRUE(std::holds_alternative<Connected>(events.all[0].body));
    EXPECT_TRUE(std::holds_alternative<ConnectionRefused>(events.all[1].body));
    EXPECT_TRUE(std::holds_alternative<Disconnected>(events.all[2].body));
    for (const MailEvent& event : events.all) EXPECT_EQ(event.session, events.all[0].session);
    EXPECT_TRUE(events.all[0].session);
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, say_421_to_idle_sessions_when_stopped_and_then_listen_no_more) {
    open();
    Client& idle = client("198.51.100.7", "192.0.2.1:25", {"EHLO x.example"});
    Client& in_transaction =
        client("198.51.100.8", "192.0.2.1:25", {"EHLO x.example", "MAIL FROM:<a@b.example>"});
    settle();
    const Instant before = sim.now();
    sim.run(listeners->stop());
    EXPECT_LT(sim.now() - before, seconds{5});
    EXPECT_TRUE(ends(idle) && ends(in_transaction));
    EXPECT_THAT(idle.heard, EndsWith("421 4.3.2 Shutting down, closing connection\r\n"));
    EXPECT_THAT(in_transaction.heard, EndsWith("421 4.3.2 Shutting down, closing connection\r\n"));
    Client& late = client("198.51.100.9", "192.0.2.1:25");
    EXPECT_TRUE(ends(late));
    EXPECT_TRUE(late.is_refused);
}

TEST_F(ListenersTest, finish_the_message_on_its_way_when_stopped_and_answer_newcomers_421) {
    open();
    Client& busy = client("198.51.100.7", "192.0.2.1:25", {whole_session.begin(), whole_session.begin() + 4});
    settle();
    ASSERT_THAT(busy.heard, HasSubstr("354 "));
    bool has_stopped = false;
    TaskGroup stopping(sim.executor());
    stopping.spawn(stop(*listeners, has_stopped));
    settle();
    EXPECT_FALSE(has_stopped);
    Client& newcomer = client("198.51.100.9", "192.0.2.1:25");
    EXPECT_TRUE(ends(newcomer));
    EXPECT_EQ(newcomer.heard, "421 4.3.2 Shutting down, closing connection\r\n");
    sim.machine("198.51.100.7").spawn(busy.say(sim.machine("198.51.100.7").clock(), "text\r\n.\r\n"));
    EXPECT_TRUE(ends(busy));
    EXPECT_THAT(busy.heard, HasSubstr("250 2.0.0 OK id="));
    EXPECT_THAT(busy.heard, EndsWith("421 4.3.2 Shutting down, closing connection\r\n"));
    EXPECT_EQ(queue.kept.size(), 1U);
    sim.run(stopping.join());
    EXPECT_TRUE(has_stopped);
}

TEST_F(ListenersTest, do_not_wait_for_ever_for_a_message_when_stopped) {
    open();
    Client& busy = client("198.51.100.7", "192.0.2.1:25", {whole_session.begin(), whole_session.begin() + 4});
    settle();
    const Instant before = sim.now();
    sim.run(listeners->stop());
    EXPECT_GE(sim.now() - before, Listeners::stop_patience);
    EXPECT_LT(sim.now() - before, Listeners::stop_patience + seconds{20});
    EXPECT_TRUE(ends(busy));
    EXPECT_TRUE(queue.kept.empty());
    EXPECT_EQ(queue.open, 0U);
}

TEST_F(ListenersTest, take_the_client_a_balancer_names) {
    settings.listeners[0].proxies = {IpNetwork::parse("198.51.100.1").value()};
    open();
    const Client& balanced =
        client("198.51.100.1", "192.0.2.1:25",
               {"PROXY TCP4 203.0.113.7 192.0.2.1 4711 25\r\nEHLO x.example", "MAIL FROM:<a@b.example>",
                "RCPT TO:<c@ancient-rome.net>", "DATA", "text\r\n.", "QUIT"});
    clients.back()->speaks_first = true;
    ASSERT_TRUE(ends(balanced)) << balanced.heard;
    ASSERT_EQ(queue.kept.size(), 1U) << balanced.heard;
    EXPECT_THAT(queue.kept[0].text, HasSubstr("[203.0.113.7]"));
    const auto connected = events.of<Connected>();
    ASSERT_EQ(connected.size(), 1U);
    EXPECT_EQ(connected[0].client.text(), "203.0.113.7:4711");
    EXPECT_EQ(connected[0].proxy.value().address.text(), "198.51.100.1");
    sim.run(listeners->stop());
}

// Loopback is the balancer's own then, and the default of [relay] hosts means ours.
TEST_F(ListenersTest, take_no_balancer_elsewhere_for_this_host) {
    settings.relay.hosts = RelaySettings().hosts;
    settings.listeners[0].proxies = {IpNetwork::parse("198.51.100.1").value()};
    settings.listeners[0].xclient = {IpNetwork::parse("127.0.0.0/8").value()};
    open();
    for (const char* stated : {"TCP4 127.0.0.1 192.0.2.1", "TCP4 127.200.0.1 192.0.2.1",
                               "TCP6 ::1 2001:db8::1", "TCP6 ::ffff:127.0.0.1 2001:db8::1"}) {
        Client& balanced = client("198.51.100.1", "192.0.2.1:25",
                                  {fmt::format("PROXY {} 4711 25\r\nEHLO x.example", stated),
                                   "MAIL FROM:<a@b.example>", "RCPT TO:<c@elsewhere.example>", "QUIT"});
        balanced.speaks_first = true;
        ASSERT_TRUE(ends(balanced)) << balanced.heard;
        EXPECT_THAT(balanced.heard, HasSubstr("550 5.7.1")) << stated;
        EXPECT_THAT(balanced.heard, Not(HasSubstr("XCLIENT"))) << stated;
    }
    for (const auto& connected : events.of<Connected>())
        EXPECT_TRUE(connected.client.address.is_unspecified()) << connected.client.text();
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, hang_up_without_a_word_when_a_balancer_names_nobody) {
    settings.listeners[0].proxies = {IpNetwork::parse("198.51.100.1").value()};
    open();
    const Client& silent = client("198.51.100.1", "192.0.2.1:25");
    const Client& wrong = client("198.51.100.1", "192.0.2.1:25", {"EHLO x.example and more"});
    clients.back()->speaks_first = true;
    ASSERT_TRUE(ends(silent, seconds{10}) && ends(wrong, seconds{10}));
    EXPECT_EQ(silent.heard + wrong.heard, "");
    const auto refused = events.of<ConnectionRefused>();
    ASSERT_EQ(refused.size(), 2U);
    EXPECT_EQ(refused[0].rule, "proxy-header");
    EXPECT_EQ(events.of<Disconnected>().size(), 2U);
    EXPECT_EQ(listeners->sessions(), 0U);
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, take_no_header_from_anybody_else) {
    settings.listeners[0].proxies = {IpNetwork::parse("198.51.100.1").value()};
    open();
    const Client& stranger = client("198.51.100.2", "192.0.2.1:25",
                                    {"PROXY TCP4 198.51.100.99 192.0.2.1 4711 25", "EHLO x.example",
                                     "MAIL FROM:<a@b.example>", "RCPT TO:<c@elsewhere.example>", "QUIT"});
    ASSERT_TRUE(ends(stranger));
    EXPECT_THAT(stranger.heard, HasSubstr("500 5.5.1"));
    EXPECT_THAT(stranger.heard, HasSubstr("550 5.7.1"));
    EXPECT_EQ(events.of<Connected>().at(0).client.address.text(), "198.51.100.2");
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, hold_the_client_to_its_limit_and_not_its_balancer) {
    settings.listeners[0].proxies = {IpNetwork::parse("198.51.100.1").value()};
    settings.limits.connections_per_client = 2;
    open();
    const auto balanced = [this](const std::string& real) -> Client& {
        Client& one =
            client("198.51.100.1", "192.0.2.1:25", {"PROXY TCP4 " + real + " 192.0.2.1 4711 25\r\nNOOP"});
        one.speaks_first = true;
        return one;
    };
    std::vector<Client*> different;
    for (const char* real : {"203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"})
        different.push_back(&balanced(real));
    std::vector<Client*> same;
    for (int i = 0; i < 3; ++i) same.push_back(&balanced("203.0.113.9"));
    settle();
    for (const Client* one : different) EXPECT_THAT(one->heard, StartsWith("220 "));
    std::size_t refused = 0;
    for (const Client* one : same) refused += one->heard.starts_with("421 4.7.0") ? 1 : 0;
    EXPECT_EQ(refused, 1U);
    EXPECT_EQ(listeners->sessions(), 6U);
    sim.run(listeners->stop());
}

TEST_F(ListenersTest, say_what_is_wrong_when_they_cannot_listen) {
    settings.listeners[0].addresses = {endpoint("203.0.113.77:25")};
    Listeners elsewhere(needs());
    const auto bound = elsewhere.bind();
    ASSERT_FALSE(bound);
    EXPECT_THAT(bound.error(), StartsWith("listener \"mx\" cannot listen on 203.0.113.77:25: "));
}

TEST_F(ListenersTest, say_what_is_wrong_with_the_certificate) {
    settings.listeners[0].tls = ListenerTls::StartTls;
    settings.tls.certificate = "/etc/cursus/none.pem";
    Listeners without(needs());
    const auto bound = without.bind();
    ASSERT_FALSE(bound);
    EXPECT_THAT(bound.error(), StartsWith("listener \"mx\": "));
    sim.tls().put_certificate("/etc/cursus/none.pem", {"relay.ancient-rome.net", "", false});
    Listeners with(needs());
    EXPECT_TRUE(with.bind());
}

// What rules and certificates make of each other: new connections have both of the new version, or neither.
TEST_F(ListenersTest, adopt_rules_and_certificates_together_or_not_at_all) {
    const auto has_certificate = [this](const std::string& path) {
        sim.tls().put_certificate(path, {.name = "relay.ancient-rome.net", .issuer = {}});
        ASSERT_TRUE(sim.files().open(path, OpenMode::CreateNew, 0600));
    };
    has_certificate("/old.pem");
    has_certificate("/new.pem");
    sim.run_for(seconds{10});
    settings.listeners[0].tls = ListenerTls::StartTls;
    settings.tls.certificate = settings.tls.key = "/old.pem";
    open();
    Settings next = settings;
    next.relay.hosts = {IpNetwork::parse("198.51.100.7").value()};
    next.tls.certificate = next.tls.key = "/nowhere.pem";
    const auto rules = std::make_shared<GroundRules>(next, *local, tables, nullptr, nullptr);
    const auto may_relay = [this] {
        const Client& asked =
            client("198.51.100.7", "192.0.2.1:25",
                   {"EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<c@elsewhere.example>", "QUIT"});
        EXPECT_TRUE(ends(asked));
        return asked.heard.contains("250 2.1.5");
    };
    const auto cannot = sim.run(listeners->prepare(rules));
    ASSERT_FALSE(cannot);
    EXPECT_THAT(cannot.error(), StartsWith("listener \"mx\": /nowhere.pem"));
    EXPECT_FALSE(may_relay());
    next.tls.certificate = next.tls.key = "/new.pem";
    auto prepared = sim.run(listeners->prepare(rules));
    ASSERT_TRUE(prepared) << prepared.error();
    EXPECT_FALSE(may_relay()) << "it is not in force yet";
    EXPECT_EQ(events.of<CertificateRead>().back().path, "/old.pem");
    sim.run(listeners->adopt(*std::move(prepared)));
    EXPECT_TRUE(may_relay());
    EXPECT_EQ(events.of<CertificateRead>().back().path, "/new.pem");
    sim.run(listeners->stop());
}

}  // namespace
}  // namespace cursus
