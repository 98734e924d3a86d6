#include "config/parse.h"
#include "config/option.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

const SystemDefaults system_defaults{"host.example.org"};

Settings parsed(std::string_view text) {
    auto settings = parse_settings(text, system_defaults);
    if (!settings) {
        ADD_FAILURE() << describe_errors("test", settings.error());
        return {};
    }
    return *std::move(settings);
}

std::string errors_of(std::string_view text) {
    const auto settings = parse_settings(text, system_defaults);
    return settings ? "" : describe_errors("cursus.toml", settings.error());
}

TEST(Configuration, an_empty_file_is_a_small_site) {
    const auto settings = parsed("");
    EXPECT_EQ(settings.hostname->text(), "host.example.org");
    ASSERT_EQ(settings.listeners.size(), 1u);
    EXPECT_EQ(settings.listeners[0].addresses.size(), 2u);
    EXPECT_EQ(settings.limits.message_size, 10485760u);
    EXPECT_TRUE(settings.relay.hosts[0].contains(*IpAddress::parse("127.0.0.1")));
    EXPECT_EQ(settings.retry.schedule.size(), 6u);
}

TEST(Configuration, listeners_offer_tls_unless_they_are_told_not_to) {
    const auto settings = parsed(R"(
[auth]
users = "/etc/cursus/users"
[[listener]]
address = "0.0.0.0:25"
[[listener]]
address = "0.0.0.0:587"
service = "submission"
[[listener]]
address = "0.0.0.0:24"
service = "lmtp"
[[listener]]
address = "0.0.0.0:26"
tls = "none"
)");
    ASSERT_EQ(settings.listeners.size(), 4u);
    EXPECT_EQ(settings.listeners[0].tls, ListenerTls::StartTls);
    EXPECT_EQ(settings.listeners[1].tls, ListenerTls::StartTls);
    EXPECT_EQ(settings.listeners[2].tls, ListenerTls::None);
    EXPECT_EQ(settings.listeners[3].tls, ListenerTls::None);
    EXPECT_EQ(parsed("").listeners[0].tls, ListenerTls::StartTls);
}

TEST(Configuration, submission_is_for_who_logs_in_or_shows_a_certificate_or_is_spoken_for) {
    const std::string listener = "[[listener]]\naddress = \"0.0.0.0:587\"\nservice = \"submission\"\n";
    EXPECT_EQ(errors_of("[auth]\nusers = \"/u\"\n" + listener), "");
    EXPECT_EQ(errors_of("[tls]\nclient_ca = \"/c\"\n" + listener + "auth = false\n"), "");
    EXPECT_EQ(errors_of(listener + "auth = false\nxclient = [\"10.0.0.1\"]\n"), "");
}

TEST(Configuration, every_key_that_exists_is_read) {
    const auto settings = parsed(R"(
hostname = "Relay.Ancient-Rome.net"
data_dir = "/srv/cursus"
threads = 3
[[listener]]
name = "in"
address = ["192.0.2.1:25", "[2001:db8::1]:2525"]
tls = "none"
[limits]
message_size = "20MiB"
idle = "90s"
recipients = 200
[domains]
local = ["ancient-rome.net", "müller.example"]
relay = "provinces.example"
[relay]
hosts = ["192.168.7.0/24", "::1"]
[[route]]
domain = "*.clients.example"
hosts = [["10.1.1.4:25", "b.example:26"], "c.example"]
single_copy = true
[retry]
schedule = ["1m", "1h30m"]
warn_after = "1h"
give_up_after = "2d"
[dns]
servers = ["127.0.0.1:5300"]
[delivery]
port = 2525
loopback = true
)");
    EXPECT_EQ(settings.hostname->text(), "relay.ancient-rome.net");
    EXPECT_EQ(settings.data_dir, "/srv/cursus");
    EXPECT_EQ(settings.threads, 3u);
    EXPECT_EQ(text(settings.listeners[0].addresses[1]), "[2001:db8::1]:2525");
    EXPECT_EQ(settings.limits.message_size, 20u << 20);
    EXPECT_EQ(settings.limits.idle, std::chrono::seconds{90});
    EXPECT_EQ(settings.domains.local[1].text(), "xn--mller-kva.example");
    EXPECT_EQ(settings.domains.relay.size(), 1u);
    EXPECT_FALSE(settings.relay.hosts[0].contains(*IpAddress::parse("127.0.0.1")));
    ASSERT_EQ(settings.routes.size(), 1u);
    EXPECT_EQ(settings.routes[0].pattern, "*.clients.example");
    ASSERT_EQ(settings.routes[0].hosts.size(), 2u);
    EXPECT_EQ(std::get<NamedHost>(settings.routes[0].hosts[0][1]).name, "b.example");
    EXPECT_EQ(std::get<NamedHost>(settings.routes[0].hosts[0][1]).port, 26);
    EXPECT_EQ(std::get<NamedHost>(settings.routes[0].hosts[1][0]).port, 0);
    EXPECT_TRUE(settings.routes[0].single_copy);
    EXPECT_EQ(settings.retry.schedule[1], std::chrono::minutes{90});
    EXPECT_EQ(settings.dns.servers[0].port, 5300);
    EXPECT_EQ(settings.delivery.port, 2525);
    EXPECT_TRUE(settings.delivery.loopback);
}

struct Mistake {
    const char* text;
    const char* error;  // the beginning of the only line
};

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, are_named_with_line_and_column_and_a_way_out) {
    const auto errors = errors_of(GetParam().text);
    EXPECT_EQ(errors.substr(0, std::string_view(GetParam().error).size()), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Configuration, Mistakes,
    testing::Values(
        Mistake{
            "[limits]\nmesage_size = \"1MiB\"\n",
            "cursus.toml:2:1: \"mesage_size\" is not a key in [limits]; did you mean \"message_size\"?\n"},
        Mistake{"[limts]\n", "cursus.toml:1:2: there is no table [limts]; did you mean \"limits\"?\n"},
        Mistake{"[scam]\nclamd = \"unix:/x\"\n",
                "cursus.toml:1:2: there is no table [scam]; did you mean \"scan\"?\n"},
        Mistake{"[limits]\nmessage_size = 1000\n",
                "cursus.toml:2:16: message_size: a number stands here, but this key takes a size"},
        Mistake{"[limits]\nmessage_size = \"10\"\n",
                "cursus.toml:2:16: message_size: \"10\" is not a size; write a number and a unit"},
        Mistake{"[limits]\nidle = \"5 minutes\"\n", "cursus.toml:2:8: idle: \"5 minutes\" is not a duration"},
        Mistake{"[limits]\nrecipients = 5\n",
                "cursus.toml:2:14: recipients: 5 is out of range; write a number, 100 to 100000"},
        Mistake{"hostname = \"-bad-.example\"\n",
                "cursus.toml:1:12: hostname: \"-bad-.example\" is not a domain name"},
        Mistake{"[relay]\nhosts = [\"192.0.2.1/24\"]\n",
                "cursus.toml:2:10: hosts: \"192.0.2.1/24\" is not a network"},
        Mistake{"[relay]\nhosts = [\"0.0.0.0/0\"]\n",
                "cursus.toml:1:2: 0.0.0.0/0 is everyone: that would be an open relay"},
        Mistake{"[listener]\naddress = \"0.0.0.0:25\"\n",
                "cursus.toml:1:2: listener may stand many times: write [[listener]]"},
        Mistake{"[[listener]]\naddress = \"0.0.0.0:587\"\nservice = \"submission\"\n",
                "cursus.toml:3:1: listener \"submission\": nobody could log in; write [auth] users = "},
        Mistake{"[auth]\nusers = \"/u\"\n[[listener]]\naddress = \"0.0.0.0:587\"\nservice = "
                "\"submission\"\nauth = false\n",
                "cursus.toml:6:1: listener \"submission\": nobody could submit: nobody logs in with auth = "
                "false, and no client certificate that counts is asked for; write auth = true\n"},
        Mistake{"[auth]\nusers = \"/u\"\n[tls]\nclient_ca = \"/c\"\n[[listener]]\naddress = "
                "\"0.0.0.0:587\"\nservice = \"submission\"\nauth = false\ntls = \"none\"\n",
                "cursus.toml:8:1: listener \"submission\": nobody could submit: nobody logs in with auth"},
        Mistake{
            "[tls]\nclient_ca = \"/c\"\n[[listener]]\naddress = \"0.0.0.0:587\"\nservice = "
            "\"submission\"\nclient_certificates = \"none\"\n",
            "cursus.toml:6:1: listener \"submission\": nobody could submit: there are no accounts, and no "
            "client certificate is asked for; write [auth] users = \"/etc/cursus/users\", or "
            "client_certificates = \"required\"\n"},
        Mistake{"[tls]\nclient_ca = \"/c\"\n[[listener]]\naddress = \"0.0.0.0:587\"\nservice = "
                "\"submission\"\ntls = \"none\"\n",
                "cursus.toml:6:1: listener \"submission\": nobody could submit: there are no accounts"},
        Mistake{"[[listener]]\naddress = \"0.0.0.0:25\"\nservice = \"smtp\"\n",
                "cursus.toml:3:11: service: \"smtp\" is not known here"},
        Mistake{"[[listener]]\naddress = \"0.0.0.0:25\"\nauth = true\n",
                "cursus.toml:3:1: listener \"mx\": there are no accounts"},
        Mistake{"[[listener]]\naddress = \"0.0.0.0:25\"\nproxies = [\"0.0.0.0/0\"]\n",
                "cursus.toml:3:1: listener \"mx\": 0.0.0.0/0 is everyone: any client could claim"},
        Mistake{"[[listener]]\naddress = \"0.0.0.0:25\"\nclient_certificates = \"required\"\n",
                "cursus.toml:3:1: listener \"mx\": no client certificate counts"},
        Mistake{"[auth]\nusers = \"people\"\n",
                "cursus.toml:2:9: users: \"people\" keeps no accounts; write"},
        Mistake{"[auth]\nusers = \"pam:../x\"\n", "cursus.toml:2:9: users: \"pam:../x\" keeps no accounts"},
        Mistake{"[auth]\nusers = \"table:people\"\n", "cursus.toml:1:2: users: there is no table \"people\""},
        Mistake{
            "[auth]\nmechanisms = [\"CRAM-MD5\"]\n",
            "cursus.toml:2:15: mechanisms: \"CRAM-MD5\" is no mechanism that is known here; write some of "
            "EXTERNAL, SCRAM-SHA-256-PLUS,"},
        Mistake{"[auth]\nmechanisms = [\"OAUTHBEARER\"]\n",
                "cursus.toml:1:2: mechanisms: OAUTHBEARER needs oauth_introspection or oauth_keys"},
        Mistake{"[tls]\nclient_fingerprints = [\"AA:BB\"]\n",
                "cursus.toml:2:24: client_fingerprints: \"AA:BB\" is no SHA-256 fingerprint"},
        Mistake{"[submission]\npriority_max = 10\n",
                "cursus.toml:2:16: priority_max: this key takes a number, -9 to 9"},
        Mistake{"[[certificate]]\ncertificate = \"/a\"\n",
                "cursus.toml:1:1: certificate and key go together"},
        Mistake{"[[route]]\ndomain = \"*\"\nhosts = [\"a.example\"]\ntls = \"none\"\nusername = "
                "\"u\"\npassword_file = \"/p\"\n",
                "cursus.toml:4:1: the password would go over the wire"},
        Mistake{"[[route]]\ndomain = \"*\"\nhosts = [\"a.example:465\"]\ntls = \"none\"\n",
                "cursus.toml:4:1: at port 465 TLS begins at once"},
        Mistake{"[[route]]\ndomain = \"*\"\nhosts = [\"unix:/s\"]\nprotocol = \"lmtp\"\ntls = "
                "\"required\"\n",
                "cursus.toml:5:1: no TLS is spoken at a local socket"},
        Mistake{"[[route]]\ndomain = \"*\"\nhosts = [\"a.example\"]\nmechanisms = [\"PLAIN\"]\n",
                "cursus.toml:4:1: nobody logs in"},
        Mistake{"[domains]\nlocal = \"a.example\"\nrelay = \"a.example\"\n",
                "cursus.toml:1:2: a.example is both local and relay"},
        Mistake{"[local]\nmailbox = \"pipe:/bin/x 'unclosed\"\n", "cursus.toml:2:11: mailbox: "},
        Mistake{"[local]\nmailbox = \"pipe:bin/x\"\n", "cursus.toml:2:11: mailbox: "},
        Mistake{"[local]\nmailbox = \"maildir:/m/{usr}\"\n", "cursus.toml:2:11: mailbox: "},
        Mistake{"[local]\nmailbox = \"imap:/m/{user}\"\n",
                "cursus.toml:2:11: mailbox: \"imap:/m/{user}\" is no mailbox"},
        Mistake{"[local]\nusers = \"some\"\n", "cursus.toml:2:9: users: \"some\" is none of"},
        Mistake{"[local]\naliases = [\"aliases\"]\n", "cursus.toml:2:12: aliases: \"aliases\" is no list"},
        Mistake{"[local]\ncommands = [\"lists\"]\n", "cursus.toml:2:13: commands: \"lists\" is none of"},
        Mistake{"[local]\nmailbox = \"maildir:/var/mail/all\"\n",
                "cursus.toml:2:11: mailbox: \"maildir:/var/mail/all\" would put everyone's mail"},
        Mistake{"[rewrite]\nmasquerade = [\"a.example\", \"!\"]\n",
                "cursus.toml:2:28: masquerade: \"\" is not a"},
        Mistake{"[rewrite]\nmasquerade = [\"a.example\", \"!a.example\"]\n",
                "cursus.toml:1:2: masquerade names a.example twice"},
        Mistake{"[rewrite]\nmasquerade_except = [\"root@a.example\"]\n",
                "cursus.toml:2:22: masquerade_except: \"root@a.example\" is not a local part"},
        Mistake{"[rewrite]\nmasquerade_in = [\"envelope_recipient\"]\n",
                "cursus.toml:2:18: masquerade_in: \"envelope_recipient\" is not known here"},
        Mistake{"[[route]]\ndomain = \"a.example\"\n", "cursus.toml:1:1: this route has no hosts"},
        Mistake{"[[route]]\nhosts = [\"a.example\"]\n", "cursus.toml:1:1: this route has no domain"},
        Mistake{"[[route]]\ndomain = \"*\"\npattern = \"a\"\nhosts = [\"a.example\"]\n",
                "cursus.toml:1:1: this route has both domain and pattern"},
        Mistake{"[[route]]\ndomain = \"*\"\ntable = \"table:a\"\nhosts = [\"a.example\"]\n",
                "cursus.toml:1:1: this route has both hosts and table"},
        Mistake{"[[route]]\npattern = \"(a\"\n",
                "cursus.toml:2:11: pattern: \"(a\" is not a regular expression"},
        Mistake{"[[route]]\ntable = \"hosts\"\n", "cursus.toml:2:9: table: \"hosts\" names no table"},
        Mistake{"[[route]]\ndomain = \"*\"\nhosts = [\"unix:/run/lmtp\"]\n",
                "cursus.toml:1:1: this route leads to a local socket; write protocol = \"lmtp\""},
        Mistake{"[[listener]]\naddress = \"unix:/run/lmtp\"\n",
                "cursus.toml:1:1: listener \"mx\" has a local socket; write service = \"lmtp\""},
        Mistake{"[[listener]]\naddress = \"unix:run/lmtp\"\nservice = \"lmtp\"\n",
                "cursus.toml:2:11: address: \"unix:run/lmtp\" is not a local socket"},
        Mistake{"[[domain]]\ngive_up_after = \"1h\"\nwarn_after = \"10m\"\n",
                "cursus.toml:1:1: this domain has no name"},
        Mistake{"[[domain]]\nname = \"a.example\"\ngive_up_after = \"1h\"\n",
                "cursus.toml:1:1: its mail would be given up after 1h, and warned of only after 4h"},
        Mistake{"[[domain]]\nname = \"*.example\"\n[[domain]]\nname = \"*.example\"\n",
                "cursus.toml:3:1: *.example stands here twice"},
        Mistake{"[retry]\nschedule = []\n", "cursus.toml:1:2: schedule is empty"},
        Mistake{"hostname = \n", "cursus.toml:1:"}));

TEST(Configuration, all_mistakes_are_told_at_once_in_the_order_of_the_file) {
    EXPECT_EQ(errors_of("data = 1\n[limits]\nidle = 3\nfoo = 1\n[nothing]\n").find("cursus.toml:1:1:"), 0u);
    const auto settings =
        parse_settings("data = 1\n[limits]\nidle = 3\nfoo = 1\n[nothing]\n", system_defaults);
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().size(), 4u);
}

TEST(Configuration, rewriting_has_its_table) {
    EXPECT_FALSE(parsed("").rewrite.qualify);
    EXPECT_EQ(parsed("").rewrite.masquerade_in.size(), 3u);
    const auto rewrite = parsed(R"(
[rewrite]
qualify = "Ancient-Rome.net"
masquerade = ["ancient-rome.net", "!Villa.ancient-rome.net"]
masquerade_except = "root"
masquerade_in = ["header_sender", "envelope_sender"]
)")
                             .rewrite;
    EXPECT_EQ(rewrite.qualify->text(), "ancient-rome.net");
    ASSERT_EQ(rewrite.masquerade.size(), 2u);
    EXPECT_FALSE(rewrite.masquerade[0].is_exempt);
    EXPECT_EQ(rewrite.masquerade[1].text(), "!villa.ancient-rome.net");
    EXPECT_EQ(rewrite.masquerade_except, std::vector<std::string>{"root"});
    EXPECT_EQ(rewrite.masquerade_in,
              (std::vector{MasqueradePlace::HeaderSender, MasqueradePlace::EnvelopeSender}));
}

TEST(Configuration, the_manual_names_every_table) {
    const auto text = manual();
    for (const auto* table : {"[tls]", "[limits]", "[domains]", "[relay]", "[local]", "[rewrite]", "[retry]",
                              "[dns]", "[delivery]", "[queue]", "[journal]", "[log]", "[admin]",
                              "[[listener]]", "[[route]]", "[[alias]]", "[[domain]]", "[[table]]"}) {
        EXPECT_NE(text.find(std::string("\n") + table + "\n"), std::string::npos) << table;
    }
}

TEST(Units, are_written_as_they_are_read) {
    for (const auto* text : {"1B", "10MiB", "3KiB", "2GiB"})
        EXPECT_EQ(size_text(parse_size(text).value()), text);
    for (const auto* text : {"0s", "30s", "5m", "1h30m", "5d", "1d1s"})
        EXPECT_EQ(duration_text(parse_duration(text).value()), text);
    for (const auto* text : {"", "10", "MiB", "10mib", "-1MiB", "1.5MiB", "99999999999GiB", "10MiB "})
        EXPECT_FALSE(parse_size(text)) << text;
    for (const auto* text : {"", "5", "m", "5 m", "-5m", "5m3", "400000d", "99999999999999999999s"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

}  // namespace
}  // namespace cursus
