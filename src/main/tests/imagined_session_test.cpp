#include "main/imagined_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::StartsWith;

class ImaginedSessionTest : public testing::Test {
protected:
    // Of the client and the server, as printed.
    std::vector<std::string> play(const std::string& listener, ImaginedClient client,
                                  std::vector<HeldAccount> held = {}) {
        settings_ =
            parse_settings(
                "hostname = \"mx.rome.example\"\n[domains]\nlocal = [\"rome.example\"]\n"
                "[local]\nusers = \"any\"\nmailbox = \"maildir:/mail/{local_part}\"\naliases = []\n"
                "[policy]\ndefault_rules = false\n"
                "[[rule]]\nname = \"clear\"\nat = \"mail\"\nif = { tls = false }\ndo = \"reject\"\n"
                "text = \"in the clear\"\n[[listener]]\nname = \"l\"\naddress = [\"203.0.113.1:25\"]\n" +
                    listener,
                {})
                .value();
        // By XCLIENT comes whoever has logged in.
        settings_.listeners[0].xclient = {*IpNetwork::parse("192.0.2.0/24")};
        const LocalRouting routing(sim_.world(), settings_, tables_);
        const auto rules = std::make_shared<const GroundRules>(settings_, routing, tables_, nullptr, nullptr);
        client.address = *Endpoint::parse("192.0.2.7:40000");
        told_ = sim_.run(imagine_session(sim_.world(), rules, 0, std::move(client), std::move(held)));
        std::vector<std::string> lines;
        for (const auto& part : told_) {
            if (part.who == Told::Who::Client) lines.push_back("C: " + part.line);
            if (part.who == Told::Who::Server) lines.push_back("S: " + part.line);
        }
        return lines;
    }
    bool began_tls() const {
        return std::ranges::any_of(
            told_, [](const Told& part) { return std::holds_alternative<TlsStarted>(part.event); });
    }
    static std::vector<std::string> of_client(const std::vector<std::string>& lines) {
        std::vector<std::string> said;
        for (const auto& line : lines)
            if (line.starts_with("C: ")) said.push_back(line.substr(3));
        return said;
    }

private:
    SimWorld sim_;
    Settings settings_;
    Tables tables_;
    std::vector<Told> told_;
};

ImaginedClient client_with(std::vector<ImaginedMail> mails, std::optional<TlsFacts> tls = {}) {
    return {.address = {},
            .helo = "client.example",
            .account = {},
            .tls = std::move(tls),
            .mails = std::move(mails)};
}

const ImaginedMail mail_to_ann{"a@b.example", {"ann@rome.example"}, {}};
const std::string plain = "tls = \"none\"\n", starttls = "tls = \"starttls\"\n";
const std::string implicit = "tls = \"implicit\"\n";

TEST_F(ImaginedSessionTest, speaks_tls_where_the_listener_does_from_the_first_octet_on) {
    const auto lines = play(implicit, client_with({mail_to_ann}));
    EXPECT_TRUE(began_tls());
    EXPECT_THAT(lines, Contains(StartsWith("S: 250 2.1.5")));
}

TEST_F(ImaginedSessionTest, begins_tls_if_the_client_does) {
    const auto lines = play(starttls, client_with({mail_to_ann}, imagined_tls()));
    EXPECT_TRUE(began_tls());
    EXPECT_THAT(of_client(lines),
                ElementsAre("EHLO client.example", "STARTTLS", "EHLO client.example",
                            "MAIL FROM:<a@b.example>", "RCPT TO:<ann@rome.example>", "QUIT"));
}

TEST_F(ImaginedSessionTest, stays_in_the_clear_otherwise) {
    const auto lines = play(starttls, client_with({mail_to_ann}));
    EXPECT_FALSE(began_tls());
    EXPECT_THAT(lines, Contains("S: 250-STARTTLS"));
    EXPECT_THAT(lines, Contains(StartsWith("S: 550 5.7.1 in the clear")));
}

TEST_F(ImaginedSessionTest, shows_that_a_listener_has_no_tls) {
    const auto lines = play(plain, client_with({mail_to_ann}, imagined_tls()));
    EXPECT_FALSE(began_tls());
    EXPECT_THAT(lines, Contains(StartsWith("S: 550 5.7.1 in the clear")));
}

TEST_F(ImaginedSessionTest, ends_one_transaction_before_the_next) {
    ImaginedMail whole = mail_to_ann;
    whole.message = "Subject: x\r\n\r\n.\r\n";
    const auto lines =
        play(starttls,
             client_with({mail_to_ann, whole, {"c@b.example", {"bob@rome.example"}, {}}}, imagined_tls()));
    const auto said = of_client(lines);
    EXPECT_THAT(std::vector(said.begin() + 3, said.end()),
                ElementsAre("MAIL FROM:<a@b.example>", "RCPT TO:<ann@rome.example>", "RSET",
                            "MAIL FROM:<a@b.example>", "RCPT TO:<ann@rome.example>", "DATA", "(the message)",
                            "MAIL FROM:<c@b.example>", "RCPT TO:<bob@rome.example>", "QUIT"));
}

TEST_F(ImaginedSessionTest, lets_a_client_that_never_spoke_say_nothing) {
    EXPECT_THAT(of_client(play(plain, {})), ElementsAre("QUIT"));
}

TEST_F(ImaginedSessionTest, knows_which_accounts_are_on_hold) {
    auto client = client_with({{"", {"ann@rome.example"}, {}}}, imagined_tls());
    client.account = "julius";
    EXPECT_THAT(play(starttls, client, {{"julius", "too much", {}}}), Contains(StartsWith("S: 450 4.7.1")));
}

}  // namespace
}  // namespace cursus
