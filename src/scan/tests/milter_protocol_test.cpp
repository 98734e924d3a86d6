#include "scan/milter_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/milter_macros.h"
#include "scan/milter_terms.h"
#include "sim/peers/milter_host.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

TEST(MilterProtocol, begins_a_packet_with_its_length_and_its_letter) {
    EXPECT_EQ(milter_packet_head(MilterCommand::Quit, 0), "\0\0\0\1Q"s);
    EXPECT_EQ(milter_packet_head(MilterCommand::Body, 65'535), "\0\1\0\0B"s);
}

TEST(MilterProtocol, says_who_the_client_is) {
    EXPECT_EQ(milter_connect("c.example", *Endpoint::parse("192.0.2.9:25000")).data,
              "c.example\0004\x61\xa8"s + "192.0.2.9\0"s);
    EXPECT_EQ(milter_connect("", *Endpoint::parse("[2001:db8::1]:25")).data,
              "[IPv6:2001:db8::1]\0006\0\x19"s + "2001:db8::1\0"s);
    EXPECT_EQ(milter_connect("", Endpoint{}).data, "unknown\0U"s);
}

TEST(MilterProtocol, ends_texts_with_nul_and_lets_nobody_slip_in_another) {
    EXPECT_EQ(milter_helo("c.example"s + '\0' + "x").data, "c.example\0"s);
    EXPECT_EQ(milter_mail("<a@b.example>", {"SIZE=10", "BODY=8BITMIME"}).data,
              "<a@b.example>\0SIZE=10\0BODY=8BITMIME\0"s);
    EXPECT_EQ(milter_rcpt("<a@b.example>", {}).data, "<a@b.example>\0"s);
    EXPECT_EQ(milter_unknown("XYZ 1").data, "XYZ 1\0"s);
}

// ---- terms

MilterTerms agreed(std::uint32_t version, std::uint32_t actions, std::uint32_t steps,
                   std::string_view macros = {}) {
    return MilterTerms::parse(MilterHost::terms(version, actions, steps, macros)).value();
}

TEST(MilterTerms, offer_everything_there_is) {
    EXPECT_EQ(MilterTerms::offer(), MilterHost::terms(6, 0x1ff, 0x301fffff));
}

TEST(MilterTerms, say_what_a_milter_wants_to_hear_and_what_it_answers) {
    struct Bits {
        MilterCommand command;
        std::uint32_t is_off, has_no_answer;
    };
    for (const auto& [command, is_off, has_no_answer] : {
             Bits{MilterCommand::Connect, 0x1, 0x1000},
             Bits{MilterCommand::Helo, 0x2, 0x2000},
             Bits{MilterCommand::Mail, 0x4, 0x4000},
             Bits{MilterCommand::Rcpt, 0x8, 0x8000},
             Bits{MilterCommand::Body, 0x10, 0x80000},
             Bits{MilterCommand::Header, 0x20, 0x80},
             Bits{MilterCommand::EndOfHeader, 0x40, 0x40000},
             Bits{MilterCommand::Unknown, 0x100, 0x20000},
             Bits{MilterCommand::Data, 0x200, 0x10000},
         }) {
        EXPECT_TRUE(agreed(6, 0, 0).wants(command));
        EXPECT_TRUE(agreed(6, 0, 0).answers(command));
        EXPECT_FALSE(agreed(6, 0, is_off).wants(command)) << describe(command);
        EXPECT_TRUE(agreed(6, 0, is_off).answers(command));
        EXPECT_FALSE(agreed(6, 0, has_no_answer).answers(command)) << describe(command);
        EXPECT_TRUE(agreed(6, 0, has_no_answer).wants(command));
    }
    EXPECT_TRUE(agreed(6, 0, 0x1fffff).wants(MilterCommand::EndOfMessage));
    EXPECT_TRUE(agreed(6, 0, 0x1fffff).answers(MilterCommand::EndOfMessage));
}

TEST(MilterTerms, hold_what_a_milter_may_change_and_how_the_two_speak) {
    const MilterTerms terms = agreed(6, 0x41, 0x100800);
    EXPECT_TRUE(terms.may(MilterAction::AddHeaders));
    EXPECT_TRUE(terms.may(MilterAction::ChangeSender));
    EXPECT_FALSE(terms.may(MilterAction::ChangeBody));
    EXPECT_TRUE(terms.wants_refused_recipients());
    EXPECT_TRUE(terms.keeps_leading_space());
    EXPECT_EQ(terms.data_octets_max(), 65'535);
    EXPECT_EQ(agreed(6, 0, 0x10000000).data_octets_max(), 262'143);
    EXPECT_EQ(agreed(6, 0, 0x30000000).data_octets_max(), 1'048'575);
}

TEST(MilterTerms, know_what_older_versions_have_never_heard_of) {
    EXPECT_FALSE(agreed(2, 0, 0).wants(MilterCommand::Unknown));
    EXPECT_FALSE(agreed(3, 0, 0).wants(MilterCommand::Data));
    EXPECT_TRUE(agreed(3, 0, 0).wants(MilterCommand::Unknown));
    EXPECT_TRUE(agreed(4, 0, 0).wants(MilterCommand::Data));
}

TEST(MilterTerms, refuse_what_is_not_known_here) {
    EXPECT_THAT(MilterTerms::parse(MilterHost::terms(7, 0, 0)).error(), HasSubstr("version 7"));
    EXPECT_THAT(MilterTerms::parse(MilterHost::terms(1, 0, 0)).error(), HasSubstr("version 1"));
    EXPECT_THAT(MilterTerms::parse(MilterHost::terms(6, 0x200, 0)).error(), HasSubstr("0x200"));
    EXPECT_THAT(MilterTerms::parse(MilterHost::terms(6, 0, 0x200000)).error(), HasSubstr("0x200000"));
    EXPECT_THAT(MilterTerms::parse("short").error(), HasSubstr("too short"));
    EXPECT_THAT(MilterTerms::parse(MilterHost::terms(6, 0, 0, "\0\0"s)).error(), HasSubstr("macros"));
    EXPECT_THAT(MilterTerms::parse(MilterHost::terms(6, 0, 0, "\0\0\0\0no end"s)).error(),
                HasSubstr("macros"));
}

TEST(MilterTerms, hold_the_macros_that_a_milter_has_chosen) {
    const MilterTerms terms =
        agreed(6, 0x100, 0,
               MilterHost::data(0, {"j, {client_addr} j"}) + MilterHost::data(5, {"i"}) +
                   MilterHost::data(6, {""}) + MilterHost::data(77, {"later"}));
    EXPECT_THAT(*terms.macros(MilterCommand::Connect), ElementsAre("j", "client_addr"));
    EXPECT_THAT(*terms.macros(MilterCommand::EndOfMessage), ElementsAre("i"));
    EXPECT_THAT(*terms.macros(MilterCommand::EndOfHeader), ElementsAre());
    EXPECT_EQ(terms.macros(MilterCommand::Helo), nullptr);
}

TEST(MilterTerms, bound_how_many_macros_are_chosen) {
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "m" + std::to_string(i) + " ";
    EXPECT_EQ(agreed(6, 0, 0, MilterHost::data(0, {many})).macros(MilterCommand::Connect)->size(),
              milter_macros_max);
}

// ---- macros

TEST(MilterMacros, are_told_at_their_step_as_far_as_they_are_known) {
    MilterMacros macros;
    macros.set("j", "mx.example.org");
    macros.set("client_addr", "192.0.2.9");
    macros.set("client_name", "");
    macros.set("auth_type", "PLAIN");
    const MilterTerms terms = agreed(6, 0, 0);
    EXPECT_EQ(macros.data_for(MilterCommand::Connect, terms),
              "Cj\0mx.example.org\0{client_addr}\000192.0.2.9\0"s);
    EXPECT_EQ(macros.data_for(MilterCommand::Mail, terms), "M{auth_type}\0PLAIN\0"s);
    EXPECT_EQ(macros.data_for(MilterCommand::Body, terms), "");
    macros.set("auth_type", "");
    EXPECT_EQ(macros.data_for(MilterCommand::Mail, terms), "");
}

TEST(MilterMacros, are_those_that_the_milter_has_chosen) {
    MilterMacros macros;
    macros.set("j", "mx.example.org");
    macros.set("i", "abc");
    const MilterTerms terms =
        agreed(6, 0x100, 0, MilterHost::data(0, {"i,{nobody_knows}"}) + MilterHost::data(2, {""}));
    EXPECT_EQ(macros.data_for(MilterCommand::Connect, terms), "Ci\0abc\0"s);
    EXPECT_EQ(macros.data_for(MilterCommand::Mail, terms), "");
    EXPECT_EQ(macros.data_for(MilterCommand::Rcpt, terms), "Ri\0abc\0"s);
}

TEST(MilterMacros, are_cut_where_they_are_too_long) {
    MilterMacros macros;
    macros.set("i", std::string(5000, 'x'));
    EXPECT_EQ(macros.data_for(MilterCommand::Data, agreed(6, 0, 0)).size(),
              1 + 2 + milter_macro_octets_max + 1);
}

}  // namespace
}  // namespace cursus
