// Several milters of one session, played by the test.
#include "scan/milter_chain.h"

#include "scan/tests/milter_fixture.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

const std::string own_received =
    "Received: from c.example by mx.example.org;\r\n\tSun, 1 Mar 2026 00:00:00 +0000\r\n";
const std::string their_header = "Received: from d.example by c.example; now\r\nSubject: One\r\nX-A: b\r\n";
const std::string their_body = "Hello\r\n";

class MilterChainTest : public testing::Test {
protected:
    void SetUp() override {
        for (std::size_t i = 0; i < 3; ++i) {
            const std::string address = "198.51.100." + std::to_string(i + 1);
            const Endpoint endpoint{*IpAddress::parse(address), 8891};
            hosts_.push_back(std::make_unique<MilterHost>(sim_.machine(address), endpoint));
            settings_.milters.push_back({endpoint});
        }
    }
    MilterChain& chain() {
        if (!chain_) {
            const MilterServerFacts server{"mx.example.org", "mx", *Endpoint::parse("192.0.2.1:25")};
            chain_ =
                std::make_unique<MilterChain>(sim_.reactor(), settings_, server, CompletingNames{own_name_});
        }
        return *chain_;
    }
    MilterHost& host(std::size_t number) { return *hosts_.at(number - 1); }
    void says(std::size_t number, char letter, const std::string& octets) {
        host(number).acts[letter] = {{.octets = octets}};
    }
    void dies(std::size_t number, char letter) {
        host(number).acts[letter] = {{.manners = MilterManners::HangsUp}};
    }

    MilterStep connect() {
        return sim_.run(chain().connect({*Endpoint::parse("192.0.2.9:1025"), "c.example", "c.example"}));
    }
    MilterStep helo() { return sim_.run(chain().helo("c.example", std::nullopt)); }
    MilterStep mail() {
        MilterMailFacts facts;
        facts.sender = Mailbox::parse("a@c.example").value();
        facts.parameters = {"SIZE=10"};
        return sim_.run(chain().mail(std::move(facts)));
    }
    MilterStep rcpt(const std::string& to = "b@example.org", std::optional<Reply> refusal = {}) {
        return sim_.run(chain().rcpt({Mailbox::parse(to).value(), {}, std::move(refusal)}));
    }
    MilterStep data() { return sim_.run(chain().data("17")); }
    MilterMessageStep message(MessageSource& source) {
        return sim_.run(chain().message(source, {own_received, Body::SevenBit, 100'000, room_}));
    }
    MilterMessageStep message() {
        MilterTextSource source(own_received + their_header + "\r\n" + their_body, 50);
        return message(source);
    }
    void begin() { connect(), helo(), mail(), rcpt(), data(); }
    static std::string header_after(const MilterMessageStep& done) {
        return edited_header(own_received + their_header, done.message.header);
    }
    std::vector<std::string> troubles(const MilterStep& step) {
        std::vector<std::string> troubles;
        for (const auto& asked : step.asked)
            if (!asked.trouble.empty()) troubles.push_back(asked.trouble);
        return troubles;
    }

    SimWorld sim_;
    BoundedRoom room_;
    std::vector<std::unique_ptr<MilterHost>> hosts_;
    Domain own_name_ = Domain::parse("mx.example.org").value();
    ScanSettings settings_;
    std::unique_ptr<MilterChain> chain_;
};

TEST_F(MilterChainTest, has_nothing_to_say_where_there_are_no_milters) {
    settings_.milters.clear();
    EXPECT_TRUE(chain().is_empty());
    for (const auto& step : {connect(), helo(), mail(), rcpt(), data()}) {
        EXPECT_EQ(step.verdict, MilterVerdict{});
        EXPECT_THAT(step.asked, IsEmpty());
    }
    EXPECT_EQ(message().step.verdict, MilterVerdict{});
}

TEST_F(MilterChainTest, asks_every_milter_at_every_step) {
    for (const auto& step : {connect(), helo(), mail(), rcpt(), data()}) {
        EXPECT_EQ(step.verdict, MilterVerdict{});
        EXPECT_THAT(step.asked, SizeIs(3));
    }
    const auto done = message();
    EXPECT_EQ(done.step.verdict, MilterVerdict{});
    EXPECT_THAT(done.step.asked, SizeIs(3));
    EXPECT_EQ(done.step.asked[1].milter, "198.51.100.2:8891");
    EXPECT_GT(done.step.asked[1].took, Duration::zero());
    sim_.run(chain().quit());
    sim_.run_for(1s);
    for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(host(i).letters(), "OCHMRTLLLNBEQ");
}

TEST_F(MilterChainTest, says_whom_it_has_asked) {
    host(1).negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x2));
    host(2).negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x2000));
    host(2).silent_at = {'H'};
    says(3, 'C', milter_says('a'));
    EXPECT_THAT(connect().asked, SizeIs(3));
    const auto step = helo();
    ASSERT_THAT(step.asked, SizeIs(1));
    EXPECT_EQ(step.asked[0].milter, "198.51.100.2:8891");
}

TEST_F(MilterChainTest, tells_what_it_knows) {
    const MilterTlsFacts tls{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "", "CN=c", "CN=ca"};
    connect();
    sim_.run(chain().helo("c.example", tls));
    MilterMailFacts facts;
    facts.sender = Mailbox::parse("a@c.example").value();
    facts.auth_mechanism = "PLAIN";
    facts.account = "ann";
    sim_.run(chain().mail(facts));
    rcpt();
    data();
    message();
    EXPECT_THAT(
        host(1).heard('D'),
        ElementsAre("Cj|mx.example.org|_|c.example [192.0.2.9]|{daemon_name}|mx|{daemon_addr}|192.0.2.1|"
                    "{daemon_port}|25|{if_name}|mx.example.org|{if_addr}|192.0.2.1|{client_addr}|"
                    "192.0.2.9|{client_name}|c.example|{client_port}|1025|{client_ptr}|c.example|",
                    "H{tls_version}|TLSv1.3|{cipher}|TLS_AES_256_GCM_SHA384|{cert_subject}|CN=c|"
                    "{cert_issuer}|CN=ca|",
                    "M{auth_type}|PLAIN|{auth_authen}|ann|{mail_addr}|a@c.example|",
                    "R{rcpt_addr}|b@example.org|", "Ti|17|", "Ni|17|", "Ei|17|"));
    mail();
    EXPECT_EQ(host(1).heard('D').back(), "M{mail_addr}|a@c.example|") << "nothing of the message before";
}

TEST_F(MilterChainTest, knows_a_client_without_an_address) {
    sim_.run(chain().connect({}));
    EXPECT_THAT(host(1).heard(), Contains("Cunknown|U"));
    EXPECT_THAT(host(1).heard('D')[0], HasSubstr("_|unknown|"));
}

// ---- verdicts

TEST_F(MilterChainTest, asks_nobody_behind_one_that_refuses_a_recipient_and_goes_on_with_the_next) {
    says(2, 'R', milter_says('y', {"550 5.1.1 Nobody"}));
    connect(), helo(), mail();
    const auto refused = rcpt();
    EXPECT_EQ(refused.verdict.reply->one_line(), "550 5.1.1 Nobody");
    EXPECT_EQ(refused.milter, "198.51.100.2:8891");
    EXPECT_THAT(refused.asked, SizeIs(2));
    EXPECT_EQ(rcpt().verdict, MilterVerdict{});
    EXPECT_EQ(message().step.verdict, MilterVerdict{});
    EXPECT_EQ(host(1).letters(), "OCHMRRLLLNBE");
    EXPECT_EQ(host(3).letters(), "OCHMRLLLNBE");
}

TEST_F(MilterChainTest, tells_the_others_that_a_message_is_given_up) {
    says(2, 'T', milter_says('r'));
    begin();
    sim_.run_for(1s);
    EXPECT_EQ(host(1).letters(), "OCHMRTA");
    EXPECT_EQ(host(2).letters(), "OCHMRT");
    EXPECT_EQ(host(3).letters(), "OCHMRA");
}

TEST_F(MilterChainTest, keeps_what_settles_a_message_until_the_next_one) {
    for (const char letter : "MT"s) {
        for (const char verdict : "rtd"s) {
            says(2, letter, milter_says(verdict));
            begin();
            const auto heard = host(1).heard().size();
            const auto again = data().verdict;
            EXPECT_NE(again.answer, MilterAnswer::Continue) << letter << verdict;
            EXPECT_EQ(rcpt().verdict, again);
            EXPECT_EQ(message().step.verdict, again);
            EXPECT_EQ(host(1).heard().size(), heard) << "and nobody is asked";
            EXPECT_EQ(mail().verdict, MilterVerdict{});
        }
    }
}

TEST_F(MilterChainTest, discards_a_message_that_one_discards_for_any_recipient) {
    says(1, 'R', milter_says('d'));
    connect(), mail();
    EXPECT_EQ(rcpt().verdict.answer, MilterAnswer::Discard);
    EXPECT_EQ(rcpt().verdict.answer, MilterAnswer::Discard);
    EXPECT_EQ(message().step.verdict.answer, MilterAnswer::Discard);
}

TEST_F(MilterChainTest, keeps_a_refusal_of_the_client) {
    for (const char letter : "CH"s) {
        says(2, letter, milter_says('y', {"554 5.7.1 Go away"}));
        begin();
        for (const auto& step : {helo(), mail(), rcpt(), data(), message().step})
            EXPECT_EQ(step.verdict.reply->code(), 554) << letter;
        EXPECT_THAT(host(3).letters(), Not(HasSubstr("M")));
    }
    EXPECT_EQ(connect().verdict, MilterVerdict{}) << "another client";
    EXPECT_EQ(mail().verdict, MilterVerdict{});
}

TEST_F(MilterChainTest, ends_a_session_where_a_milter_wants_that) {
    says(2, 'R', milter_says('y', {"421 4.7.0 Bye"}));
    begin();
    EXPECT_EQ(mail().verdict.answer, MilterAnswer::Disconnect);
    EXPECT_EQ(mail().verdict.reply->code(), 421);
}

TEST_F(MilterChainTest, asks_the_others_when_one_accepts) {
    says(1, 'C', milter_says('a'));
    says(2, 'R', milter_says('a'));
    begin();
    const auto done = message();
    EXPECT_EQ(done.step.verdict, MilterVerdict{});
    EXPECT_THAT(done.step.asked, SizeIs(1));
    EXPECT_THAT(data().asked, IsEmpty()) << "of no message";
    EXPECT_EQ(host(1).letters(), "OCQ");
    EXPECT_EQ(host(2).letters(), "OCHMR");
    EXPECT_EQ(host(3).letters(), "OCHMRTLLLNBE");
}

TEST_F(MilterChainTest, keeps_no_change_of_a_message_that_a_later_one_refuses) {
    says(1, 'E', milter_says('q', {"why"}) + milter_says('c'));
    says(2, 'E', milter_says('r'));
    begin();
    const auto done = message();
    EXPECT_EQ(done.step.verdict.answer, MilterAnswer::Reject);
    EXPECT_FALSE(done.message.quarantine);
    sim_.run_for(1s);
    EXPECT_EQ(host(1).letters(), "OCHMRTLLLNBE");
    EXPECT_EQ(host(3).letters(), "OCHMRTA");
}

TEST_F(MilterChainTest, gives_up_at_the_clients_wish) {
    connect(), mail(), rcpt();
    sim_.run(chain().abort());
    sim_.run_for(1s);
    for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(host(i).letters(), "OCMRA");
}

TEST_F(MilterChainTest, tells_of_unknown_commands) {
    says(1, 'U', milter_says('r'));
    connect();
    EXPECT_EQ(sim_.run(chain().unknown("XYZ")).verdict.answer, MilterAnswer::Reject);
    EXPECT_EQ(mail().verdict, MilterVerdict{});
    says(1, 'T', milter_says('r'));
    rcpt(), data();
    EXPECT_EQ(sim_.run(chain().unknown("XYZ")).verdict, MilterVerdict{}) << "is of no message";
}

// ---- refused recipients

TEST_F(MilterChainTest, tells_of_refused_recipients_whom_wants_to_know) {
    host(2).negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x800));
    says(2, 'R', milter_says('t'));
    connect();
    EXPECT_FALSE(chain().wants_refused_recipients());
    mail();
    EXPECT_TRUE(chain().wants_refused_recipients());
    EXPECT_EQ(rcpt("x@example.org", Reply(550, Status{5, 1, 1}, "No such mailbox")).verdict, MilterVerdict{})
        << "it is refused already, and stays so";
    sim_.run_for(1s);
    EXPECT_EQ(host(1).letters(), "OCM");
    EXPECT_EQ(host(2).letters(), "OCMR");
    EXPECT_EQ(host(2).heard('D').back(),
              "R{rcpt_mailer}|error|{rcpt_host}|5.1.1|{rcpt_addr}|No such mailbox|");
    says(2, 'R', milter_says('d'));
    EXPECT_EQ(rcpt("x@example.org", Reply(550, Status{5, 1, 1}, "No")).verdict.answer, MilterAnswer::Discard);
}

// ---- changes

TEST_F(MilterChainTest, shows_each_milter_what_the_one_before_has_left) {
    says(1, 'E',
         milter_says('h', {"X-One", "1"}) + milter_says_at('m', 1, {"Subject", "Two"}) +
             milter_says_at('m', 1, {"X-A", ""}) + MilterHost::packet('b', "New\n") + milter_says('c'));
    says(2, 'E', milter_says_at('m', 1, {"X-One", "2"}) + milter_says('a'));
    begin();
    const auto done = message();
    EXPECT_EQ(done.step.verdict, MilterVerdict{});
    EXPECT_THAT(host(1).heard('L'),
                ElementsAre("Received|from d.example by c.example; now|", "Subject|One|", "X-A|b|"));
    EXPECT_THAT(host(2).heard('L'),
                ElementsAre("Received|from d.example by c.example; now|", "Subject|Two|", "X-One|1|"));
    EXPECT_THAT(host(3).heard('L'),
                ElementsAre("Received|from d.example by c.example; now|", "Subject|Two|", "X-One|2|"));
    EXPECT_THAT(host(1).heard('B'), ElementsAre("Hello\r\n"));
    EXPECT_THAT(host(2).heard('B'), ElementsAre("New\r\n"));
    EXPECT_EQ(header_after(done), own_received +
                                      "Received: from d.example by c.example; now\r\nSubject: Two\r\n"
                                      "X-One: 2\r\n");
    ASSERT_TRUE(done.message.body);
    EXPECT_EQ(*done.message.body->pieces.at(0), "New\r\n");
}

TEST_F(MilterChainTest, shows_what_is_no_field_as_the_bodys_beginning) {
    begin();
    MilterTextSource source(own_received + "Subject: One\r\nno field\r\nX-Late: 1\r\n\r\nHello\r\n", 50);
    message(source);
    EXPECT_THAT(host(1).heard('L'), ElementsAre("Subject|One|"));
    std::string body;
    for (const auto& piece : host(1).heard('B')) body += piece;
    EXPECT_EQ(body, "no field\r\nX-Late: 1\r\n\r\nHello\r\n");
}

TEST_F(MilterChainTest, knows_our_own_received_wherever_it_stands) {
    says(1, 'E', milter_says_at('m', 1, {"Received", "changed"}) + milter_says('c'));
    begin();
    MilterTextSource source("X-Scan: 1\r\n" + own_received + their_header + "\r\n" + their_body, 50);
    const auto done = message(source);
    EXPECT_THAT(host(1).heard('L'), Contains("X-Scan|1|"));
    EXPECT_THAT(host(1).heard('L'), Not(Contains(HasSubstr("by mx.example.org"))));
    ASSERT_EQ(done.message.header.size(), 1U);
    EXPECT_EQ(done.message.header[0].index, 2U);
}

TEST_F(MilterChainTest, leaves_lines_as_milters_wrote_them) {
    says(1, 'E',
         milter_says('h', {"X-Long", std::string(50, 'a') + " " + std::string(50, 'b')}) + milter_says('c'));
    begin();
    EXPECT_THAT(header_after(message()),
                HasSubstr("X-Long: " + std::string(50, 'a') + " " + std::string(50, 'b') + "\r\n"));
}

TEST_F(MilterChainTest, takes_the_last_of_several_new_bodies) {
    says(1, 'E', MilterHost::packet('b', "New\n") + milter_says('c'));
    says(2, 'E', MilterHost::packet('b', "") + milter_says('c'));
    begin();
    const auto done = message();
    ASSERT_TRUE(done.message.body);
    EXPECT_EQ(done.message.body->size, 0);
    EXPECT_THAT(host(3).heard('B'), IsEmpty());
}

TEST_F(MilterChainTest, counts_fields_without_our_own_received_but_where_some_are_inserted) {
    says(1, 'E',
         milter_says_at('m', 1, {"Received", "changed"}) + milter_says_at('i', 0, {"X-Zero", "0"}) +
             milter_says('c'));
    says(2, 'E', milter_says_at('i', 2, {"X-Two", "2"}) + milter_says('c'));
    says(3, 'E', milter_says_at('m', 2, {"received", "new"}) + milter_says('c'));
    begin();
    EXPECT_EQ(header_after(message()), "X-Zero: 0\r\n" + own_received +
                                           "X-Two: 2\r\nReceived: changed\r\nSubject: One\r\nX-A: b\r\n"
                                           "received: new\r\n");
    EXPECT_THAT(host(2).heard('L'), ElementsAre("X-Zero|0|", "Received|changed|", "Subject|One|", "X-A|b|"));
}

TEST_F(MilterChainTest, finds_our_own_received_below_others) {
    says(1, 'E', milter_says_at('i', 0, {"Received", "inserted"}) + milter_says('c'));
    says(2, 'E',
         milter_says_at('m', 1, {"Received", "first"}) + milter_says_at('m', 2, {"Received", ""}) +
             milter_says('c'));
    begin();
    EXPECT_EQ(header_after(message()), "Received: first\r\n" + own_received + "Subject: One\r\nX-A: b\r\n");
    EXPECT_THAT(host(3).heard('L'), ElementsAre("Received|first|", "Subject|One|", "X-A|b|"));
}

TEST_F(MilterChainTest, gathers_changes_of_the_envelope_in_their_order) {
    says(1, 'E',
         milter_says('+', {"x@y.example"}) + milter_says('-', {"b@example.org"}) + milter_says('q', {"one"}) +
             milter_says('c'));
    says(2, 'E',
         milter_says('e', {"<>"}) + milter_says('-', {"x@y.example"}) + milter_says('q', {"two"}) +
             milter_says('c'));
    begin();
    const auto done = message().message;
    ASSERT_THAT(done.envelope, SizeIs(4));
    EXPECT_EQ(std::get<MilterNewRecipient>(done.envelope[0]).recipient.text(), "x@y.example");
    EXPECT_EQ(std::get<MilterLostRecipient>(done.envelope[1]).recipient.text(), "b@example.org");
    EXPECT_EQ(path_text(std::get<MilterSender>(done.envelope[2]).sender), "<>");
    EXPECT_EQ(std::get<MilterLostRecipient>(done.envelope[3]).recipient.text(), "x@y.example");
    EXPECT_THAT(done.quarantine, Optional("two"s));
}

TEST_F(MilterChainTest, takes_a_message_that_has_no_body_and_one_that_has_no_header) {
    for (const auto& text :
         {own_received + their_header, own_received + "\r\n", own_received + their_header + "\r\n"}) {
        begin();
        MilterTextSource source(text, 7);
        EXPECT_EQ(message(source).step.verdict, MilterVerdict{});
    }
    EXPECT_THAT(host(1).heard('L'), SizeIs(6));
    EXPECT_THAT(host(1).heard('B'), IsEmpty());
}

// ---- trouble

TEST_F(MilterChainTest, defers_what_a_milter_gives_no_answer_to) {
    for (const char letter : "OCHMRTLNBE"s) {
        SCOPED_TRACE(letter);
        chain_.reset();
        dies(2, letter);
        std::vector<MilterStep> steps{connect(), helo(), mail(), rcpt(), data(), message().step};
        const auto failed =
            std::ranges::find_if(steps, [&](const auto& step) { return !troubles(step).empty(); });
        ASSERT_NE(failed, steps.end());
        EXPECT_THAT(troubles(*failed), ElementsAre(HasSubstr("the milter at 198.51.100.2:8891: ")));
        for (auto step = failed; step != steps.end(); ++step) {
            EXPECT_EQ(step->verdict, MilterVerdict{MilterAnswer::Tempfail});
            if (step != failed) EXPECT_THAT(troubles(*step), IsEmpty()) << "told once";
        }
        EXPECT_EQ(mail().verdict.answer, MilterAnswer::Tempfail) << "for the rest of the session";
    }
}

TEST_F(MilterChainTest, leaves_a_milter_out_where_that_is_wanted) {
    settings_.milter_on_error = OnError::Ignore;
    for (const char letter : "OCHMRTLNBE"s) {
        SCOPED_TRACE(letter);
        chain_.reset();
        dies(2, letter);
        const auto before = host(3).letters().size();
        std::vector<std::string> told;
        for (const auto& step : {connect(), helo(), mail(), rcpt(), data(), message().step}) {
            EXPECT_EQ(step.verdict, MilterVerdict{});
            std::ranges::copy(troubles(step), std::back_inserter(told));
        }
        EXPECT_THAT(told, SizeIs(1));
        EXPECT_EQ(host(3).letters().substr(before), "OCHMRTLLLNBE");
        EXPECT_EQ(mail().verdict, MilterVerdict{});
    }
}

TEST_F(MilterChainTest, keeps_none_of_the_changes_of_a_milter_that_it_leaves_out) {
    settings_.milter_on_error = OnError::Ignore;
    says(1, 'E', milter_says('h', {"X-One", "1"}) + milter_says('c'));
    says(2, 'E',
         milter_says('h', {"X-Two", "2"}) + milter_says('q', {"why"}) + milter_says('+', {"no address"}) +
             milter_says('c'));
    std::string many = milter_says('e', {"<>"});
    for (std::size_t i = 0; i < milter_field_edits_max; ++i) many += milter_says('h', {"X-Three", "3"});
    says(3, 'E', many + milter_says('c'));
    begin();
    const auto done = message();
    EXPECT_EQ(done.step.verdict, MilterVerdict{});
    EXPECT_THAT(troubles(done.step),
                ElementsAre(HasSubstr("no address"), HasSubstr("more is to be changed")));
    EXPECT_EQ(header_after(done), own_received + their_header + "X-One: 1\r\n");
    EXPECT_FALSE(done.message.quarantine);
    EXPECT_THAT(done.message.envelope, IsEmpty());
    mail(), rcpt();
    EXPECT_EQ(host(3).letters(), "OCHMRTLLLLNBE");
}

// A sender that forges a milter's fields must not make it fail by their number or their size.
TEST_F(MilterChainTest, has_all_removed_that_a_sender_has_forged) {
    std::string forged, removals;
    const std::string long_name(1'200, 'x');
    for (std::size_t i = 0; i <= milter_field_edits_max; ++i) {
        forged += "X-One: forged\r\n";
        removals += milter_says_at('m', 1, {"X-One", ""});
    }
    says(1, 'E',
         removals + milter_says_at('m', 1, {long_name, ""}) + milter_says('h', {"X-Two", "2"}) +
             milter_says('c'));
    begin();
    MilterTextSource source(own_received + their_header + forged + long_name + ": x\r\n\r\n");
    const auto done = message(source);
    EXPECT_THAT(troubles(done.step), IsEmpty());
    EXPECT_EQ(
        edited_header(own_received + their_header + forged + long_name + ": x\r\n", done.message.header),
        own_received + their_header + "X-Two: 2\r\n");
}

TEST_F(MilterChainTest, leaves_out_a_field_that_could_not_be_written_and_no_other) {
    says(1, 'E',
         milter_says('h', {std::string(1'000, 'x'), "1"}) + milter_says('h', {"X-Two", "2"}) +
             milter_says('c'));
    begin();
    const auto done = message();
    EXPECT_EQ(done.step.verdict, MilterVerdict{});
    EXPECT_THAT(troubles(done.step), IsEmpty());
    EXPECT_EQ(header_after(done), own_received + their_header + "X-Two: 2\r\n");
}

TEST_F(MilterChainTest, defers_a_message_that_cannot_be_read_whatever_is_ignored) {
    settings_.milter_on_error = OnError::Ignore;
    MilterTextSource source(own_received + their_header + "\r\n" + std::string(10'000, 'x'), 1000);
    for (const std::uint64_t from : {0, 5000}) {
        begin();
        source.unreadable_from = from;
        const auto done = message(source);
        EXPECT_EQ(done.step.verdict.answer, MilterAnswer::Tempfail);
        EXPECT_THAT(troubles(done.step), ElementsAre("the spool cannot be read"));
        EXPECT_EQ(mail().verdict, MilterVerdict{}) << "the milters are well";
    }
    sim_.run_for(1s);
    EXPECT_THAT(host(3).letters(), testing::EndsWith("MRTAM"));
}

TEST_F(MilterChainTest, waits_for_its_milters_no_longer_than_each_may_take) {
    settings_.milter_timeout = 5s;
    settings_.milter_on_error = OnError::Ignore;
    for (std::size_t i = 1; i <= 3; ++i) host(i).acts['C'] = {{.manners = MilterManners::FallsSilent}};
    const Instant before = sim_.now();
    begin();
    EXPECT_LT(sim_.now() - before, 3 * 5s + 1s);
}

}  // namespace
}  // namespace cursus
