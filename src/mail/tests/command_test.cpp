#include "mail/command.h"

#include <gtest/gtest.h>

#include "mail/tests/text.h"

namespace cursus {
namespace {

using namespace std::string_literals;

Result<Command, CommandFailure> parsed_command(std::string_view line) {
    const Domain own_name = domain("own.example");
    return parse_command(line, {own_name});
}

template <class T>
T command(std::string_view line) {
    auto result = parsed_command(line);
    EXPECT_TRUE(result) << line;
    EXPECT_TRUE(std::holds_alternative<T>(*result)) << line;
    return std::get<T>(*result);
}

CommandError error_of(std::string_view line) {
    const auto result = parsed_command(line);
    EXPECT_FALSE(result) << line;
    return result ? CommandError::Unknown : result.error().error;
}

TEST(Command, takes_verbs_in_any_case) {
    command<QuitCommand>("QUIT");
    command<QuitCommand>("quit");
    command<DataCommand>("DaTa");
    command<RsetCommand>("RSET");
    command<StartTlsCommand>("starttls");
    command<NoopCommand>("NOOP whatever you like");
    EXPECT_EQ(command<HelpCommand>("HELP").argument, "");
    EXPECT_EQ(command<HelpCommand>("HELP MAIL").argument, "MAIL");
    EXPECT_EQ(command<VrfyCommand>("VRFY ann").argument, "ann");
    EXPECT_EQ(command<ExpnCommand>("EXPN list").argument, "list");
}

TEST(Command, refuses_what_is_no_command) {
    for (const char* line :
         {"", " ", "QUITX", "QUI", " QUIT", "GET / HTTP/1.1", "MAILFROM:<a@b.example>", "ÜHLO x", "."}) {
        EXPECT_EQ(error_of(line), CommandError::Unknown) << line;
    }
    for (const std::string& line :
         {"QUIT\t"s, "NOOP \0"s, "NOOP \x7f"s, "MAIL FROM:<a@b.example>\rx"s, "VRFY a\nb"s}) {
        EXPECT_EQ(error_of(line), CommandError::ControlByte) << line;
    }
    EXPECT_EQ(error_of("DATA now"), CommandError::ArgumentUnexpected);
    EXPECT_EQ(error_of("QUIT now"), CommandError::ArgumentUnexpected);
    EXPECT_EQ(error_of("VRFY"), CommandError::ArgumentMissing);
    EXPECT_EQ(error_of("EXPN "), CommandError::ArgumentMissing);
}

TEST(Command, tolerates_spaces_at_the_end) {
    command<QuitCommand>("QUIT  ");
    command<DataCommand>("DATA ");
    command<MailCommand>("MAIL FROM:<> ");
}

TEST(Hello, takes_any_name_without_spaces) {
    EXPECT_EQ(command<EhloCommand>("EHLO client.example").name, "client.example");
    EXPECT_EQ(command<HeloCommand>("helo  MY_PC").name, "MY_PC");
    EXPECT_EQ(command<LhloCommand>("LHLO [IPv6:::1]").name, "[IPv6:::1]");
    for (const std::string& line :
         {"EHLO"s, "EHLO "s, "HELO a b"s, "EHLO ü.example"s, "EHLO " + std::string(256, 'a')}) {
        EXPECT_EQ(error_of(line), CommandError::HeloArgument) << line;
    }
}

TEST(Mail, has_a_path) {
    EXPECT_EQ(path_text(command<MailCommand>("MAIL FROM:<ann@a.example>").sender), "<ann@a.example>");
    EXPECT_EQ(path_text(command<MailCommand>("mail from:<>").sender), "<>");
    EXPECT_EQ(path_text(command<MailCommand>("MAIL FROM:  <ann@a.example>").sender), "<ann@a.example>");
    EXPECT_EQ(path_text(command<MailCommand>("MAIL FROM:<\"a> b\"@a.example>").sender),
              "<\"a> b\"@a.example>");
    EXPECT_EQ(path_text(command<MailCommand>("MAIL FROM:<\"a\\\"> b\"@a.example> SIZE=1").sender),
              "<\"a\\\"> b\"@a.example>");
}

TEST(Mail, refuses_what_is_not_its_syntax) {
    for (const char* line :
         {"MAIL", "MAIL FROM", "MAIL FROM:", "MAIL FROM:ann@a.example", "MAIL FROM: ann@a.example",
          "MAIL TO:<>", "MAIL FROM :<>", "MAIL FROM<>", "MAIL FROM:<ann@a.example", "MAIL FROM:<>SIZE=1",
          "MAIL FROM:<\"ann@a.example>", "MAIL FROM:<ann@a.example>x"}) {
        EXPECT_EQ(error_of(line), CommandError::MailSyntax) << line;
    }
    EXPECT_EQ(parsed_command("MAIL FROM:<ann>").error(),
              (CommandFailure{CommandError::SenderAddress, AddressError::NoDomain}));
    EXPECT_EQ(parsed_command("MAIL FROM:<a@b_c>").error(),
              (CommandFailure{CommandError::SenderAddress, AddressError::BadDomain}));
    EXPECT_EQ(parsed_command("MAIL FROM:<\xff@b.example>").error(),
              (CommandFailure{CommandError::SenderAddress, AddressError::NotUtf8}));
}

TEST(Mail, has_typed_parameters) {
    const auto mail = command<MailCommand>(
        "MAIL FROM:<ann@a.example> size=1000 BODY=8bitmime SMTPUTF8 REQUIRETLS RET=HDRS ENVID=QQ+20314 "
        "AUTH=e+3Dmc2@a.example X-FOO=1 "
        "bar");
    EXPECT_EQ(mail.parameters.size, 1000U);
    EXPECT_EQ(mail.parameters.body, Body::EightBitMime);
    EXPECT_TRUE(mail.parameters.smtputf8);
    EXPECT_TRUE(mail.parameters.require_tls);
    EXPECT_EQ(mail.parameters.ret, Ret::Headers);
    EXPECT_EQ(mail.parameters.envid, "QQ 314");
    EXPECT_EQ(mail.parameters.auth, "e=mc2@a.example");
    EXPECT_EQ(mail.parameters.unknown, (std::vector<std::string>{"X-FOO", "BAR"}));
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> AUTH=<>").parameters.auth, "<>");
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<>   BODY=7BIT   RET=FULL").parameters.ret, Ret::Full);
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> BODY=BINARYMIME").parameters.body, Body::BinaryMime);
}

TEST(Mail, takes_sizes_of_twenty_digits_without_overflow) {
    constexpr std::uint64_t most = (1ULL << 63) - 1;
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> SIZE=0").parameters.size, 0U);
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> SIZE=9223372036854775807").parameters.size, most);
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> SIZE=9223372036854775808").parameters.size, most);
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> SIZE=18446744073709551616").parameters.size, most);
    EXPECT_EQ(command<MailCommand>("MAIL FROM:<> SIZE=99999999999999999999").parameters.size, most);
    for (const char* value : {"100000000000000000000", "-1", "+1", "1k", "0x10", "1.0"}) {
        EXPECT_EQ(error_of("MAIL FROM:<> SIZE="s + value), CommandError::ParameterValue) << value;
    }
}

TEST(Mail, refuses_bad_parameters) {
    for (const char* parameter :
         {"BODY=9BIT", "BODY", "SMTPUTF8=1", "REQUIRETLS=yes", "RET=ALL", "RET", "ENVID=+00", "ENVID=+0A",
          "ENVID=+0d", "ENVID=+7F", "ENVID=+FF", "ENVID=a+", "ENVID=a+2", "ENVID=a+2g", "AUTH", "AUTH=+00"}) {
        EXPECT_EQ(error_of("MAIL FROM:<> "s + parameter), CommandError::ParameterValue) << parameter;
    }
    EXPECT_EQ(error_of("MAIL FROM:<> ENVID=" + std::string(101, 'a')), CommandError::ParameterValue);
    for (const char* parameter : {"=1", "SIZE=", "-A=1", "A_B=1", "A=1=2", "SIZE=1=2", "\xc3\xbc=1"}) {
        EXPECT_EQ(error_of("MAIL FROM:<> "s + parameter), CommandError::ParameterSyntax) << parameter;
    }
    EXPECT_EQ(error_of("MAIL FROM:<> SIZE=1 size=1"), CommandError::ParameterTwice);
    EXPECT_EQ(error_of("MAIL FROM:<> X=1 Y X=2"), CommandError::ParameterTwice);
    std::string many = "MAIL FROM:<>";
    for (std::size_t i = 0; i < parameters_max; ++i) many += " X" + std::to_string(i);
    command<MailCommand>(many);
    EXPECT_EQ(error_of(many + " Y"), CommandError::ParameterSyntax);
}

TEST(Rcpt, has_a_path_and_typed_parameters) {
    const auto rcpt =
        command<RcptCommand>("RCPT TO:<bob@b.example> NOTIFY=success,DELAY ORCPT=rfc822;Bob+2B1@b.example X");
    EXPECT_EQ(rcpt.recipient.text(), "bob@b.example");
    EXPECT_EQ(rcpt.parameters.notify,
              (Notify{.is_set = true, .success = true, .failure = false, .delay = true}));
    EXPECT_EQ(rcpt.parameters.orcpt, "rfc822;Bob+1@b.example");
    EXPECT_EQ(rcpt.parameters.unknown, std::vector<std::string>{"X"});
    EXPECT_EQ(command<RcptCommand>("RCPT TO:<postmaster>").recipient.text(), "postmaster@own.example");
    EXPECT_EQ(command<RcptCommand>("rcpt to: <@x.example:bob@b.example>").recipient.text(), "bob@b.example");
    EXPECT_EQ(command<RcptCommand>("RCPT TO:<b@b.example> NOTIFY=NEVER").parameters.notify,
              Notify{.is_set = true});
}

TEST(Rcpt, refuses_what_is_not_its_syntax) {
    for (const char* line : {"RCPT", "RCPT TO:", "RCPT FROM:<a@b.example>", "RCPT TO:bob@b.example"}) {
        EXPECT_EQ(error_of(line), CommandError::RcptSyntax) << line;
    }
    EXPECT_EQ(parsed_command("RCPT TO:<>").error(),
              (CommandFailure{CommandError::RecipientAddress, AddressError::Syntax}));
    for (const char* parameter :
         {"NOTIFY=NEVER,DELAY", "NOTIFY=FAILURE,", "NOTIFY=,FAILURE", "NOTIFY=ALL", "NOTIFY", "ORCPT=rfc822",
          "ORCPT=;a", "ORCPT=rfc822;", "ORCPT=rfc822;a+00", "ORCPT=rfc822;a+0A", "ORCPT=rfc822;\xc3\xbc",
          "ORCPT=rf c822;a", "ORCPT=utf-8;a\\x{0A}", "ORCPT=utf-8;a\\x{85}", "ORCPT=utf-8;a\\x{D800}",
          "ORCPT=utf-8;a\\x{110000}", "ORCPT=utf-8;\xff"}) {
        EXPECT_NE(error_of("RCPT TO:<b@b.example> "s + parameter), CommandError::Unknown) << parameter;
    }
    EXPECT_EQ(error_of("RCPT TO:<b@b.example> ORCPT=rfc822;" + std::string(500, 'a')),
              CommandError::ParameterValue);
}

TEST(Rcpt, decodes_all_forms_of_a_utf8_original_recipient) {
    EXPECT_EQ(
        command<RcptCommand>("RCPT TO:<b@b.example> ORCPT=utf-8;j\\x{FC}rgen@a.example").parameters.orcpt,
        "utf-8;jürgen@a.example");
    EXPECT_EQ(
        command<RcptCommand>("RCPT TO:<b@b.example> ORCPT=UTF-8;jürgen\\x{2B}x@a.example").parameters.orcpt,
        "utf-8;jürgen+x@a.example");
}

TEST(Bdat, has_a_size) {
    EXPECT_EQ(command<BdatCommand>("BDAT 0").size, 0U);
    EXPECT_FALSE(command<BdatCommand>("BDAT 1000").is_last);
    EXPECT_TRUE(command<BdatCommand>("bdat 86 last").is_last);
    EXPECT_EQ(command<BdatCommand>("BDAT 18446744073709551615").size, ~0ULL);
    for (const char* line : {"BDAT", "BDAT LAST", "BDAT -1", "BDAT 1 2", "BDAT 1 LAST LAST", "BDAT 1LAST",
                             "BDAT 18446744073709551616", "BDAT 1,LAST", "BDAT +1", "BDAT 0x1"}) {
        EXPECT_EQ(error_of(line), CommandError::BdatSyntax) << line;
    }
}

TEST(Auth, has_a_mechanism_and_perhaps_a_response) {
    EXPECT_EQ(command<AuthCommand>("AUTH plain").mechanism, "PLAIN");
    EXPECT_EQ(command<AuthCommand>("AUTH SCRAM-SHA-256 biws").initial, "biws");
    EXPECT_EQ(command<AuthCommand>("AUTH EXTERNAL =").initial, "=");
    for (const char* line :
         {"AUTH", "AUTH PLAIN a b", "AUTH PL.AIN", "AUTH PLAIN a*b", "AUTH ABCDEFGHIJKLMNOPQRSTU"}) {
        EXPECT_EQ(error_of(line), CommandError::AuthSyntax) << line;
    }
}

TEST(ParameterWords, stand_behind_the_path_as_they_came) {
    using Words = std::vector<std::string>;
    EXPECT_EQ(parameter_words("MAIL FROM:<a@b.example>  size=1 Body=8BITMIME "),
              (Words{"size=1", "Body=8BITMIME"}));
    EXPECT_EQ(parameter_words(R"(RCPT TO:<"a> b"@c.example> X=1)"), Words{"X=1"});
    EXPECT_EQ(parameter_words("MAIL FROM:<>"), Words{});
    EXPECT_EQ(parameter_words("NOOP"), Words{});
}

}  // namespace
}  // namespace cursus
