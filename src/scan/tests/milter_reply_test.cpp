#include "scan/milter_reply.h"

#include "mail/header_edit.h"
#include "scan/milter_reply_text.h"
#include "scan/tests/milter_fixture.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

class MilterReplyTest : public testing::Test {
protected:
    static MilterTerms agreed(std::uint32_t actions, std::uint32_t steps = 0) {
        return MilterTerms::parse(MilterHost::terms(6, actions, steps)).value();
    }
    Result<MilterReply, std::string> parse(char letter, std::string_view data = {}) const {
        return parse_milter_reply(letter, data, terms_, names_);
    }
    Result<MilterReply, std::string> parse_texts(char letter, const std::vector<std::string>& texts) const {
        return parse(letter, MilterHost::data(std::nullopt, texts));
    }
    template <class Kind>
    Kind get(char letter, const std::vector<std::string>& texts) const {
        return std::get<Kind>(parse_texts(letter, texts).value());
    }
    MilterField field(char letter, std::uint32_t index, const std::vector<std::string>& texts) const {
        return std::get<MilterField>(parse(letter, MilterHost::data(index, texts)).value());
    }

    Domain own_name_ = Domain::parse("mx.example.org").value();
    CompletingNames names_{own_name_, &own_name_};
    MilterTerms terms_ = agreed(0x1ff);
};

TEST_F(MilterReplyTest, reads_the_verdicts) {
    const auto verdict = [&](char letter) { return std::get<MilterVerdict>(parse(letter).value()); };
    EXPECT_EQ(verdict('c'), MilterVerdict{MilterAnswer::Continue});
    EXPECT_EQ(verdict('a'), MilterVerdict{MilterAnswer::Accept});
    EXPECT_EQ(verdict('r'), MilterVerdict{MilterAnswer::Reject});
    EXPECT_EQ(verdict('t'), MilterVerdict{MilterAnswer::Tempfail});
    EXPECT_EQ(verdict('d'), MilterVerdict{MilterAnswer::Discard});
    EXPECT_EQ(verdict('f'), MilterVerdict{MilterAnswer::Disconnect});
    EXPECT_EQ(verdict('4').answer, MilterAnswer::Disconnect);
    EXPECT_EQ(verdict('4').reply->code(), 421);
    EXPECT_TRUE(std::holds_alternative<MilterProgress>(parse('p').value()));
    EXPECT_TRUE(std::holds_alternative<MilterSkip>(parse('s').value()));
}

TEST_F(MilterReplyTest, takes_no_data_where_there_is_none) {
    for (const char letter : "cartdfps4"s) EXPECT_FALSE(parse(letter, "x"s)) << letter;
}

TEST_F(MilterReplyTest, takes_no_letter_that_is_none) {
    EXPECT_THAT(parse('Z').error(), HasSubstr("'Z' is no answer"));
    EXPECT_THAT(parse('\n').error(), HasSubstr("\\x0a"));
    EXPECT_FALSE(parse('O', MilterHost::terms(6, 0, 0)));
    EXPECT_FALSE(parse('l', "\0\0\0\0j\0"s)) << "macros are chosen with the terms";
}

TEST_F(MilterReplyTest, reads_the_milters_own_words) {
    const auto refusal = get<MilterVerdict>('y', {"550 5.7.1 No, %%% thanks"});
    EXPECT_EQ(refusal.answer, MilterAnswer::Reject);
    EXPECT_EQ(refusal.reply->one_line(), "550 5.7.1 No, %% thanks");
    EXPECT_EQ(get<MilterVerdict>('y', {"451 4.7.1 Later"}).answer, MilterAnswer::Tempfail);
    EXPECT_EQ(get<MilterVerdict>('y', {"421 4.7.0 Bye"}).answer, MilterAnswer::Disconnect);
    EXPECT_FALSE(parse('y', "550 no NUL"));
    EXPECT_FALSE(parse_texts('y', {"550 5.7.1 one", "550 5.7.1 two"}));
    EXPECT_FALSE(parse('y'));
}

TEST_F(MilterReplyTest, takes_words_of_several_lines) {
    const auto reply = parse_milter_reply_text("554-5.7.1 One\r\n554-5.7.1 Two\r\n554 5.7.1 Three").value();
    EXPECT_THAT(reply.lines(), ElementsAre("One", "Two", "Three"));
    EXPECT_EQ(reply.status(), (Status{5, 7, 1}));
    EXPECT_EQ(parse_milter_reply_text("554 5.7.1 One\r\n").value().text(), "One");
}

TEST_F(MilterReplyTest, adds_a_status_where_there_is_none) {
    EXPECT_EQ(parse_milter_reply_text("550 No").value().one_line(), "550 5.7.1 No");
    EXPECT_EQ(parse_milter_reply_text("450").value().one_line(), "450 4.7.1");
    EXPECT_EQ(parse_milter_reply_text("550 5.1 No").value().one_line(), "550 5.7.1 5.1 No");
}

TEST_F(MilterReplyTest, lets_nothing_into_the_session_by_way_of_words) {
    for (const auto& text : {
             "250 2.0.0 Fine"s,
             "350 Go on"s,
             "55"s,
             "5x0 No"s,
             ""s,
             "550_No"s,
             "550 5.7.1 No\n250 2.0.0 Fine"s,
             "550 5.7.1 No\r250 Fine"s,
             "550 5.7.1 No\r\n250 2.0.0 Fine"s,      // another code
             "550-5.7.1 No\r\n451 4.7.1 Or later"s,  // the same
             "550 5.7.1 No\r\n550 5.7.1 And no"s,    // goes on behind its end
             "550-5.7.1 No"s,                        // has none
             "550 4.7.1 No"s,                        // does not agree with itself
             "550 5.7.1 \x1b[31mNo"s,
             "550 5.7.1 "s + std::string(2000, 'x'),
         })
        EXPECT_FALSE(parse_milter_reply_text(text)) << text;
    std::string many;
    for (std::size_t i = 0; i < milter_reply_lines_max; ++i) many += "550-5.7.1 x\r\n";
    EXPECT_FALSE(parse_milter_reply_text(many + "550 5.7.1 x"));
    EXPECT_EQ(parse_milter_reply_text("550 5.7.1 a\tb").value().text(), "a b") << "RFC 5321 §4.2";
    EXPECT_EQ(parse_milter_reply_text("550 5.7.1 N\xc3\xb6").value().text(), "N??");
}

TEST_F(MilterReplyTest, reads_changes_of_the_header) {
    const auto added = get<MilterField>('h', {"X-Spam", "yes"});
    EXPECT_EQ(added.change, MilterFieldChange::Add);
    EXPECT_EQ(added.name, "X-Spam");
    EXPECT_EQ(added.body, "yes");
    const auto inserted = field('i', 3, {"X-Spam", "yes"});
    EXPECT_EQ(inserted.change, MilterFieldChange::Insert);
    EXPECT_EQ(inserted.index, 3);
    const auto changed = field('m', 2, {"Subject", "new"});
    EXPECT_EQ(changed.change, MilterFieldChange::Change);
    EXPECT_EQ(changed.index, 2);
    EXPECT_EQ(field('m', 0, {"Subject", "new"}).index, 1) << "as Sendmail takes it";
    EXPECT_EQ(field('m', 1, {"Subject", ""}).body, "") << "removed";
}

TEST_F(MilterReplyTest, takes_the_space_of_a_milter_that_brings_it_for_what_it_is) {
    EXPECT_EQ(get<MilterField>('h', {"X-Spam", " yes"}).body, " yes");
    terms_ = agreed(0x1ff, 0x100000);
    EXPECT_EQ(get<MilterField>('h', {"X-Spam", "yes"}).body, "yes");
    EXPECT_EQ(get<MilterField>('h', {"X-Spam", " yes"}).body, "yes");
    EXPECT_EQ(get<MilterField>('h', {"X-Spam", "  yes"}).body, " yes");
}

TEST_F(MilterReplyTest, keeps_a_field_that_goes_over_lines_one_field) {
    const auto body = [&](const std::string& text) {
        auto field = get<MilterField>('h', {"X", text});
        EXPECT_TRUE(is_safe(HeaderEdit::append(field.name, field.body))) << text;
        return field.body;
    };
    EXPECT_EQ(body("a\n\tb"), "a\r\n\tb");
    EXPECT_EQ(body("a\r\n b"), "a\r\n b");
    EXPECT_EQ(body("a\nBcc: b@c.example"), "a\r\n\tBcc: b@c.example");
    EXPECT_EQ(body("a\rb"), "a\r\n\tb");
    EXPECT_EQ(body("a\n\nbody"), "a\r\n\tbody");
    EXPECT_EQ(body("a\n \n\t\r\n"), "a");
    EXPECT_EQ(body("a\n"), "a");
    EXPECT_EQ(body("\r\n"), "");
    EXPECT_EQ(body("\n\tb"), "\r\n\tb");
    EXPECT_EQ(body("a \n b\t"), "a\r\n b");
    EXPECT_EQ(body(std::string(895, 'x') + std::string(20, ' ')), std::string(895, 'x'));
    const std::string half(600, 'x');
    EXPECT_EQ(body(half + " " + half + "\n" + half + "\ty"), half + "\r\n " + half + "\r\n\t" + half + "\ty");
    EXPECT_EQ(body(half + " " + half + "\ty"), half + "\r\n " + half + "\ty");
    EXPECT_EQ(body("a " + half + half),
              "a\r\n " + half + std::string(389, 'x') + "\r\n\t" + std::string(211, 'x'));
    EXPECT_EQ(body("a" + std::string(2'000, ' ') + "b"), "a" + std::string(986, ' ') + "\r\n b");
    EXPECT_EQ(body("a\n" + std::string(2'000, ' ') + "b"), "a\r\n b");
}

TEST_F(MilterReplyTest, takes_no_field_that_is_none) {
    for (const char* name : {"", "X Y", "X:Y", "X\nBcc", "N\xc3\xb6"})
        EXPECT_FALSE(parse_texts('h', {name, "text"})) << name;
    EXPECT_FALSE(parse_texts('h', {"X"}));
    EXPECT_FALSE(parse_texts('h', {"X", "text", "more"}));
    EXPECT_FALSE(parse('h', "X\0text without end"s));
    EXPECT_FALSE(parse('m', "\0\0"s));
    EXPECT_FALSE(parse('i', ""));
}

TEST_F(MilterReplyTest, reads_changes_of_the_envelope) {
    EXPECT_EQ(path_text(get<MilterSender>('e', {"<a@b.example>"}).sender), "<a@b.example>");
    EXPECT_EQ(path_text(get<MilterSender>('e', {"<>"}).sender), "<>");
    EXPECT_FALSE(get<MilterSender>('e', {"a@b.example"}).parameters);
    EXPECT_EQ(get<MilterSender>('e', {"<a@b.example>", "RET=HDRS ENVID=x"}).parameters->ret, Ret::Headers);
    EXPECT_EQ(get<MilterNewRecipient>('+', {"<a@b.example>"}).recipient.text(), "a@b.example");
    EXPECT_EQ(get<MilterNewRecipient>('+', {"root"}).recipient.text(), "root@mx.example.org");
    EXPECT_TRUE(get<MilterNewRecipient>('2', {"a@b.example", "NOTIFY=NEVER"}).parameters.notify->is_never());
    EXPECT_FALSE(get<MilterNewRecipient>('2', {"a@b.example"}).parameters.notify);
    EXPECT_EQ(get<MilterLostRecipient>('-', {"a@b.example"}).recipient.text(), "a@b.example");
}

TEST_F(MilterReplyTest, takes_no_address_that_is_none) {
    for (const char letter : "e+2-"s) {
        EXPECT_FALSE(parse_texts(letter, {""})) << letter;
        EXPECT_FALSE(parse_texts(letter, {"<a@b.example> x"})) << letter;
        EXPECT_FALSE(parse_texts(letter, {"a\nb@c.example"})) << letter;
        EXPECT_FALSE(parse(letter, "a@b.example")) << letter;
        EXPECT_FALSE(parse_texts(letter, {"a@b.example", "x", "y"})) << letter;
    }
    EXPECT_FALSE(parse_texts('e', {"a@b.example", "SIZE=x"}));
    EXPECT_FALSE(parse_texts('2', {"a@b.example", "NOTIFY=x"}));
    EXPECT_FALSE(parse_texts('+', {"a@b.example", "NOTIFY=NEVER"})) << "it has no parameters";
    EXPECT_FALSE(parse_texts('+', {"<>"}));
}

TEST_F(MilterReplyTest, reads_a_new_body_and_a_quarantine) {
    EXPECT_EQ(std::get<MilterBodyPiece>(parse('b', "some\0octets"s).value()).octets, "some\0octets"s);
    EXPECT_EQ(std::get<MilterBodyPiece>(parse('b', "").value()).octets, "");
    EXPECT_EQ(get<MilterQuarantine>('q', {"looks bad\n"}).reason, "looks bad\\x0a");
    EXPECT_FALSE(parse('q', "no NUL"));
}

TEST_F(MilterReplyTest, takes_no_change_that_was_not_announced) {
    struct Change {
        char letter;
        std::string data;
        std::uint32_t action;
    };
    for (const auto& [letter, data, action] : {
             Change{'h', "X\0y\0"s, 0x1},
             Change{'i', "\0\0\0\0X\0y\0"s, 0x1},
             Change{'b', "body", 0x2},
             Change{'+', "a@b.example\0"s, 0x4},
             Change{'-', "a@b.example\0"s, 0x8},
             Change{'m', "\0\0\0\1X\0y\0"s, 0x10},
             Change{'q', "why\0"s, 0x20},
             Change{'e', "a@b.example\0"s, 0x40},
             Change{'2', "a@b.example\0"s, 0x80},
         }) {
        terms_ = agreed(action);
        EXPECT_TRUE(parse(letter, data)) << letter;
        terms_ = agreed(0x1ff & ~action);
        EXPECT_THAT(parse(letter, data).error(), HasSubstr("not announced")) << letter;
    }
}

}  // namespace
}  // namespace cursus
