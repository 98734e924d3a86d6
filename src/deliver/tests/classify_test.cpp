#include "deliver/classify.h"

#include <vector>

#include <gtest/gtest.h>

namespace cursus {
namespace {

constexpr Classification host_later{Blame::Host, Remedy::Later}, host_never{Blame::Host, Remedy::Never};
constexpr Classification recipient_later{Blame::Recipient, Remedy::Later},
    recipient_never{Blame::Recipient, Remedy::Never};
constexpr Classification recipient_again{Blame::Recipient, Remedy::AtOnce};
constexpr Classification message_later{Blame::Message, Remedy::Later},
    message_never{Blame::Message, Remedy::Never};

struct Row {
    SmtpStage stage;
    int code;
    const char* status;  // empty: none
    Classification verdict;
};

Reply reply_of(const Row& row) {
    std::vector<std::string> lines{"text"};
    return {row.code, Status::parse(row.status), std::move(lines)};
}

TEST(Classify, every_stage_and_code_has_its_verdict) {
    using enum SmtpStage;
    const std::vector<Row> table{
        {Greeting, 421, "", host_later},
        {Greeting, 450, "", host_later},
        {Greeting, 500, "", host_later},
        {Greeting, 554, "", host_later},
        {Greeting, 554, "5.7.1", host_later},
        {Greeting, 521, "", host_never},
        {Ehlo, 421, "", host_later},
        {Ehlo, 451, "", host_later},
        {Ehlo, 502, "", host_later},
        {Ehlo, 521, "", host_later},
        {Ehlo, 550, "5.7.1", host_later},
        {StartTls, 454, "", host_later},
        {StartTls, 501, "", host_later},
        {Mail, 421, "", host_later},
        {Mail, 421, "4.7.0", host_later},
        {Mail, 450, "", message_later},
        {Mail, 451, "4.7.1", message_later},
        {Mail, 452, "4.3.1", message_later},
        {Mail, 500, "", message_never},
        {Mail, 501, "", message_never},
        {Mail, 503, "", message_never},
        {Mail, 530, "5.7.0", message_never},
        {Mail, 550, "5.7.1", message_never},
        {Mail, 552, "5.3.4", message_never},
        {Mail, 553, "5.6.7", message_never},
        {Mail, 555, "", message_never},
        {Rcpt, 421, "", host_later},
        {Rcpt, 450, "4.2.0", recipient_later},
        {Rcpt, 451, "4.7.1", recipient_later},
        {Rcpt, 452, "", recipient_again},
        {Rcpt, 452, "4.5.3", recipient_again},
        {Rcpt, 452, "4.2.2", recipient_later},
        {Rcpt, 452, "4.3.1", recipient_later},
        {Rcpt, 552, "", recipient_again},
        {Rcpt, 552, "5.5.3", recipient_again},
        {Rcpt, 552, "5.2.2", recipient_never},
        {Rcpt, 521, "", recipient_never},
        {Rcpt, 550, "5.1.1", recipient_never},
        {Rcpt, 551, "", recipient_never},
        {Rcpt, 553, "5.1.3", recipient_never},
        {Rcpt, 554, "5.7.1", recipient_never},
        {Rcpt, 556, "5.1.10", recipient_never},
        {Data, 421, "", host_later},
        {Data, 451, "", message_later},
        {Data, 452, "", message_later},
        {Data, 554, "", message_never},
        {Data, 503, "", message_never},
        {Body, 421, "", host_later},
        {FinalDot, 421, "4.3.2", host_later},
        {FinalDot, 450, "", message_later},
        {FinalDot, 451, "4.3.0", message_later},
        {FinalDot, 452, "4.3.1", message_later},
        {FinalDot, 550, "5.7.1", message_never},
        {FinalDot, 552, "5.3.4", message_never},
        {FinalDot, 554, "5.6.0", message_never},
        {Mail, 354, "", host_later},
        {Rcpt, 354, "", host_later},
        {FinalDot, 354, "", host_later},

    };
    for (const Row& row : table)
        EXPECT_EQ(classify(row.stage, reply_of(row)), row.verdict)
            << describe(row.stage) << " " << row.code << " " << row.status;
}

TEST(Classify, no_temporary_reply_is_ever_permanent) {
    using enum SmtpStage;
    for (const SmtpStage stage : {Connect, Greeting, Ehlo, StartTls, Mail, Rcpt, Data, Body, FinalDot, Quit})
        for (int code = 400; code < 500; ++code)
            EXPECT_NE(classify(stage, reply_of({stage, code, "", host_later})).remedy, Remedy::Never);
}

TEST(Classify, a_broken_connection_blames_the_host_except_after_the_final_dot) {
    using enum SmtpStage;
    for (const SmtpStage stage : {Connect, Greeting, Ehlo, StartTls, Mail, Rcpt, Data, Body})
        EXPECT_EQ(classify(DialogueFailure{stage, {}, StreamError::Reset, "it broke"}), host_later);
    EXPECT_EQ(classify(DialogueFailure{FinalDot, {}, StreamError::Reset, "it broke"}), message_later);
    EXPECT_EQ(classify(DialogueFailure{FinalDot, Reply(421, Status{4, 3, 2}, "closing"), {}, ""}),
              host_later);
}

TEST(Classify, what_broke_is_told_as_a_temporary_reply_of_ours) {
    const Reply reply = reply_of(DialogueFailure{SmtpStage::Connect, {}, {}, "192.0.2.1:25: refused"});
    EXPECT_EQ(reply.one_line().substr(0, 32), "451 4.4.1 192.0.2.1:25: refused ");
    const DialogueFailure said{SmtpStage::Mail, Reply(421, Status{4, 3, 2}, "closing"), {}, ""};
    EXPECT_EQ(reply_of(said), *said.reply);
}

}  // namespace
}  // namespace cursus
