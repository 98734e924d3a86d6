#include "journal/helper_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class HelperWatchTest : public testing::Test, private EventSink {
protected:
    void answer(std::string what, std::string subject, std::string trouble,
                std::vector<std::string> words = {}) {
        LookedUp answer{std::move(what), std::move(subject), std::move(words), 0, {}, std::move(trouble)};
        const std::vector<MailEvent> events{{now, {}, {}, std::move(answer)}};
        watch_.read(events);
    }
    std::vector<std::string> told() { return std::exchange(told_, {}); }

    WallTime now{};

private:
    void emit(MailEvent event) noexcept override {
        const auto& trouble = std::get<Trouble>(event.body);
        told_.push_back(trouble.where + ": " + trouble.what);
    }

    std::vector<std::string> told_;
    HelperWatch watch_{*this};
};

TEST_F(HelperWatchTest, tells_once_that_one_fails_and_that_it_is_back) {
    for (int i = 0; i < 3; ++i) answer("virus", "", "clamd: no route");
    EXPECT_THAT(told(), ElementsAre("virus scanner: gives no answers: clamd: no route"));
    answer("virus", "", "");
    answer("virus", "", "");
    EXPECT_THAT(told(), ElementsAre("virus scanner: answers again"));
    for (int i = 0; i < 3; ++i) answer("virus", "", "clamd: no route"), answer("virus", "", "");
    EXPECT_THAT(told(), IsEmpty()) << "one that fails now and then is told as seldom";
}

TEST_F(HelperWatchTest, tells_again_of_one_that_goes_on_failing) {
    answer("milter", "127.0.0.1:8891 connect", "refused");
    now += 9min;
    answer("milter", "127.0.0.1:8891 rcpt", "refused");
    EXPECT_THAT(told(), ElementsAre("milter 127.0.0.1:8891: gives no answers: refused"));
    now += 1min;
    answer("milter", "127.0.0.1:8891 rcpt", "refused");
    answer("milter", "127.0.0.1:8892 rcpt", "refused");
    EXPECT_EQ(told().size(), 2U);
}

TEST_F(HelperWatchTest, says_nothing_of_names_and_of_what_was_called_off) {
    answer("sender_domain", "b.example", "SERVFAIL");
    answer("spam", "", "decided without it", {std::string(called_off)});
    EXPECT_THAT(told(), IsEmpty());
}

}  // namespace
}  // namespace cursus
