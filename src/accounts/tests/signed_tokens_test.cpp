#include "accounts/signed_tokens.h"

#include <gtest/gtest.h>

#include "accounts/tests/test_issuer.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class TroubleList : public EventSink {
public:
    std::vector<std::string> all;
    void emit(MailEvent event) noexcept override { all.push_back(std::get<Trouble>(event.body).what); }
};

class Signed : public testing::Test {
protected:
    Signed() {
        settings.keys = "/keys.json";
        settings.issuer = "https://login.example";
        checker = std::make_unique<SignedTokens>(sim.world(), troubles, settings);
    }
    void write(const std::string& text) {
        (void)sim.files().remove("/keys.json");
        auto file = sim.files().open("/keys.json", OpenMode::CreateNew, 0600).value();
        const std::string_view view = text;
        (void)file->write_at(0, std::span(&view, 1));
        sim.run_for(key_file_look_interval);
    }
    std::string check(const TestIssuer& by) {
        const auto at =
            std::chrono::duration_cast<std::chrono::seconds>(sim.wall_now().time_since_epoch()).count();
        const Json claims = {{"iss", "https://login.example"}, {"email", "ann@a.example"}, {"exp", at + 60}};
        auto checked = sim.run(checker->check(by.token({{"alg", "ES256"}, {"kid", "e"}}, claims)));
        if (!checked) return "trouble";
        return checked->has_value() ? **checked : "no";
    }

    SimWorld sim;
    OauthSettings settings;
    TroubleList troubles;
    std::unique_ptr<SignedTokens> checker;
    TestIssuer old_keys, new_keys;
};

TEST_F(Signed, tokens_are_checked_with_the_keys_that_are_in_the_file_now) {
    write(old_keys.key_set().dump());
    EXPECT_EQ(check(old_keys), "ann@a.example");
    EXPECT_EQ(check(new_keys), "no");
    write(new_keys.key_set().dump());
    EXPECT_EQ(check(new_keys), "ann@a.example");
    EXPECT_EQ(check(old_keys), "no");
    EXPECT_TRUE(troubles.all.empty());
}

TEST_F(Signed, tokens_are_checked_with_the_keys_before_while_the_file_is_broken) {
    write(old_keys.key_set().dump());
    EXPECT_EQ(check(old_keys), "ann@a.example");
    write("{\"keys\":[");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(check(old_keys), "ann@a.example");
        EXPECT_EQ(check(new_keys), "no");
        sim.run_for(key_file_look_interval);
    }
    EXPECT_EQ(troubles.all.size(), 1U) << "told once";
    write(new_keys.key_set().dump());
    EXPECT_EQ(check(new_keys), "ann@a.example");
}

TEST_F(Signed, tokens_are_for_later_while_there_are_no_keys) {
    EXPECT_EQ(check(old_keys), "trouble");
    write("{}");
    EXPECT_EQ(check(old_keys), "trouble");
    EXPECT_EQ(check(old_keys), "trouble");
    write(old_keys.key_set().dump());
    EXPECT_EQ(check(old_keys), "ann@a.example");
    (void)sim.files().remove("/keys.json");
    sim.run_for(key_file_look_interval);
    EXPECT_EQ(check(old_keys), "trouble") << "what it said is no longer said";
    write(old_keys.key_set().dump());
    EXPECT_EQ(check(old_keys), "ann@a.example");
}

}  // namespace
}  // namespace cursus
