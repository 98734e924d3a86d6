#include "admin/queue_api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "queue/tests/queue_world.h"

namespace cursus {
namespace {

using Json = nlohmann::json;
using Query = std::map<std::string, std::string>;

// Two messages of ann's, to b.example and to c.example, and one of bob's to b.example.
class QueueApiTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override {
        open();
        first_ = accept("ann@a.example", {"x@b.example", "y@c.example"});
        accept("ann@a.example", {"z@b.example"});
        accept("bob@a.example", {"x@b.example"});
    }

    HttpResponse say(AdminMethod method, std::string path, Query query) {
        QueueApi api(*queue, sim.clock());
        const AdminRequest request{method, "/v1/queue" + std::move(path), std::move(query)};
        EXPECT_TRUE(QueueApi::is_asked(request)) << request.path;
        return sim.run(api.answer(request));
    }
    std::size_t touched(std::string path, Query query) {
        const auto answer = say(AdminMethod::Post, std::move(path), std::move(query));
        EXPECT_EQ(answer.status, 200u) << answer.body;
        return Json::parse(answer.body).value("touched", std::size_t{0});
    }
    std::string refusal(std::string path, Query query) {
        const auto answer = say(AdminMethod::Post, std::move(path), std::move(query));
        EXPECT_EQ(answer.status, 400u) << answer.body;
        return Json::parse(answer.body).value("error", std::string());
    }
    std::vector<std::string> listed(Query query = {}) {
        const auto answer = say(AdminMethod::Get, "", std::move(query));
        EXPECT_EQ(answer.status, 200u) << answer.body;
        std::vector<std::string> recipients;
        const Json page = Json::parse(answer.body);
        for (const auto& recipient : page["recipients"]) recipients.push_back(recipient["recipient"]);
        std::ranges::sort(recipients);
        return recipients;
    }

    MessageId first_;
};

using Texts = std::vector<std::string>;

TEST_F(QueueApiTest, lists_what_all_words_are_true_of) {
    EXPECT_EQ(listed(), (Texts{"x@b.example", "x@b.example", "y@c.example", "z@b.example"}));
    EXPECT_EQ(listed({{"sender", "ann@a.example"}, {"domain", "b.example"}}),
              (Texts{"x@b.example", "z@b.example"}));
    EXPECT_EQ(listed({{"message", first_.text()}}), (Texts{"x@b.example", "y@c.example"}));
    EXPECT_EQ(listed({{"recipient", "x@B.example"}}), (Texts{"x@b.example", "x@b.example"}));
    EXPECT_EQ(listed({{"limit", "1"}}).size(), 1u);
}

TEST_F(QueueApiTest, changes_nothing_unless_it_is_said_what) {
    for (const char* change : {"/remove", "/retry", "/hold", "/release"}) {
        EXPECT_TRUE(refusal(change, {}).starts_with("say which: message=ID")) << change;
        EXPECT_TRUE(refusal(change, {{"all", ""}, {"from", ""}}).starts_with("say which")) << change;
        EXPECT_TRUE(refusal(change, {{"state", "due"}}).starts_with("say which")) << change;
    }
    EXPECT_EQ(listed().size(), 4u);
}

TEST_F(QueueApiTest, takes_no_word_that_it_does_not_know) {
    EXPECT_TRUE(refusal("/remove", {{"sendr", "bob@a.example"}}).starts_with("\"sendr\" says nothing here"));
    EXPECT_TRUE(refusal("/remove", {{"sender", "ann@a.example"}, {"recipeint", "z@b.example"}})
                    .starts_with("\"recipeint\" says nothing here"));
    EXPECT_EQ(listed().size(), 4u);
}

TEST_F(QueueApiTest, says_what_is_wrong_with_a_value) {
    EXPECT_EQ(refusal("/remove", {{"message", "?"}}), "\"?\" is not a message's id");
    EXPECT_TRUE(refusal("/retry", {{"domain", "b..example"}}).starts_with("\"b..example\" is not a domain"));
    EXPECT_EQ(refusal("/hold", {{"all", "yes"}, {"state", "gone"}}), "state is held or due, not \"gone\"");
    EXPECT_TRUE(refusal("/hold", {{"all", "yes"}, {"for", "long"}}).starts_with("for=long: "));
}

TEST_F(QueueApiTest, removes_what_is_said_or_all) {
    EXPECT_EQ(touched("/remove", {{"sender", "bob@a.example"}}), 1u);
    EXPECT_EQ(listed(), (Texts{"x@b.example", "y@c.example", "z@b.example"}));
    EXPECT_EQ(touched("/remove", {{"all", "yes"}}), 3u);
    EXPECT_TRUE(listed().empty());
    EXPECT_EQ(events.count<Removed>(), 4u);
}

TEST_F(QueueApiTest, holds_and_releases) {
    EXPECT_EQ(touched("/hold", {{"domain", "b.example"}, {"why", "a wave of junk"}}), 3u);
    EXPECT_EQ(listed({{"state", "held"}}).size(), 3u);
    EXPECT_EQ(listed({{"state", "due"}}), (Texts{"y@c.example"}));
    EXPECT_EQ(touched("/release", {{"message", first_.text()}}), 1u);
    EXPECT_EQ(touched("/release", {{"all", "yes"}, {"held_by", "somebody else"}}), 0u);
    EXPECT_EQ(touched("/release", {{"all", "yes"}, {"held_by", "operator"}}), 2u);
    EXPECT_EQ(events.all<RecipientHeld>().front().why, "a wave of junk");
}

TEST_F(QueueApiTest, retries_what_is_said) {
    EXPECT_EQ(touched("/retry", {{"recipient", "y@c.example"}}), 1u);
}

TEST_F(QueueApiTest, wants_changes_as_posts) {
    EXPECT_EQ(say(AdminMethod::Get, "/remove", {{"all", "yes"}}).status, 405u);
    EXPECT_EQ(say(AdminMethod::Post, "", {}).status, 405u);
    EXPECT_EQ(listed().size(), 4u);
}

}  // namespace
}  // namespace cursus
