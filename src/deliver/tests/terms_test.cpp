// Hosts that a route makes demands of, or that we log in at: what it takes for them to get the mail.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"
#include "deliver/tls_failures.h"
#include "deliver/tls_policy.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::Not;

// base64 of "\0julius\0Et tu?"
const std::string good_login = "AUTH PLAIN AGp1bGl1cwBFdCB0dT8=";
const std::string hail = "Subject: x\r\n\r\nhail\r\n";

HostTerms demanding(RouteTls tls, std::string tls_name = {}) {
    HostTerms terms;
    terms.tls = tls;
    terms.tls_name = std::move(tls_name);
    return terms;
}

class Terms : public DeliveryWorld {
protected:
    Terms() {
        auto& tls = world.sim.tls();
        tls.put_certificate("good.pem", SimCertificate{"smart.example", "roots.pem", false});
        tls.put_certificate("other.pem", SimCertificate{"other.example", "roots.pem", false});
        tls.put_certificate("stranger.pem", SimCertificate{"smart.example", "nobody.pem", false});
        tls.put_certificate("broken.pem", SimCertificate{"smart.example", "roots.pem", true});
        world.settings.delivery.trusted_roots = "roots.pem";
        world.settings.retry.schedule = {10min};
    }
    // Everything goes to smart.example at 203.0.113.1, and then to spare.example at .2 if it is there.
    void smarthost(HostTerms terms, bool has_spare = false) {
        world.sim.dns().address("smart.example", {"203.0.113.1"});
        RouteSettings& route = world.settings.routes.emplace_back();
        route.pattern = "*";
        route.hosts = {{NamedHost{"smart.example", 25}}};
        if (has_spare) {
            world.sim.dns().address("spare.example", {"203.0.113.2"});
            route.hosts.push_back({NamedHost{"spare.example", 25}});
        }
        route.terms = std::move(terms);
        start();
    }
    HostTerms with_login(RouteTls tls, std::string_view password = "Et tu?\n", unsigned permissions = 0600) {
        write_password(password, permissions);
        return {tls, {}, "julius", "/password", {}};
    }
    void write_password(std::string_view password, unsigned permissions = 0600) {
        (void)world.sim.files().remove("/password");
        auto file = world.sim.files().open("/password", OpenMode::CreateNew, permissions);
        ASSERT_TRUE(file);
        EXPECT_TRUE((*file)->write_at(0, std::span(&password, 1)));
    }
    void accept() { world.accept("ann@b.example", {"bob@a.example"}, hail); }
    // Nothing was delivered nor given up, and this is why.
    void expect_waits_for(const std::string& why) {
        ASSERT_TRUE(until([&] { return world.events.count<SiteDown>() > 0; }, 10min));
        EXPECT_THAT(world.events.all<SiteDown>().back().why, HasSubstr(why));
        world.sim.run_for(2h);
        EXPECT_EQ(world.events.count<Delivered>(), 0U);
        EXPECT_EQ(world.events.count<Bounced>(), 0U);
    }
};

TEST_F(Terms, of_verified_tls_are_met_by_a_certificate_for_the_hosts_name) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::Verified));
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_TRUE(peer.messages()[0].tls);
    EXPECT_TRUE(world.events.all<Attempted>().at(0).verified);
    EXPECT_FALSE(world.events.all<Attempted>().at(0).protocol.empty());
}

TEST_F(Terms, of_verified_tls_hold_from_the_reload_on_that_first_demands_it) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::None));
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_FALSE(peer.messages()[0].tls);
    world.sim.run_for(1h);
    Settings next = world.settings;
    next.routes[0].terms = demanding(RouteTls::Verified);
    dispatcher->adopt(ways(next));
    accept();
    ASSERT_TRUE(delivered(2, 5min));
    EXPECT_TRUE(world.events.all<Attempted>().at(1).verified);
    stop();  // while `next` is there
}

// The site and its route would be good for an hour of mail that never stops.
TEST_F(Terms, of_a_reload_hold_for_all_mail_that_comes_after_it_though_there_is_no_gap) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::None));
    for (std::size_t i = 1; i <= 10; ++i) {
        accept();
        ASSERT_TRUE(delivered(i, 5s));
    }
    Settings next = world.settings;
    next.routes[0].terms = demanding(RouteTls::Verified);
    dispatcher->adopt(ways(next));
    for (std::size_t i = 11; i <= 20; ++i) {
        accept();
        EXPECT_TRUE(delivered(i, 5s));
    }
    ASSERT_EQ(peer.messages().size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(peer.messages()[i].tls, i >= 10) << i;
    stop();  // while `next` is there
}

TEST_F(Terms, of_a_reload_hold_for_mail_whose_route_is_being_asked_for) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::None));
    accept();
    ASSERT_TRUE(until([&] { return world.sim.dns().asked("smart.example", RecordType::Aaaa) == 1; }, 1min));
    ASSERT_EQ(world.sim.dns().asked("smart.example", RecordType::A), 0U) << "the router is at it";
    Settings next = world.settings;
    next.routes[0].terms = demanding(RouteTls::Verified);
    dispatcher->adopt(ways(next));
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_TRUE(peer.messages()[0].tls);
    stop();  // while `next` is there
}

TEST_F(Terms, of_a_reload_neither_cut_off_a_transaction_nor_wait_for_it) {
    auto& peer = sink("203.0.113.1", {.troubles = {{SinkStage::FinalDot, SinkAction::Drip, {}, first(3s), 1}},
                                      .tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::None));
    accept();
    ASSERT_TRUE(until([&] { return peer.messages().size() == 1; }, 3s));
    Settings next = world.settings;
    next.routes[0].terms = demanding(RouteTls::Verified);
    dispatcher->adopt(ways(next));
    world.sim.run_for(5s);
    accept();
    ASSERT_TRUE(delivered(1, 10s)) << "the second, by the new terms";
    ASSERT_EQ(peer.messages().size(), 2U);
    EXPECT_TRUE(peer.messages()[1].tls);
    ASSERT_TRUE(delivered(2, 5min)) << "the first, whose reply takes longer than a stop would wait";
    EXPECT_EQ(peer.messages().size(), 2U);
    EXPECT_EQ(world.events.count<Deferred>(), 0U);
    stop();  // while `next` is there
}

TEST_F(Terms, of_before_a_reload_do_not_hold_up_a_stop) {
    auto& peer = sink("203.0.113.1", {.troubles = {{SinkStage::FinalDot, SinkAction::Silence, {}, {}, 1}}});
    smarthost(demanding(RouteTls::None));
    accept();
    ASSERT_TRUE(until([&] { return peer.messages().size() == 1; }, 3s));
    dispatcher->adopt(ways(world.settings));
    const Instant before = world.sim.now();
    stop();
    EXPECT_LE(world.sim.now() - before, site_stop_grace + 5s);
}

TEST_F(Terms, of_verified_tls_are_met_by_a_certificate_for_the_name_the_route_gives) {
    sink("203.0.113.1", {.tls_certificate = "other.pem"});
    smarthost(demanding(RouteTls::Verified, "other.example"));
    accept();
    EXPECT_TRUE(delivered(1, 5min));
}

TEST_F(Terms, of_verified_tls_are_not_met_by_another_name_another_issuer_or_a_broken_handshake) {
    const std::pair<const char*, const char*> bad[] = {
        {"other.pem", "hostname mismatch"}, {"stranger.pem", "issuer"}, {"broken.pem", "handshake failure"}};
    auto& peer = sink("203.0.113.1", {.tls_certificate = "other.pem"});
    smarthost(demanding(RouteTls::Verified));
    accept();
    for (const auto& [certificate, why] : bad) {
        peer.behaviour().tls_certificate = certificate;
        world.sim.run_for(15min);
        expect_waits_for(std::string("451 4.7.5 smart.example does not speak verified TLS, which its route "
                                     "demands: ") +
                         "TLS failed: ");
        EXPECT_THAT(world.events.all<SiteDown>().back().why, HasSubstr(why));
    }
    peer.behaviour().tls_certificate = "good.pem";
    EXPECT_TRUE(delivered(1, 1h)) << "what was bad is not held against it";
    EXPECT_TRUE(peer.messages()[0].tls);
}

TEST_F(Terms, of_required_tls_are_met_by_any_certificate) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "stranger.pem"});
    smarthost(demanding(RouteTls::Required));
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_TRUE(peer.messages()[0].tls);
    EXPECT_FALSE(world.events.all<Attempted>().at(0).verified);
}

TEST_F(Terms, of_required_tls_are_not_met_by_a_host_without_starttls_however_long) {
    auto& peer = sink("203.0.113.1");
    smarthost(demanding(RouteTls::Required));
    accept();
    expect_waits_for("451 4.7.4 smart.example does not offer STARTTLS, and its route demands TLS");
    EXPECT_TRUE(peer.messages().empty());
}

TEST_F(Terms, of_required_tls_are_met_by_the_next_host) {
    auto& first_host = sink("203.0.113.1");
    auto& spare = sink("203.0.113.2", {.tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::Required), true);
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_TRUE(first_host.messages().empty());
    EXPECT_TRUE(spare.messages().at(0).tls);
}

TEST_F(Terms, without_tls_never_ask_for_it) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    smarthost(demanding(RouteTls::None));
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_FALSE(peer.messages()[0].tls);
}

// One bad handshake does not take TLS away for ever.
TEST_F(Terms, that_leave_it_open_have_tls_again_some_time_after_a_handshake_failed) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "broken.pem"});
    smarthost({});
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_FALSE(peer.messages()[0].tls);
    peer.behaviour().tls_certificate = "good.pem";
    const Instant end = world.sim.now() + tls_failure_kept + 1min;
    std::size_t count = 1;
    while (world.sim.now() < end) {  // the site lives on
        accept();
        ASSERT_TRUE(delivered(++count, 5min));
        world.sim.run_for(5s);
    }
    EXPECT_TRUE(peer.messages().back().tls);
}

TEST_F(Terms, that_differ_make_another_site_of_the_same_hosts) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem"});
    RouteSettings& open = world.settings.routes.emplace_back();
    open.pattern = "open.example";
    open.hosts = {{NamedHost{"smart.example", 25}}};
    open.terms.tls = RouteTls::None;
    smarthost(demanding(RouteTls::Verified));
    world.accept("ann@b.example", {"bob@open.example", "cid@a.example"}, hail);
    ASSERT_TRUE(delivered(2, 5min));
    ASSERT_EQ(peer.messages().size(), 2U);
    for (const SunkMessage& message : peer.messages())
        EXPECT_EQ(message.tls, message.recipients.at(0) == "cid@a.example");
}

TEST_F(Terms, with_a_login_are_met_with_the_password_inside_tls) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem", .login = good_login});
    smarthost(with_login(RouteTls::Verified));
    accept();
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_TRUE(peer.messages()[0].tls);
    EXPECT_EQ(peer.logins(), 1U);
}

TEST_F(Terms, with_a_login_show_no_password_in_the_clear) {
    auto& peer = sink("203.0.113.1", {.login = good_login});
    smarthost(with_login(RouteTls::Opportunistic));
    accept();
    expect_waits_for("451 4.7.11 smart.example would be shown the password in the clear");
    EXPECT_EQ(peer.logins(), 0U);
}

TEST_F(Terms, with_a_login_show_no_password_after_a_handshake_that_failed) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "broken.pem", .login = good_login});
    smarthost(with_login(RouteTls::Opportunistic));
    accept();
    expect_waits_for("451 4.7.11");
    EXPECT_EQ(peer.logins(), 0U);
}

TEST_F(Terms, with_a_login_want_a_host_that_offers_it) {
    sink("203.0.113.1", {.tls_certificate = "good.pem"});
    smarthost(with_login(RouteTls::Required));
    accept();
    expect_waits_for("451 4.7.4 smart.example does not offer AUTH");
}

TEST_F(Terms, with_a_login_by_mechanisms_the_host_lacks_name_those_it_has) {
    sink("203.0.113.1", {.tls_certificate = "good.pem", .login = good_login});
    HostTerms terms = with_login(RouteTls::Required);
    terms.mechanisms = {Mechanism::ScramSha256};
    smarthost(std::move(terms));
    accept();
    expect_waits_for("offers no way to log in that its route may use, only PLAIN");
}

TEST_F(Terms, with_a_refused_login_hold_the_mail_until_the_password_is_corrected) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem", .login = good_login});
    auto& spare = sink("203.0.113.2", {.tls_certificate = "good.pem", .login = good_login});
    smarthost(with_login(RouteTls::Required, "Brute"), true);
    accept();
    expect_waits_for("451 4.7.8 smart.example does not let this server in: 535 5.7.8 Wrong");
    EXPECT_LE(peer.logins(), 13U) << "by the schedule, once in ten minutes";
    EXPECT_EQ(spare.logins(), 0U) << "it would count the bad guess as well";
    ASSERT_GE(world.events.count<Trouble>(), 1U);
    const Trouble trouble = world.events.all<Trouble>().at(0);
    EXPECT_EQ(trouble.where, "login at smart.example");
    EXPECT_THAT(trouble.what, HasSubstr("as julius"));
    EXPECT_THAT(trouble.what, Not(HasSubstr("Brute")));
    write_password("Et tu?");
    EXPECT_TRUE(delivered(1, 1h));
}

TEST_F(Terms, with_a_password_that_others_can_read_hold_the_mail_and_name_the_file) {
    auto& peer = sink("203.0.113.1", {.tls_certificate = "good.pem", .login = good_login});
    smarthost(with_login(RouteTls::Required, "Et tu?", 0644));
    accept();
    expect_waits_for("451 4.3.5 There is no password to log in with at smart.example");
    EXPECT_THAT(world.events.all<Trouble>().at(0).what, HasSubstr("/password has mode 0644"));
    EXPECT_THAT(world.events.all<SiteDown>().back().why, Not(HasSubstr("/password")))
        << "it may be told to whoever sent the mail";
    EXPECT_TRUE(peer.visits().empty()) << "there is no use in connecting";
}

// A factory that cannot read any roots.
class RootlessTls : public TlsFactory {
public:
    Result<std::shared_ptr<TlsContext>, std::string> server(const TlsServerSettings&) override {
        return failure(std::string("not here"));
    }
    Result<std::shared_ptr<TlsContext>, std::string> client(const TlsClientSettings& settings) override {
        if (settings.verify == TlsVerify::Name)
            return failure("the trusted roots " + settings.trusted_roots.string());
        return std::make_shared<SimTlsContext>();
    }
};

TEST(TlsClients, that_verify_are_set_up_only_where_a_route_wants_them_and_say_why_they_cannot_be) {
    RootlessTls factory;
    Settings settings;
    settings.delivery.trusted_roots = "/roots.pem";
    const auto none = set_up_tls_clients(factory, settings);
    EXPECT_TRUE(none.unverified.context);
    EXPECT_FALSE(none.verified.is_wanted);
    settings.routes.emplace_back().terms.tls = RouteTls::Verified;
    const auto wanted = set_up_tls_clients(factory, settings);
    EXPECT_TRUE(wanted.for_demand(RouteTls::Required).context);
    EXPECT_FALSE(wanted.for_demand(RouteTls::Verified).context);
    EXPECT_TRUE(wanted.verified.is_wanted);
    EXPECT_EQ(wanted.verified.why_not, "the trusted roots /roots.pem");
}

TEST(TlsStart, is_at_once_at_the_port_for_that_and_never_at_a_local_socket) {
    const IpAddress address = *IpAddress::parse("203.0.113.1");
    const auto at = [&](std::uint16_t port, Dialect dialect, RouteTls tls) {
        return tls_start({"h", Endpoint{address, port}, dialect, demanding(tls)});
    };
    EXPECT_EQ(at(25, Dialect::Smtp, RouteTls::Opportunistic), TlsStart::WhenOffered);
    EXPECT_EQ(at(24, Dialect::Lmtp, RouteTls::Verified), TlsStart::WhenOffered);
    EXPECT_EQ(at(465, Dialect::Smtp, RouteTls::Verified), TlsStart::AtOnce);
    EXPECT_EQ(at(465, Dialect::Smtp, RouteTls::Opportunistic), TlsStart::AtOnce);
    EXPECT_EQ(at(465, Dialect::Lmtp, RouteTls::Verified), TlsStart::WhenOffered);
    EXPECT_EQ(at(25, Dialect::Smtp, RouteTls::None), TlsStart::Never);
    EXPECT_EQ(tls_start({"h", LocalSocket{"/s"}, Dialect::Lmtp, demanding(RouteTls::Required)}),
              TlsStart::Never);
}

// RFC 6066 §3: what is in brackets is no name.
TEST(TlsName, is_the_address_where_the_host_is_one) {
    const Endpoint somewhere{*IpAddress::parse("203.0.113.1"), 25};
    const auto name_of = [&](std::string host, std::string given = {}) {
        return tls_name(
            {std::move(host), somewhere, Dialect::Smtp, demanding(RouteTls::Verified, std::move(given))});
    };
    EXPECT_EQ(name_of("[203.0.113.1]"), "203.0.113.1");
    EXPECT_EQ(name_of("[IPv6:2001:db8::1]"), "2001:db8::1");
    EXPECT_EQ(name_of("203.0.113.1"), "203.0.113.1");
    EXPECT_EQ(name_of("mx.example"), "mx.example");
    EXPECT_EQ(name_of("[203.0.113.1]", "smart.example"), "smart.example");
}

TEST(TlsFailures, are_forgotten_after_a_time_and_are_not_too_many) {
    TlsFailures failures;
    const Instant start{};
    failures.note("a", start);
    EXPECT_TRUE(failures.has_failed("a", start));
    EXPECT_FALSE(failures.has_failed("b", start));
    EXPECT_TRUE(failures.has_failed("a", start + tls_failure_kept - 1s));
    EXPECT_FALSE(failures.has_failed("a", start + tls_failure_kept));
    for (std::size_t i = 0; i < 2 * tls_failures_max; ++i)
        failures.note("h" + std::to_string(i), start + std::chrono::seconds(1 + static_cast<int>(i)));
    EXPECT_EQ(failures.size(), tls_failures_max);
    EXPECT_FALSE(failures.has_failed("a", start + 1s)) << "the oldest went";
}

}  // namespace
}  // namespace cursus
