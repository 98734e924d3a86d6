#include "accounts/table_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/password_hash.h"
#include "runtime/task_group.h"
#include "sim/sim_table.h"
#include "sim/world.h"

namespace cursus {
namespace {

using Checked = Result<std::optional<std::string>, CredentialTrouble>;
using Keys = Result<std::optional<ScramKeys>, CredentialTrouble>;

const std::string secret_hash = *make_password_hash("a secret", "0123456789abcdef");
const ScramKeys keys256 = *make_scram_keys("a secret", ScramHash::Sha256, "salt", 4096);
const std::string keys_text = text_of({"", {}, keys256});

class TableCredentialsTest : public testing::Test {
protected:
    void SetUp() override {
        table_->put("julius", secret_hash);
        table_->put("Ann@alpha.example", keys_text);
    }
    Checked check(std::string account, std::string password) {
        return sim_.run(credentials_.check({std::move(account), std::move(password)}, {}));
    }
    void expect(const Checked& checked, const std::optional<std::string>& account) {
        ASSERT_TRUE(checked) << checked.error().why;
        EXPECT_EQ(*checked, account);
    }

    SimWorld sim_;
    std::shared_ptr<SimTable> table_ = std::make_shared<SimTable>(sim_, "people");
    std::vector<std::string> compared_;  // what each comparison costs
    TableCredentials credentials_{
        sim_.world().offload, table_, std::make_shared<KnownForms>(AccountForms{true, false}),
        FormsKeeper::Nobody, [this](const AccountSecrets& secrets, const std::string& password) {
            compared_.push_back(work_of(secrets));
            return fits(secrets, password);
        }};
};

TEST_F(TableCredentialsTest, know_a_right_password_by_its_hash_or_by_keys) {
    expect(check("julius", "a secret"), "julius");
    expect(check("julius", "a secret "), std::nullopt);
    expect(check("Ann@ALPHA.example", "a secret"), "Ann@alpha.example");
    expect(check("Ann@alpha.example", "another"), std::nullopt);
    expect(check("ann@alpha.example", "a secret"), std::nullopt);
}

TEST_F(TableCredentialsTest, do_the_same_work_for_an_account_that_is_not_there) {
    expect(check("nobody", "a secret"), std::nullopt);
    EXPECT_EQ(compared_, std::vector<std::string>{work_of(*parse_secrets(secret_hash))})
        << "as new accounts are made";
    compared_.clear();
    for (const char* account : {"Ann@alpha.example", "nobody"}) expect(check(account, "wrong"), std::nullopt);
    const std::string work = work_of(*parse_secrets(keys_text));
    EXPECT_EQ(compared_, (std::vector<std::string>{work, work})) << "as the last one that was there";
}

TEST_F(TableCredentialsTest, do_no_work_for_what_is_no_password_or_no_name_whoever_is_there) {
    for (const char* account : {"julius", "nobody"}) {
        expect(check(account, ""), std::nullopt);
        expect(check(account, std::string(512, 'x')), std::nullopt);
        expect(check(account, std::string("a secret\0x", 10)), std::nullopt);
    }
    expect(check("a:b", "a secret"), std::nullopt);
    EXPECT_TRUE(compared_.empty());
    EXPECT_EQ(table_->asked(), 0U);
}

TEST_F(TableCredentialsTest, are_in_trouble_with_their_table_and_never_call_that_wrong) {
    table_->trouble = "it is away";
    const auto checked = check("julius", "wrong");
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().why, "table people: it is away");
    EXPECT_FALSE(sim_.run(credentials_.keys("julius", ScramHash::Sha256)));
}

TEST_F(TableCredentialsTest, are_in_trouble_with_a_row_that_makes_no_sense) {
    table_->put("julius", "a secret");
    const auto checked = check("julius", "a secret");
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().why, testing::HasSubstr("people: neither a hash"));
}

TEST_F(TableCredentialsTest, hand_out_keys_of_those_who_have_them) {
    const auto keys_of = [&](const char* account, ScramHash scram) {
        return sim_.run(credentials_.keys(account, scram)).value();
    };
    EXPECT_EQ(keys_of("Ann@Alpha.example", ScramHash::Sha256)->stored_key, keys256.stored_key);
    EXPECT_FALSE(keys_of("Ann@alpha.example", ScramHash::Sha1));
    EXPECT_FALSE(keys_of("julius", ScramHash::Sha256));
    EXPECT_FALSE(keys_of("nobody", ScramHash::Sha256));
    EXPECT_FALSE(keys_of("a:b", ScramHash::Sha256));
}

TEST_F(TableCredentialsTest, offer_what_they_are_told_to) {
    EXPECT_TRUE(credentials_.checks_passwords());
    EXPECT_TRUE(credentials_.has_keys(ScramHash::Sha1));
    EXPECT_FALSE(credentials_.has_keys(ScramHash::Sha256));
    sim_.run(credentials_.refresh());
    EXPECT_EQ(table_->asked(), 0U);
}

// A pool that begins nothing before it is told to.
class HeldPool final : public Offload {
public:
    void run(std::move_only_function<void()> work) override { held.push_back(std::move(work)); }
    std::vector<std::move_only_function<void()>> held;
};

Task<void> compare(PasswordWork& work, std::shared_ptr<const AccountSecrets> secrets,
                   std::vector<Result<bool, std::string>>& answers) {
    auto answer = co_await work.fits_now(std::move(secrets), "a secret");
    answers.push_back(std::move(answer));
}

TEST(PasswordWork, is_done_a_few_at_once_and_only_so_many_wait) {
    SimWorld sim;
    HeldPool pool;
    PasswordWork work(pool, [](const AccountSecrets&, const std::string&) { return true; });
    const auto secrets = std::make_shared<const AccountSecrets>();
    std::vector<Result<bool, std::string>> answers;
    TaskGroup group(sim.executor());
    const std::size_t fitting = passwords_at_once_max + passwords_waiting_max;
    for (std::size_t i = 0; i < fitting; ++i) group.spawn(compare(work, secrets, answers));
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(pool.held.size(), passwords_at_once_max);
    EXPECT_TRUE(answers.empty());
    group.spawn(compare(work, secrets, answers));
    sim.run_for(std::chrono::seconds{1});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_FALSE(answers[0]);
    while (!pool.held.empty()) {
        EXPECT_LE(pool.held.size(), passwords_at_once_max);
        auto next = std::move(pool.held.back());
        pool.held.pop_back();
        next();
        sim.run_for(std::chrono::seconds{1});
    }
    sim.run(group.join());
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.value_or(false); }),
              static_cast<std::ptrdiff_t>(fitting));
}

}  // namespace
}  // namespace cursus
