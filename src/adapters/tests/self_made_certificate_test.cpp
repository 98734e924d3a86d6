#include "adapters/self_made_certificate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "adapters/openssl_factory.h"
#include "adapters/posix_files.h"
#include "adapters/tests/test_ca.h"

namespace cursus {
namespace {

using std::chrono::days;

class SelfMade : public testing::Test {
protected:
    void ensure(std::vector<std::string> names = {"mx.alpha.example"}) {
        const auto made = ensure_self_made_certificate(files_, {path(), std::move(names)}, now_);
        ASSERT_TRUE(made) << made.error();
    }
    std::string path() const { return directory_.path() + "/tls/self-made.pem"; }
    std::string text() const {
        std::ostringstream text;
        text << std::ifstream(path()).rdbuf();
        return text.str();
    }
    TlsCertificateFacts facts() const {
        const auto context = OpenSslFactory().server({path(), path()});
        EXPECT_TRUE(context) << context.error();
        return context ? (*context)->certificates().front() : TlsCertificateFacts{};
    }

    PosixFiles files_;
    ScratchDirectory directory_;
    WallTime now_ = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
};

TEST_F(SelfMade, is_made_for_its_names_and_for_long) {
    ensure({"mx.alpha.example", "mail.alpha.example"});
    EXPECT_EQ(facts().names, (std::vector<std::string>{"mx.alpha.example", "mail.alpha.example"}));
    EXPECT_GT(facts().until, now_ + days(3649));
    EXPECT_LT(facts().until, now_ + days(3651));
}

TEST_F(SelfMade, is_read_by_nobody_else) {
    ensure();
    struct stat file{};
    ASSERT_EQ(stat(path().c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600U);
    ASSERT_EQ(stat((directory_.path() + "/tls").c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0700U);
}

TEST_F(SelfMade, is_kept_as_long_as_it_is_good) {
    ensure();
    const std::string first = text();
    ensure();
    now_ += days(3000);
    ensure();
    EXPECT_EQ(text(), first);
}

TEST_F(SelfMade, is_made_anew_for_another_name) {
    ensure();
    ensure({"mx2.alpha.example"});
    EXPECT_EQ(facts().names, std::vector<std::string>{"mx2.alpha.example"});
}

TEST_F(SelfMade, is_made_anew_before_it_expires) {
    ensure();
    const auto first = facts().until;
    now_ += days(3600);
    ensure();
    EXPECT_GT(facts().until, first + days(3500));
}

TEST_F(SelfMade, is_made_anew_where_it_is_no_certificate_any_more) {
    ensure();
    const std::string first = text();
    for (const std::string& broken :
         {std::string(), std::string("nonsense"), first.substr(0, first.size() / 2)}) {
        std::ofstream(path(), std::ios::trunc) << broken;
        ensure();
        EXPECT_EQ(facts().names, std::vector<std::string>{"mx.alpha.example"});
    }
}

TEST_F(SelfMade, takes_a_name_that_is_too_long_for_a_subject) {
    const std::string name = std::string(60, 'a') + ".alpha.example";
    ensure({name});
    EXPECT_EQ(facts().names, std::vector<std::string>{name});
}

TEST_F(SelfMade, is_not_written_over_what_a_crash_left) {
    ensure();
    std::ofstream(path() + ".new") << "half of one";
    ensure({"mx2.alpha.example"});
    EXPECT_EQ(facts().names, std::vector<std::string>{"mx2.alpha.example"});
    EXPECT_FALSE(files_.exists(path() + ".new"));
}

TEST_F(SelfMade, says_why_it_cannot_be_kept) {
    std::ofstream(directory_.path() + "/tls") << "a file";
    const auto made = ensure_self_made_certificate(files_, {path(), {"mx.alpha.example"}}, now_);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().find(path()), std::string::npos) << made.error();
}

}  // namespace
}  // namespace cursus
