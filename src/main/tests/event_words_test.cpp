#include "main/event_words.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using nlohmann::json;

TEST(EventWords, name_a_rule_with_its_place) {
    json matched{{"event", "rule_matched"},
                 {"rule", "burning"},
                 {"origin", "file"},
                 {"line", 12},
                 {"action", "reject"},
                 {"stage", "rcpt"},
                 {"recipient", "nero@rome.example"}};
    EXPECT_EQ(in_words(matched, "/etc/cursus.toml"),
              "rule burning (/etc/cursus.toml:12) holds for nero@rome.example: reject at rcpt");
    matched["origin"] = "default";
    matched["recipient"] = "";
    EXPECT_EQ(in_words(matched, "/etc/cursus.toml"), "rule burning (a default rule) holds: reject at rcpt");
}

TEST(EventWords, say_that_a_rule_could_not_be_decided) {
    const json undecided{{"event", "rule_undecided"},
                         {"rule", "virus"},
                         {"origin", "default"},
                         {"stage", "data"},
                         {"on_error", "defer"}};
    EXPECT_EQ(in_words(undecided, "x"), "rule virus (a default rule) cannot be decided: defer at data");
}

TEST(EventWords, say_what_was_answered_and_how_long_it_took) {
    json asked{{"event", "looked_up"},
               {"what", "dnslist"},
               {"subject", "bl.example 192.0.2.7"},
               {"words", json::array()},
               {"seconds", "0.012"}};
    EXPECT_EQ(in_words(asked, "x"), "dnslist bl.example 192.0.2.7: nothing (0.012 s)");
    asked["words"] = {"bl.example"};
    asked["number"] = "3";
    asked["detail"] = "a spammer\n";
    EXPECT_EQ(in_words(asked, "x"), "dnslist bl.example 192.0.2.7: bl.example, 3, a spammer\\x0a (0.012 s)");
    asked["trouble"] = "no answer";
    EXPECT_EQ(in_words(asked, "x"), "dnslist bl.example 192.0.2.7: nobody can tell: no answer (0.012 s)");
}

TEST(EventWords, leave_other_events_to_their_fields) {
    EXPECT_FALSE(in_words({{"event", "accepted"}, {"sender", "a@b.example"}}, "x"));
}

}  // namespace
}  // namespace cursus
