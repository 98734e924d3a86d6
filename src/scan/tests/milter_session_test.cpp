// A milter as it is and as it should not be, played by the test.
#include "scan/milter.h"
#include "scan/tests/milter_fixture.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* milter_address = "198.51.100.9";
constexpr Duration timeout = 30s, end_timeout = 60s;
constexpr std::size_t removals_max = 12'000;
const std::string plain_message = "Subject: One\r\nTo: b@c.example,\r\n\td@e.example\r\n\r\nHello\r\n";

class MilterSessionTest : public testing::Test {
protected:
    MilterSessionTest() { start_anew(); }
    void start_anew(std::string_view endpoint = "198.51.100.9:8891") {
        session_ =
            std::make_unique<MilterSession>(sim_.reactor(), *Endpoint::parse(endpoint),
                                            MilterTimeouts{timeout, end_timeout}, CompletingNames{own_name_});
    }

    using Answer = Result<MilterVerdict, MilterTrouble>;

    Answer ask(MilterQuestion question) { return sim_.run(session_->ask(std::move(question), macros_)); }
    Answer connect() { return ask(milter_connect("c.example", *Endpoint::parse("192.0.2.9:1025"))); }
    Answer helo() { return ask(milter_helo("c.example")); }
    Answer mail() { return ask(milter_mail("<a@c.example>", {"SIZE=100"})); }
    Answer rcpt() { return ask(milter_rcpt("<b@c.example>", {})); }
    Answer data() { return ask({MilterCommand::Data, {}}); }
    Answer unknown() { return ask(milter_unknown("XYZ")); }
    Result<MilterOutcome, MilterTrouble> message(MessageSource& source, const std::string& header) {
        return sim_.run(session_->message(
            MilterMessage{header, source, header.size() + 2, Body::SevenBit, 1'000'000, room_, removals_max},
            macros_));
    }
    Result<MilterOutcome, MilterTrouble> message(const std::string& whole = plain_message) {
        MilterTextSource source(whole);
        return message(source, whole.substr(0, whole.find("\r\n\r\n") + 2));
    }
    // Up to the message, or the first step that is not "continue".
    Answer begin() {
        for (const auto step :
             {&MilterSessionTest::connect, &MilterSessionTest::helo, &MilterSessionTest::mail,
              &MilterSessionTest::rcpt, &MilterSessionTest::data}) {
            auto answer = (this->*step)();
            if (!answer || answer->answer != MilterAnswer::Continue) return answer;
        }
        return MilterVerdict{};
    }
    // All of it: what the first step says that is not "continue".
    Answer all() {
        auto begun = begin();
        if (!begun || begun->answer != MilterAnswer::Continue) return begun;
        auto outcome = message();
        if (!outcome) return failure(outcome.error());
        return outcome->verdict;
    }
    void at(char letter, MilterAct act) { host_.acts[letter] = {std::move(act)}; }
    void says(char letter, const std::string& octets) { at(letter, {.octets = octets}); }
    void expect_trouble(const Answer& answer, const std::string& what) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().with, MilterTrouble::With::Milter);
        EXPECT_THAT(answer.error().what, HasSubstr("the milter at 198.51.100.9:8891: "));
        EXPECT_THAT(answer.error().what, HasSubstr(what));
        EXPECT_TRUE(session_->is_broken());
    }

    SimWorld sim_;
    BoundedRoom room_;
    MilterHost host_{sim_.machine(milter_address), *Endpoint::parse("198.51.100.9:8891")};
    Domain own_name_ = Domain::parse("mx.example.org").value();
    std::unique_ptr<MilterSession> session_;
    MilterMacros macros_;
};

TEST_F(MilterSessionTest, tells_a_milter_everything_in_its_order) {
    macros_.set("j", "mx.example.org");
    macros_.set("i", "17");
    EXPECT_EQ(host_.connections(), 0);
    EXPECT_EQ(all(), MilterVerdict{});
    sim_.run(session_->quit());
    sim_.run_for(1s);
    EXPECT_EQ(host_.connections(), 1);
    EXPECT_THAT(
        host_.heard(),
        ElementsAre(testing::StartsWith("O"), "DCj|mx.example.org|", "Cc.example|4\x04\x01"s + "192.0.2.9|",
                    "Hc.example|", "DMi|17|", "M<a@c.example>|SIZE=100|", "DRi|17|", "R<b@c.example>|",
                    "DTi|17|", "T", "LSubject|One|", "LTo|b@c.example,\n\td@e.example|", "DNi|17|", "N",
                    "BHello\r\n", "DEi|17|", "E", "Q"));
}

TEST_F(MilterSessionTest, takes_every_verdict_at_every_step) {
    struct Verdict {
        std::string octets;
        MilterAnswer answer;
    };
    const auto verdicts = {
        Verdict{milter_says('r'), MilterAnswer::Reject},
        Verdict{milter_says('t'), MilterAnswer::Tempfail},
        Verdict{milter_says('a'), MilterAnswer::Accept},
        Verdict{milter_says('d'), MilterAnswer::Discard},
        Verdict{milter_says('f'), MilterAnswer::Disconnect},
        Verdict{milter_says('4'), MilterAnswer::Disconnect},
        Verdict{milter_says('y', {"550 5.7.1 No"}), MilterAnswer::Reject},
        Verdict{milter_says('y', {"450 4.7.1 Later"}), MilterAnswer::Tempfail},
    };
    for (const char step : "CHMRTLNBE"s) {
        for (const auto& [octets, answer] : verdicts) {
            if (answer == MilterAnswer::Discard && (step == 'C' || step == 'H')) continue;
            says(step, octets);
            const auto said = all();
            ASSERT_TRUE(said) << step << said.error().what;
            EXPECT_EQ(said->answer, answer) << step;
            EXPECT_EQ(said->reply.has_value(), octets.size() > 5 || octets.back() == '4') << step;
        }
    }
    EXPECT_FALSE(session_->is_broken());
}

TEST_F(MilterSessionTest, says_what_a_milter_wants_the_client_to_be_told) {
    says('R', milter_says('y', {"550 5.1.1 Nobody"}));
    EXPECT_EQ(all()->reply->one_line(), "550 5.1.1 Nobody");
}

TEST_F(MilterSessionTest, has_no_discarding_where_there_is_no_message) {
    says('C', milter_says('d'));
    expect_trouble(connect(), "discards a message");
}

TEST_F(MilterSessionTest, is_over_when_the_client_is_accepted_or_refused) {
    for (const char step : "CH"s) {
        for (const char verdict : "artf"s) {
            says(step, milter_says(verdict));
            begin();
            const auto heard = host_.heard().size();
            for (const auto& answer : {helo(), mail(), rcpt(), data(), unknown()})
                EXPECT_EQ(*answer, MilterVerdict{});
            EXPECT_EQ(message()->verdict, MilterVerdict{});
            sim_.run_for(1s);
            EXPECT_EQ(host_.heard().size(), heard + 1) << step << verdict;
            EXPECT_EQ(host_.heard().back(), "Q");
        }
    }
}

TEST_F(MilterSessionTest, goes_on_behind_a_refused_recipient) {
    says('R', milter_says('r'));
    connect(), helo(), mail();
    EXPECT_EQ(rcpt()->answer, MilterAnswer::Reject);
    EXPECT_EQ(rcpt()->answer, MilterAnswer::Continue);
    EXPECT_EQ(message()->verdict.answer, MilterAnswer::Continue);
    EXPECT_EQ(host_.letters(), "OCHMRRLLNBE");
}

TEST_F(MilterSessionTest, asks_no_more_about_a_message_that_is_settled_and_of_the_next_again) {
    for (const char step : "RTLNB"s) {
        says(step, milter_says('a'));
        EXPECT_EQ(all()->answer, MilterAnswer::Accept);
        const auto heard = host_.heard().size();
        EXPECT_EQ(rcpt()->answer, MilterAnswer::Continue);
        EXPECT_EQ(data()->answer, MilterAnswer::Continue);
        EXPECT_EQ(message()->verdict.answer, MilterAnswer::Continue);
        EXPECT_EQ(host_.heard().size(), heard) << step;
        mail(), rcpt();
        EXPECT_THAT(host_.letters(), testing::EndsWith("MR")) << step;
    }
}

TEST_F(MilterSessionTest, takes_several_messages) {
    begin();
    EXPECT_TRUE(message());
    mail(), rcpt(), data();
    EXPECT_TRUE(message());
    EXPECT_EQ(host_.letters(), "OCHMRTLLNBEMRTLLNBE");
}

TEST_F(MilterSessionTest, gives_a_message_up_only_where_there_is_one) {
    connect(), helo();
    sim_.run(session_->abort());
    mail();
    sim_.run(session_->abort());
    sim_.run(session_->abort());
    mail(), rcpt(), mail(), rcpt(), helo();
    EXPECT_EQ(host_.letters(), "OCHMAMRAMRAH");
}

TEST_F(MilterSessionTest, asks_a_milter_that_refuses_a_sender_about_the_next) {
    says('M', milter_says('r'));
    connect(), helo();
    EXPECT_EQ(mail()->answer, MilterAnswer::Reject);
    EXPECT_EQ(rcpt()->answer, MilterAnswer::Continue);
    sim_.run(session_->abort());
    EXPECT_EQ(mail()->answer, MilterAnswer::Continue);
    EXPECT_EQ(host_.letters(), "OCHMM");
}

TEST_F(MilterSessionTest, meets_a_milter_anew_for_another_client) {
    begin(), connect();
    sim_.run_for(1s);
    EXPECT_EQ(host_.letters(), "OCHMRTAQOC");
    EXPECT_EQ(host_.connections(), 2);
    says('H', milter_says('a'));
    helo(), connect(), mail();
    EXPECT_THAT(host_.letters(), testing::EndsWith("HQOCM"));
}

TEST_F(MilterSessionTest, tells_of_unknown_commands) {
    says('U', milter_says('r'));
    connect(), helo();
    EXPECT_EQ(unknown()->answer, MilterAnswer::Reject);
    mail();
    EXPECT_EQ(unknown()->answer, MilterAnswer::Continue);
    EXPECT_EQ(rcpt()->answer, MilterAnswer::Continue);
    EXPECT_EQ(host_.letters(), "OCHUMUR");
    EXPECT_THAT(host_.heard('U'), ElementsAre("XYZ|", "XYZ|"));
}

// ---- what was agreed on

TEST_F(MilterSessionTest, skips_what_a_milter_does_not_want_and_tells_its_macros) {
    macros_.set("j", "mx.example.org");
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x37f));
    EXPECT_EQ(all(), MilterVerdict{});
    unknown();
    EXPECT_EQ(host_.letters(), "OE");
    EXPECT_THAT(host_.heard('D'), ElementsAre("Cj|mx.example.org|"));
}

TEST_F(MilterSessionTest, waits_for_no_answer_where_there_is_none) {
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0xff080));
    for (const char letter : "CHMRTLNBU"s) host_.silent_at.insert(letter);
    const Instant before = sim_.now();
    EXPECT_EQ(all(), MilterVerdict{});
    EXPECT_LT(sim_.now() - before, timeout);
    EXPECT_EQ(host_.letters(), "OCHMRTLLNBE");
}

TEST_F(MilterSessionTest, gathers_no_macros_without_end_for_a_milter_that_wants_nothing) {
    macros_.set("tls_version", std::string(1000, 'x'));
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x3));
    connect();
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(helo());
    sim_.run_for(1s);
    EXPECT_GT(host_.heard('D').size(), 900);
}

TEST_F(MilterSessionTest, gathers_no_more_than_so_much_for_a_milter_that_does_not_answer) {
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x80));
    host_.silent_at = {'L'};
    begin();
    std::string header;
    for (int i = 0; i < 5000; ++i) header += "X-Field: " + std::string(50, 'x') + "\r\n";
    EXPECT_TRUE(message(header + "\r\n"));
    EXPECT_EQ(host_.heard('L').size(), 5000);
}

TEST_F(MilterSessionTest, shows_fields_as_they_stand_to_who_wants_the_space) {
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x100000));
    begin();
    message("A: one\r\nB:  two\r\nC:three\r\nD:\r\nE :\tfive\r\n\r\n");
    EXPECT_THAT(host_.heard('L'), ElementsAre("A| one|", "B|  two|", "C|three|", "D||", "E|\tfive|"));
}

TEST_F(MilterSessionTest, shows_fields_without_their_first_space_to_others) {
    begin();
    message("A: one\r\nB:  two\r\nC:three\r\nno field\r\nD:\r\nE :\tfive\r\n\r\n");
    EXPECT_THAT(host_.heard('L'), ElementsAre("A|one|", "B| two|", "C|three|", "D||", "E|\tfive|"));
}

TEST_F(MilterSessionTest, cuts_a_field_that_fits_into_no_packet) {
    begin();
    message("A: " + std::string(100'000, 'x') + "\r\nB: two\r\n\r\n");
    EXPECT_THAT(host_.heard('L'), ElementsAre("A|" + std::string(65'532, 'x') + "|", "B|two|"));
}

TEST_F(MilterSessionTest, shows_a_body_in_packets_that_are_not_too_large) {
    std::size_t shown_before = 0;
    struct Size {
        std::uint32_t steps;
        std::size_t octets_max;
    };
    for (const auto& [steps, octets_max] :
         {Size{0, 65'535}, Size{0x10000000, 262'143}, Size{0x20000000, 1'048'575}}) {
        host_.negotiation = MilterHost::packet('O', MilterHost::terms(2, 0, steps));
        begin();
        std::string body;
        for (int i = 0; body.size() < 700'000; ++i) body += std::to_string(i) + "\r\n";
        message("A: b\r\n\r\n" + body);
        std::string shown;
        const auto parts = host_.heard('B');
        for (std::size_t i = shown_before; i < parts.size(); ++i) {
            EXPECT_LE(parts[i].size(), octets_max);
            EXPECT_GE(parts[i].size(), 50'000);
            shown += parts[i];
        }
        shown_before = parts.size();
        EXPECT_TRUE(shown == body);
        start_anew();
    }
}

TEST_F(MilterSessionTest, shows_no_more_of_what_a_milter_has_seen_enough_of) {
    says('R', milter_says('s'));
    says('L', milter_says('s'));
    says('B', milter_says('s'));
    begin(), rcpt(), rcpt();
    EXPECT_EQ(message("A: b\r\nC: d\r\n\r\n" + std::string(300'000, 'x'))->verdict, MilterVerdict{});
    EXPECT_EQ(host_.letters(), "OCHMRTLNBE");
    mail(), rcpt(), message();
    EXPECT_THAT(host_.letters(), testing::EndsWith("MRLLNBE")) << "of the next it sees all";
}

TEST_F(MilterSessionTest, skips_nothing_that_comes_once) {
    says('N', milter_says('s'));
    expect_trouble(all(), "'s' is no answer to the end of the header");
}

// ---- changes

TEST_F(MilterSessionTest, gathers_the_changes_of_a_milter) {
    says('E', milter_says('h', {"X-A", "b"}) + milter_says_at('i', 0, {"X-B", "c"}) +
                  milter_says_at('m', 1, {"Subject", ""}) + milter_says('p') + milter_says('e', {"<>"}) +
                  milter_says('+', {"x@y.example"}) + milter_says('2', {"z@y.example", "NOTIFY=NEVER"}) +
                  milter_says('-', {"b@c.example"}) + milter_says('q', {"why"}) +
                  MilterHost::packet('b', "New\n") + MilterHost::packet('b', "body\n") + milter_says('c'));
    begin();
    const auto outcome = message();
    ASSERT_TRUE(outcome) << outcome.error().what;
    const auto& list = outcome->changes.list;
    ASSERT_EQ(list.size(), 8);
    EXPECT_EQ(std::get<MilterField>(list[0]).name, "X-A");
    EXPECT_EQ(std::get<MilterField>(list[1]).name, "X-B");
    EXPECT_EQ(std::get<MilterField>(list[2]).name, "Subject");
    EXPECT_EQ(path_text(std::get<MilterSender>(list[3]).sender), "<>");
    EXPECT_EQ(std::get<MilterNewRecipient>(list[4]).recipient.text(), "x@y.example");
    EXPECT_EQ(std::get<MilterNewRecipient>(list[5]).recipient.text(), "z@y.example");
    EXPECT_EQ(std::get<MilterLostRecipient>(list[6]).recipient.text(), "b@c.example");
    EXPECT_EQ(std::get<MilterQuarantine>(list[7]).reason, "why");
    ASSERT_TRUE(outcome->changes.body);
    EXPECT_EQ(*outcome->changes.body->pieces.at(0), "New\r\nbody\r\n");
}

TEST_F(MilterSessionTest, keeps_no_changes_of_a_message_that_is_not_taken) {
    for (const char verdict : "rtdf4"s) {
        says('E', milter_says('h', {"X-A", "b"}) + MilterHost::packet('b', "x") + milter_says(verdict));
        begin();
        const auto outcome = message();
        ASSERT_TRUE(outcome);
        EXPECT_THAT(outcome->changes.list, IsEmpty());
        EXPECT_FALSE(outcome->changes.body);
    }
}

TEST_F(MilterSessionTest, takes_changes_only_at_the_end_of_the_message) {
    for (const char step : "CHMRTLNB"s) {
        SCOPED_TRACE(step);
        says(step, milter_says('h', {"X-A", "b"}));
        expect_trouble(all(), "'h' is no answer to");
        start_anew();
    }
}

TEST_F(MilterSessionTest, takes_no_change_that_was_not_announced) {
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0x1fe, 0));
    says('E', milter_says('h', {"X-A", "b"}) + milter_says('c'));
    expect_trouble(all(), "not announced");
}

TEST_F(MilterSessionTest, takes_no_more_changes_than_make_sense) {
    at('E', {.octets = milter_says('h', {"X-A", std::string(60'000, 'x')}), .times = 20});
    expect_trouble(all(), "too many changes");
}

TEST_F(MilterSessionTest, reserves_room_for_a_new_body_as_it_comes) {
    const std::string piece = MilterHost::packet('b', std::string(1000, 'x') + "\n");
    says('E', piece + piece + piece + milter_says('c'));
    room_.left = 2500;
    begin();
    const auto outcome = message();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().what, "the memory is in use");
    EXPECT_EQ(outcome.error().with, MilterTrouble::With::Message) << "the milter is not at fault";
    EXPECT_EQ(room_.left, 2500 - 2 * 1001);
    EXPECT_FALSE(session_->is_broken());
    mail(), rcpt(), data();
    EXPECT_TRUE(message());
}

TEST_F(MilterSessionTest, counts_neither_what_is_removed_nor_the_pieces_of_a_body) {
    std::string many;
    for (int i = 0; i < 11'000; ++i)
        many += milter_says_at('m', 1, {"A", ""}) + MilterHost::packet('b', "x\n");
    says('E', many + milter_says('c'));
    begin();
    const auto outcome = message();
    ASSERT_TRUE(outcome) << outcome.error().what;
    EXPECT_EQ(outcome->changes.list.size(), 11'000);
    EXPECT_EQ(outcome->changes.body->size, 33'000);
}

TEST_F(MilterSessionTest, takes_no_more_removals_than_there_are_fields) {
    at('E', {.octets = milter_says_at('m', 1, {"A", ""}), .times = static_cast<int>(removals_max) + 1});
    expect_trouble(all(), "more fields than there are");
}

TEST_F(MilterSessionTest, takes_no_larger_body_than_a_message_may_have) {
    at('E', {.octets = MilterHost::packet('b', std::string(60'000, '\n')), .times = 20});
    expect_trouble(all(), "larger than a message may be");
}

// ---- what goes wrong

class MilterStepTest : public MilterSessionTest, public testing::WithParamInterface<char> {};
INSTANTIATE_TEST_SUITE_P(Every, MilterStepTest, testing::ValuesIn("OCHMRTLNBE"s));

TEST_P(MilterStepTest, is_trouble_when_the_milter_dies) {
    at(GetParam(), {.manners = MilterManners::HangsUp});
    expect_trouble(all(), "the peer closed the connection");
    const auto connections = host_.connections();
    expect_trouble(mail(), "the peer closed the connection");
    EXPECT_FALSE(message());
    sim_.run(session_->abort());
    sim_.run(session_->quit());
    EXPECT_EQ(host_.connections(), connections) << "it is left alone";
}

TEST_P(MilterStepTest, is_trouble_when_the_milter_dies_within_its_answer) {
    at(GetParam(), {.octets = milter_says('c').substr(0, 4), .manners = MilterManners::HangsUp});
    expect_trouble(all(), "the peer closed the connection");
}

TEST_P(MilterStepTest, is_trouble_when_the_milter_says_nothing) {
    at(GetParam(), {.manners = MilterManners::FallsSilent});
    const Instant before = sim_.now();
    expect_trouble(all(), "timed out");
    const Duration patience = GetParam() == 'E' ? end_timeout : timeout;
    EXPECT_GE(sim_.now() - before, patience);
    EXPECT_LT(sim_.now() - before, patience + 1s);
}

TEST_P(MilterStepTest, is_trouble_when_the_milter_drips) {
    at(GetParam(), {.octets = milter_says('y', {"550 5.7.1 A long text"}), .manners = MilterManners::Drips});
    const Instant before = sim_.now();
    expect_trouble(all(), "timed out");
    EXPECT_LT(sim_.now() - before, (GetParam() == 'E' ? end_timeout : timeout) + 1s);
}

TEST_P(MilterStepTest, is_trouble_when_lengths_lie) {
    for (const auto& octets : {"\0\0\0\0"s, "\xff\xff\xff\xff"s, "\x7f\xff\xff\xff"s, "\0\1\0\1b"s}) {
        says(GetParam(), octets);
        expect_trouble(all(), "packet of");
        start_anew();
    }
}

TEST_P(MilterStepTest, is_trouble_when_the_answer_is_none) {
    says(GetParam(), milter_says('?'));
    expect_trouble(all(), GetParam() == 'O' ? "does not answer our offer" : "'?' is no answer");
}

// What has come by the time of the next step is noticed; the world cuts what is sent now and then, so not
// always.
TEST_P(MilterStepTest, is_trouble_when_the_milter_answers_twice) {
    const std::string answer = GetParam() == 'O' ? host_.negotiation : milter_says('c');
    int noticed = 0;
    for (int round = 0; round < 20; ++round) {
        start_anew();
        says(GetParam(), answer + answer);
        auto end = all();
        if (GetParam() == 'E') end = mail();
        if (end) continue;
        ++noticed;
        expect_trouble(end, "");
    }
    EXPECT_GT(noticed, 10);
}

// Of what can be waited for: not the terms.
class MilterBusyTest : public MilterStepTest {};
INSTANTIATE_TEST_SUITE_P(Every, MilterBusyTest, testing::ValuesIn("CHMRTLNBE"s));

TEST_P(MilterBusyTest, waits_for_a_milter_that_says_it_is_busy) {
    at(GetParam(), {.octets = milter_says('p'), .times = 5, .interval = 25s});
    const Instant before = sim_.now();
    expect_trouble(all(), "timed out");
    EXPECT_GE(sim_.now() - before, 5 * 25s + timeout);
}

TEST_P(MilterBusyTest, waits_for_no_milter_for_ever) {
    at(GetParam(), {.octets = milter_says('p'), .times = 1000, .interval = 25s});
    const Instant before = sim_.now();
    expect_trouble(all(), "timed out");
    EXPECT_LT(sim_.now() - before, milter_patience * timeout + 1s);
}

TEST_P(MilterBusyTest, listens_to_no_milter_for_ever) {
    std::string busy;
    for (std::size_t i = 0; i < milter_packets_max; ++i) busy += milter_says('p');
    at(GetParam(), {.octets = busy, .times = 10});
    expect_trouble(all(), GetParam() == 'E' ? "does not come to an end" : "busy without end");
}

TEST_F(MilterSessionTest, has_so_much_time_for_a_message_in_all) {
    says('L', "");
    for (int i = 0; i < 1000; ++i) host_.acts['L'].push_back({.octets = milter_says('c'), .interval = 20s});
    host_.acts['L'].pop_front();
    begin();
    std::string header;
    for (int i = 0; i < 1000; ++i) header += "A: b\r\n";
    const Instant before = sim_.now();
    EXPECT_FALSE(message(header + "\r\n"));
    EXPECT_LT(sim_.now() - before, milter_patience * timeout + 1s);
}

TEST_F(MilterSessionTest, is_trouble_when_nobody_listens) {
    start_anew("198.51.100.9:9999");
    const auto answer = connect();
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().what, HasSubstr("198.51.100.9:9999"));
}

TEST_F(MilterSessionTest, is_trouble_when_the_milter_takes_nothing) {
    host_.negotiation = MilterHost::packet('O', MilterHost::terms(6, 0, 0x80080));  // neither header nor body
    at('T', {.octets = milter_says('c'), .manners = MilterManners::FallsSilent});
    begin();
    const auto outcome = message("A: b\r\n\r\n" + std::string(20'000'000, 'x'));
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().what, HasSubstr("timed out"));
}

TEST_F(MilterSessionTest, is_not_the_milters_trouble_when_the_message_cannot_be_read) {
    begin();
    MilterTextSource source(plain_message + std::string(10'000, 'x'), 1000);
    source.unreadable_from = 5000;
    const auto outcome = message(source, "Subject: One\r\n");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().with, MilterTrouble::With::Message);
    EXPECT_EQ(outcome.error().what, "the spool cannot be read");
    sim_.run_for(1s);
    EXPECT_EQ(host_.heard().back(), "A");
    EXPECT_FALSE(session_->is_broken());
    EXPECT_TRUE(mail());
}

TEST_F(MilterSessionTest, is_not_fooled_by_the_terms) {
    for (const auto& terms : {MilterHost::terms(7, 0, 0), MilterHost::terms(6, 0xffffffff, 0),
                              MilterHost::terms(6, 0, 0xffffffff), "short"s}) {
        host_.negotiation = MilterHost::packet('O', terms);
        EXPECT_FALSE(connect());
        start_anew();
    }
}

}  // namespace
}  // namespace cursus
