#include "main/recorded_finder.h"

#include <gtest/gtest.h>

#include "sim/world.h"

namespace cursus {
namespace {

using nlohmann::json;

// Asked what the record does not hold.
class OtherFinder final : public Finder {
public:
    Task<Found> find(Question, Evidence&) override { co_return Found{{"now"}}; }
    Task<Found> count(Rate, std::string, std::string) override { co_return Found{{"now"}}; }
    Task<Result<Advice, std::string>> advise(AdvisorAddress, RuleStage, std::optional<Mailbox>,
                                             Evidence&) override {
        co_return failure(std::string("it is not asked here"));
    }
};

json looked_up(const char* what, const char* subject, Words words, const char* trouble = "") {
    return {{"event", "looked_up"}, {"what", what},       {"subject", subject},
            {"words", words},       {"trouble", trouble}, {"number", "2.5"}};
}

class RecordedFinderTest : public testing::Test {
protected:
    void record(json events) { finder_.emplace(events, other_); }
    Found find(Topic topic, std::string subject) {
        return sim_.run(finder_->find({topic, std::move(subject)}, inquest_));
    }
    Found count(std::string bucket) {
        return sim_.run(finder_->count(Rate{}, std::move(bucket), "192.0.2.7"));
    }
    Result<Advice, std::string> advise(std::string_view recipient) {
        return sim_.run(finder_->advise(parse_advisor_address("policy:127.0.0.1:10023").value(),
                                        RuleStage::Rcpt, Mailbox::parse(recipient).value(), inquest_));
    }

private:
    SimWorld sim_;
    OtherFinder other_;
    std::optional<RecordedFinder> finder_;
    const std::string hostname_ = "mx.rome.example";
    Inquest inquest_{{other_, sim_.clock(), sim_.reactor().executor(), hostname_, [](EventBody) {}}};
};

TEST_F(RecordedFinderTest, finds_what_was_found_and_asks_for_what_was_not_asked) {
    record({looked_up("dnslist", "bl.example 192.0.2.7", {"bl.example"}),
            looked_up("sender_domain", "b.example", {}, "the DNS is down")});
    EXPECT_EQ(find(Topic::DnsList, "bl.example 192.0.2.7"), (Found{{"bl.example"}, 2.5}));
    EXPECT_EQ(find(Topic::SenderDomain, "b.example").trouble, "the DNS is down");
    EXPECT_TRUE(find(Topic::DnsList, "other.example 192.0.2.7").is("now"));
    EXPECT_TRUE(count("slow").is("now"));
}

TEST_F(RecordedFinderTest, answers_each_time_as_it_was_answered_that_time) {
    record({looked_up("rate", "slow 192.0.2.7", {}), looked_up("rate", "slow 192.0.2.7", {"exceeded"})});
    EXPECT_FALSE(count("slow").is("exceeded"));
    EXPECT_TRUE(count("slow").is("exceeded"));
    EXPECT_TRUE(count("slow").is("exceeded"));
}

TEST_F(RecordedFinderTest, plays_what_was_advised) {
    record({looked_up("ask", "policy:127.0.0.1:10023 rcpt ann@rome.example",
                      {"defer", "reply: 450 4.2.0 Greylisted", "tag: grey"}),
            looked_up("ask", "policy:127.0.0.1:10023 rcpt bob@rome.example", {"no opinion"})});
    const auto of_ann = advise("ann@rome.example"), of_bob = advise("bob@rome.example");
    ASSERT_TRUE(of_ann) << of_ann.error();
    EXPECT_EQ(of_ann->decision, (Advice::Decision(Advice::Defer{Reply{450, Status{4, 2, 0}, "Greylisted"}})));
    EXPECT_EQ(of_ann->tags, Words{"grey"});
    ASSERT_TRUE(of_bob) << of_bob.error();
    EXPECT_EQ(of_bob->decision, Advice::Decision(Advice::NoOpinion{}));
    EXPECT_EQ(advise("cyd@rome.example").error(), "it is not asked here");
}

TEST_F(RecordedFinderTest, makes_no_advice_up) {
    record({looked_up("ask", "policy:127.0.0.1:10023 rcpt ann@rome.example", {"reject"}),
            looked_up("ask", "policy:127.0.0.1:10023 rcpt bob@rome.example", {}, "no answer")});
    EXPECT_EQ(advise("ann@rome.example").error(), "the record does not hold what was answered");
    EXPECT_EQ(advise("bob@rome.example").error(), "no answer");
}

}  // namespace
}  // namespace cursus
