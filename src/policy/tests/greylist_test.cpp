#include "policy/greylist.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/overloaded.h"

namespace cursus {
namespace {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Greylisting : public testing::Test {
protected:
    struct Attempt {
        std::string client = "192.0.2.1", sender = "julius@ancient-rome.example", recipient = "ann@b.example";
    };

    // "wait 300": and what is left of it, in seconds.
    std::string said(const Greylist::Answer& answer) const {
        return std::visit(
            Overloaded{[](Greylist::Whitelisted) { return std::string("whitelisted"); },
                       [](Greylist::Known) { return std::string("known"); },
                       [](Greylist::Passed passed) {
                           return "passed after " +
                                  std::to_string(duration_cast<seconds>(passed.waited).count());
                       },
                       [this](Greylist::Wait wait) {
                           return "wait " + std::to_string(duration_cast<seconds>(wait.until - now).count());
                       }},
            answer);
    }
    // ask() says what peek() said just before.
    std::string ask(const Attempt& attempt) {
        const ReversePath sender =
            attempt.sender.empty() ? ReversePath(NullPath{}) : *Mailbox::parse(attempt.sender);
        const Mailbox recipient = *Mailbox::parse(attempt.recipient);
        const GreylistTriplet triplet{*IpAddress::parse(attempt.client), sender, recipient};
        const std::string foreseen = said(greylist.peek(triplet, now));
        EXPECT_EQ(foreseen, said(greylist.peek(triplet, now)));
        const std::string answer = said(greylist.ask(triplet, now));
        EXPECT_EQ(foreseen, answer);
        return answer;
    }
    void pass(const Attempt& attempt) {
        ask(attempt);
        now += settings.wait;
        EXPECT_EQ(ask(attempt), "passed after 300");
    }
    void whitelist(const std::string& client) {
        for (std::uint32_t i = 0; i < settings.pass_after; ++i)
            pass({client, "julius@ancient-rome.example", std::string(i + 1, 'x') + "@b.example"});
    }

    Fingerprinter fingerprints{{1, 2}};
    GreylistSettings settings;
    Greylist greylist{fingerprints, settings};
    Instant now{hours{5}};
};

TEST_F(Greylisting, lets_pass_who_comes_again_after_the_wait) {
    EXPECT_EQ(ask({}), "wait 300");
    now += minutes{5};
    EXPECT_EQ(ask({}), "passed after 300");
    EXPECT_EQ(ask({}), "known");
    now += hours{24 * 36};
    EXPECT_EQ(ask({}), "known");
}

TEST_F(Greylisting, does_not_begin_anew_for_who_comes_too_early) {
    ask({});
    now += minutes{1};
    EXPECT_EQ(ask({}), "wait 240");
    now += seconds{239};
    EXPECT_EQ(ask({}), "wait 1");
    now += seconds{1};
    EXPECT_EQ(ask({}), "passed after 300");
}

TEST_F(Greylisting, takes_who_comes_after_the_window_for_a_stranger) {
    ask({});
    now += hours{24} + seconds{1};
    EXPECT_EQ(ask({}), "wait 300");
    now += hours{24};
    EXPECT_EQ(ask({}), "passed after 86400");
}

TEST_F(Greylisting, forgets_who_was_not_seen_for_long) {
    pass({});
    now += hours{24 * 36} + seconds{1};
    EXPECT_EQ(ask({}), "wait 300");
}

TEST_F(Greylisting, remembers_who_is_seen_again_and_again) {
    pass({});
    whitelist("192.0.3.1");
    for (int month = 0; month < 5; ++month) {
        now += hours{24 * 30};
        EXPECT_EQ(ask({}), "known");
        EXPECT_EQ(ask({.client = "192.0.3.1", .sender = "new@new.example"}), "whitelisted");
    }
}

TEST_F(Greylisting, knows_a_triplet_from_the_whole_network_and_not_from_another) {
    pass({});
    EXPECT_EQ(ask({.client = "192.0.2.254"}), "known");
    EXPECT_EQ(ask({.client = "192.0.3.1"}), "wait 300");
    pass({.client = "2001:db8::1"});
    EXPECT_EQ(ask({.client = "2001:db8::2:0:0:1"}), "known");
    EXPECT_EQ(ask({.client = "2001:db8:0:1::1"}), "wait 300");
}

TEST_F(Greylisting, asks_for_each_sender_and_recipient) {
    pass({});
    EXPECT_EQ(ask({.sender = "brutus@ancient-rome.example"}), "wait 300");
    EXPECT_EQ(ask({.sender = "julius@modern-rome.example"}), "wait 300");
    EXPECT_EQ(ask({.recipient = "bob@b.example"}), "wait 300");
}

TEST_F(Greylisting, knows_an_address_in_any_case_and_a_sender_whatever_its_numbers) {
    pass({.sender = "bounces-17@list.example"});
    EXPECT_EQ(ask({.sender = "Bounces-18@List.example", .recipient = "ANN@B.example"}), "known");
}

TEST_F(Greylisting, takes_the_null_sender_for_a_sender_like_others) {
    pass({.sender = ""});
    EXPECT_EQ(ask({.sender = ""}), "known");
    EXPECT_EQ(ask({.sender = "", .recipient = "bob@b.example"}), "wait 300");
    EXPECT_EQ(ask({.client = "192.0.3.1", .sender = ""}), "wait 300");
}

TEST_F(Greylisting, does_not_ask_a_network_any_more_of_which_enough_has_passed) {
    whitelist("192.0.2.1");
    EXPECT_EQ(ask({.client = "192.0.2.99", .sender = "new@new.example"}), "whitelisted");
    EXPECT_EQ(ask({.client = "192.0.3.1", .sender = "new@new.example"}), "wait 300");
    now += hours{24 * 36};
    EXPECT_EQ(ask({.sender = "new@new.example"}), "whitelisted");
    now += hours{24 * 36} + seconds{1};
    EXPECT_EQ(ask({.sender = "new@new.example"}), "wait 300");
}

TEST_F(Greylisting, counts_anew_for_a_network_that_was_not_seen_for_long) {
    for (const char* recipient : {"a@b.example", "b@b.example", "c@b.example", "d@b.example"})
        pass({.recipient = recipient});
    now += hours{24 * 36} + seconds{1};
    pass({});
    EXPECT_EQ(ask({.recipient = "new@b.example"}), "wait 300");
}

TEST_F(Greylisting, without_a_number_never_whitelists) {
    settings.pass_after = 0;
    greylist.adopt(settings);
    for (char c = 'a'; c <= 'z'; ++c) pass({.recipient = std::string(1, c) + "@b.example"});
    EXPECT_EQ(ask({.recipient = "new@b.example"}), "wait 300");
}

TEST_F(Greylisting, goes_by_new_settings_at_once) {
    ask({});
    settings.wait = minutes{1};
    settings.pass_after = 1;
    greylist.adopt(settings);
    now += minutes{1};
    EXPECT_EQ(ask({}), "passed after 60");
    EXPECT_EQ(ask({.recipient = "bob@b.example"}), "whitelisted");
}

TEST_F(Greylisting, leaves_no_trace_of_a_peek) {
    const ReversePath sender = *Mailbox::parse("julius@ancient-rome.example");
    const Mailbox recipient = *Mailbox::parse("ann@b.example");
    greylist.peek({*IpAddress::parse("192.0.2.1"), sender, recipient}, now);
    EXPECT_EQ(greylist.size(), 0U);
    EXPECT_FALSE(greylist.take_changed());
}

// RFC 6647 §8.2: who makes up triplets pushes out others that wait, and nobody who has come back.
TEST_F(Greylisting, is_bounded_and_keeps_who_has_passed) {
    settings.entries = 20'000;
    greylist.adopt(settings);
    pass({});
    whitelist("192.0.3.1");
    EXPECT_EQ(ask({.recipient = "waiting@b.example"}), "wait 300");
    const Mailbox recipient = *Mailbox::parse("ann@b.example");
    const Domain domain = *Domain::parse("spam.example");
    for (std::uint32_t i = 0; i < 200'000; ++i) {
        std::string name;  // letters alone: it would else be one sender
        for (std::uint32_t rest = i + 26; rest > 0; rest /= 16) name += static_cast<char>('g' + rest % 16);
        const ReversePath sender = *Mailbox::make(name, domain);
        greylist.ask({*IpAddress::parse("198.51.100.1"), sender, recipient}, now);
    }
    EXPECT_LE(greylist.size(), settings.entries);
    EXPECT_GT(greylist.size(), settings.entries / 2 * 9 / 10);
    EXPECT_EQ(ask({}), "known");
    EXPECT_EQ(ask({.client = "192.0.3.1"}), "whitelisted");
    now += minutes{5};
    EXPECT_EQ(ask({.recipient = "waiting@b.example"}), "wait 300");  // it was pushed out
}

TEST_F(Greylisting, goes_on_after_a_restart_as_if_time_had_passed) {
    pass({});
    whitelist("192.0.3.1");
    ask({.recipient = "bob@b.example"});
    now += minutes{2};
    const auto saved = greylist.saved(now);
    EXPECT_EQ(saved.waiting.size(), 1U);
    EXPECT_EQ(saved.passed.size(), 6U);
    EXPECT_EQ(saved.networks.size(), 2U);

    Greylist next{fingerprints, settings};
    const Instant begin{seconds{7}};
    next.restore(saved, begin - minutes{1});
    now = begin;
    const auto again = next.saved(begin);
    EXPECT_EQ(again.waiting.at(0).first, minutes{3});
    const ReversePath sender = *Mailbox::parse("julius@ancient-rome.example");
    const auto ask_next = [&](std::string_view client, std::string_view recipient) {
        const Mailbox to = *Mailbox::parse(recipient);
        return said(next.ask({*IpAddress::parse(client), sender, to}, now));
    };
    EXPECT_EQ(ask_next("192.0.2.1", "ann@b.example"), "known");
    EXPECT_EQ(ask_next("192.0.3.1", "new@b.example"), "whitelisted");
    EXPECT_EQ(ask_next("192.0.2.1", "bob@b.example"), "wait 120");
    now += minutes{2};
    EXPECT_EQ(ask_next("192.0.2.1", "bob@b.example"), "passed after 300");
}

TEST_F(Greylisting, saves_nothing_that_has_had_its_day) {
    pass({});
    ask({.recipient = "bob@b.example"});
    now += hours{24} + seconds{1};
    EXPECT_EQ(greylist.saved(now).waiting.size(), 0U);
    EXPECT_EQ(greylist.saved(now).passed.size(), 1U);
    now += hours{24 * 36};
    EXPECT_EQ(greylist.saved(now), Greylist::Saved{});
}

// However many sessions try a triplet at once, it passes once, and nobody is sent away who came in time.
TEST_F(Greylisting, by_many_threads_passes_once) {
    const ReversePath sender = *Mailbox::parse("julius@ancient-rome.example");
    settings.pass_after = 0;
    greylist.adopt(settings);
    std::vector<Mailbox> recipients;
    for (int i = 0; i < 2000; ++i)
        recipients.push_back(*Mailbox::parse("r" + std::to_string(i) + "@b.example"));
    const IpAddress client = *IpAddress::parse("192.0.2.1");
    for (const Mailbox& recipient : recipients) greylist.ask({client, sender, recipient}, now);
    now += minutes{5};
    std::atomic<std::size_t> passed = 0, known = 0;
    std::atomic<std::size_t> arrived = 0;  // they wait for each other without going to sleep
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 2; ++thread) {
        threads.emplace_back([&, thread] {
            for (std::size_t i = 0; i < recipients.size(); ++i) {
                ++arrived;
                while (arrived < 2 * (i + 1)) std::this_thread::yield();
                const auto answer = greylist.ask({client, sender, recipients[i]}, now);
                if (std::holds_alternative<Greylist::Passed>(answer)) ++passed;
                if (std::holds_alternative<Greylist::Known>(answer)) ++known;
            }
            if (thread == 0) greylist.adopt(settings);
            if (thread == 1) EXPECT_EQ(greylist.saved(now).networks.size(), 1U);
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(passed, recipients.size());
    EXPECT_EQ(known, recipients.size());
    EXPECT_EQ(greylist.saved(now).networks.at(0).passed, recipients.size());
}

}  // namespace
}  // namespace cursus
