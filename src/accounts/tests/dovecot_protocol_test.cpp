#include "accounts/dovecot_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

// "+Mechanism" is a challenge, "=account word" success, and so on: one text, to be compared.
std::string shown(std::string_view line) {
    const auto answer = parse_dovecot_answer(line);
    if (!answer) return "error";
    if (const auto* challenge = std::get_if<SaslChallenge>(&*answer)) return "+" + challenge->octets;
    if (const auto* success = std::get_if<SaslSuccess>(&*answer))
        return "=" + success->account + " " + success->last_word;
    const auto& failure = std::get<SaslFailure>(*answer);
    const std::string kinds[] = {"wrong", "malformed", "unavailable"};
    return kinds[static_cast<int>(failure.refusal)] + " " + failure.account;
}

TEST(DovecotAnswer, is_read) {
    EXPECT_EQ(shown("OK\t1\tuser=ann@alpha.example"), "=ann@alpha.example ");
    EXPECT_EQ(shown("OK\t1\thost=x\tuser=ann\tresp=dj1lYg=="), "=ann v=eb");
    EXPECT_EQ(shown("CONT\t1\tVXNlcm5hbWU6"), "+Username:");
    EXPECT_EQ(shown("CONT\t1\t"), "+");
    EXPECT_EQ(shown("CONT\t1"), "+");
    EXPECT_EQ(shown("FAIL\t1\tuser=ann"), "wrong ann");
    EXPECT_EQ(shown("FAIL\t1"), "wrong ");
    EXPECT_EQ(shown("FAIL\t1\tuser=a\001tb\0011c\001n"), "wrong a\tb\001c\n")
        << "whom it claims to be may hold anything";
}

TEST(DovecotAnswer, that_says_nothing_of_the_client_is_no_failure_of_the_clients) {
    for (const char* what : {"temp", "code=temp_fail", "code=mech_ssl_required", "code=mech_invalid"})
        EXPECT_EQ(shown(std::string("FAIL\t1\tuser=ann\t") + what), "unavailable ann") << what;
    for (const char* what : {"authz", "user_disabled", "pass_expired", "code=user_disabled", "reason=temp"})
        EXPECT_EQ(shown(std::string("FAIL\t1\tuser=ann\t") + what), "wrong ann") << what;
    EXPECT_EQ(shown("FAIL\t1\tcode=invalid_base64"), "malformed ");
}

TEST(DovecotAnswer, that_bars_an_account_is_a_refusal) {
    EXPECT_EQ(shown("OK\t1\tuser=ann\tnologin"), "wrong ann");
    EXPECT_EQ(shown("OK\t1\tuser=ann\tnologin\tproxy"), "=ann ");
}

TEST(DovecotAnswer, that_makes_no_sense_is_an_error_and_lets_nobody_in) {
    for (const std::string& line : {std::string(),
                                    std::string("OK"),
                                    std::string("OK\t2\tuser=ann"),
                                    std::string("OK\t11\tuser=ann"),
                                    std::string("OK\t1"),
                                    std::string("OK\t1\tuser="),
                                    std::string("OK\t1\tuser"),
                                    std::string("OK\t1\tuser=a\001nb"),
                                    std::string("OK\t1\tuser=a\0010b"),
                                    std::string("OK\t1\tuser=\xff"),
                                    std::string("OK\t1\tuser=ann\tresp=***"),
                                    "OK\t1\tuser=" + std::string(256, 'a'),
                                    std::string("ok\t1\tuser=ann"),
                                    std::string(" OK\t1\tuser=ann"),
                                    std::string("CONT\t1\t***"),
                                    std::string("CONT\t2\t"),
                                    std::string("NOTFOUND\t1"),
                                    std::string("VERSION\t1\t2"),
                                    std::string("\t1"),
                                    std::string("1\tOK")})
        EXPECT_EQ(shown(line), "error") << line;
}

std::string heard(std::initializer_list<const char*> lines) {
    DovecotGreeting greeting;
    for (const char* line : lines) {
        const auto taken = greeting.take(line);
        if (!taken) return taken.error();
    }
    std::string text = greeting.is_over() ? "" : "more:";
    for (const Mechanism mechanism : greeting.mechanisms()) text += " " + std::string(name(mechanism));
    return text;
}

TEST(DovecotGreeting, names_what_is_known_here_the_best_first) {
    EXPECT_EQ(heard({"VERSION\t1\t2", "MECH\tPLAIN\tplaintext", "MECH\tLOGIN", "MECH\tCRAM-MD5\tactive",
                     "MECH\tSCRAM-SHA-256", "MECH\tSCRAM-SHA-256-PLUS", "MECH\tEXTERNAL", "MECH\tANONYMOUS",
                     "MECH\tplain", "MECH", "", "SPID\t1", "NEW\tx", "DONE"}),
              " SCRAM-SHA-256 PLAIN LOGIN");
    EXPECT_EQ(heard({"VERSION\t1\t1", "MECH\tPLAIN"}), "more: PLAIN");
}

TEST(DovecotGreeting, of_another_version_is_not_gone_on_with) {
    EXPECT_THAT(heard({"VERSION\t2\t0"}), testing::HasSubstr("another version"));
    EXPECT_THAT(heard({"VERSION"}), testing::HasSubstr("another version"));
    EXPECT_THAT(heard({"MECH\tPLAIN", "DONE"}), testing::HasSubstr("which version"));
    DovecotGreeting greeting;
    for (unsigned i = 0; i < dovecot_greeting_lines_max; ++i) EXPECT_TRUE(greeting.take("x"));
    EXPECT_FALSE(greeting.take("DONE"));
}

TEST(DovecotQuestion, says_whence_and_hides_nothing_of_the_response_from_its_line) {
    LoginScene scene;
    scene.client = *Endpoint::parse("192.0.2.1:40000");
    scene.server = *Endpoint::parse("[2001:db8::1]:465");
    EXPECT_EQ(dovecot_question({Mechanism::ScramSha256, scene, true}, "a\tb\n"),
              "AUTH\t1\tSCRAM-SHA-256\tservice=smtp\tsecured\trip=192.0.2.1\trport=40000\tlip=2001:db8::"
              "1\tlport=465"
              "\tnologin\tresp=YQliCg==\n");
    EXPECT_EQ(dovecot_question({Mechanism::Login, {}, false}, ""),
              "AUTH\t1\tLOGIN\tservice=smtp\tnologin\tresp=\n");
    EXPECT_EQ(dovecot_continuation("a\n"), "CONT\t1\tYQo=\n");
}

}  // namespace
}  // namespace cursus
