#include "policy/block_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The simulated one, with troubles that it does not have.
class TroubledResolver final : public Resolver {
public:
    explicit TroubledResolver(SimWorld& sim) : sim_(sim) {}
    Duration delay{};                   // of each answer
    std::optional<RecordType> failing;  // every question for it

    Task<std::shared_ptr<const DnsAnswer>> resolve(std::string name, RecordType type) override {
        if (delay > Duration::zero()) co_await sim_.clock().sleep_for(delay);
        if (type == failing) co_return std::make_shared<DnsAnswer>();
        co_return co_await sim_.world().resolver.resolve(std::move(name), type);
    }

private:
    SimWorld& sim_;
};

class BlockListsTest : public testing::Test {
protected:
    BlockListsTest() {
        sim.dns().address("2.0.0.127.bad.example", {"127.0.0.2"});
        sim.dns().address("test.doms.example", {"127.0.0.2"});
        list_address("bad.example", "99.100.51.198", {"127.0.0.2"});
    }
    void list_address(const std::string& zone, const std::string& reversed,
                      const std::vector<std::string>& codes, Duration ttl = minutes{5}) {
        sim.dns().address(reversed + '.' + zone, codes, ttl);
    }
    void declare(DnsListSettings list) {
        settings.push_back(std::move(list));
        lists = std::make_unique<BlockLists>(resolver, sim.clock(), settings);
    }
    ListAnswer ask(const std::string& zone, const char* subject, NamesAsked names = NamesAsked::AsGiven) {
        auto answer = sim.run(lists->ask({zone, listed_subject(subject).value(), names}));
        notices.insert(notices.end(), answer.notices.begin(), answer.notices.end());
        return answer;
    }
    // The [[dnslist]] that a listing counts for.
    static std::vector<std::string> matches(const ListAnswer& answer) {
        std::vector<std::string> names;
        for (const auto& match : std::get<Listed>(answer.verdict).matches) names.push_back(match.list);
        return names;
    }
    // "listed in NAME, NAME: REASON", "not listed", or why the list is of no use.
    std::string verdict(const std::string& zone, const char* subject,
                        NamesAsked names = NamesAsked::AsGiven) {
        const auto answer = ask(zone, subject, names);
        if (const auto* none = std::get_if<NoUse>(&answer.verdict)) return none->why;
        const auto* listed = std::get_if<Listed>(&answer.verdict);
        if (listed == nullptr) return "not listed";
        std::string text;
        for (const auto& match : listed->matches) text += (text.empty() ? "listed in " : ", ") + match.list;
        return text + (listed->reason.empty() ? "" : ": " + listed->reason);
    }
    std::string bad(const char* subject = "198.51.100.99") { return verdict("bad.example", subject); }

    SimWorld sim;
    TroubledResolver resolver{sim};
    std::vector<DnsListSettings> settings;
    std::unique_ptr<BlockLists> lists =
        std::make_unique<BlockLists>(resolver, sim.clock(), std::vector<DnsListSettings>());
    std::vector<std::string> notices;
};

TEST_F(BlockListsTest, list_addresses_of_both_families) {
    list_address("bad.example", "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0",
                 {"127.0.0.2"});
    list_address("bad.example", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2",
                 {"127.0.0.2"});
    EXPECT_EQ(bad("198.51.100.99"), "listed in bad.example");
    EXPECT_EQ(bad("198.51.100.98"), "not listed");
    EXPECT_EQ(bad("2001:db8::1"), "listed in bad.example");
    EXPECT_EQ(bad("2001:db8::2"), "not listed");
    EXPECT_THAT(notices, IsEmpty());
}

TEST_F(BlockListsTest, say_why_in_printable_words_within_bounds) {
    const auto reason = [this](std::vector<std::string> records) {
        sim.dns().records("99.100.51.198.bad.example", RecordType::Txt, std::move(records), seconds{1});
        sim.run_for(hours{1});
        return bad();
    };
    EXPECT_EQ(reason({text_rdata("Spam seen, see https://bad.example/?198.51.100.99")}),
              "listed in bad.example: Spam seen, see https://bad.example/?198.51.100.99");
    EXPECT_EQ(reason({text_rdata(std::string_view("a\r\n250 ok\0\x1b[2J\xFF", 15))}),
              "listed in bad.example: a??250 ok??[2J?");
    EXPECT_EQ(reason({text_rdata("J\xC3\xBCrgen")}), "listed in bad.example: J??rgen");
    EXPECT_EQ(reason({text_rdata(std::string(60'000, 'x'))}),
              "listed in bad.example: " + std::string(list_reason_octets_max, 'x'));
    EXPECT_EQ(reason({"", "\x05spam", text_rdata("the first that can be read"), text_rdata("b")}),
              "listed in bad.example: the first that can be read");
    EXPECT_EQ(reason({"", "\xff"}), "listed in bad.example");
}

TEST_F(BlockListsTest, ask_for_the_reason_of_what_is_listed_alone) {
    bad("198.51.100.98");
    EXPECT_EQ(sim.dns().asked("98.100.51.198.bad.example", RecordType::Txt), 0U);
    bad("198.51.100.99");
    EXPECT_EQ(sim.dns().asked("99.100.51.198.bad.example", RecordType::Txt), 1U);
}

TEST_F(BlockListsTest, are_listed_without_a_reason_when_it_cannot_be_had) {
    sim.dns().records("99.100.51.198.bad.example", RecordType::Txt, {text_rdata("spam")});
    resolver.failing = RecordType::Txt;
    EXPECT_EQ(bad(), "listed in bad.example");
    EXPECT_THAT(notices, IsEmpty());
}

TEST_F(BlockListsTest, of_one_zone_are_answered_by_one_question) {
    declare({"malware", "bad.example", ListSubject::Address, {{0x7f000004, 0x7f000007}}, 5});
    declare({"dialup", "bad.example", ListSubject::Address, {{0x7f00000a, 0x7f00000b}}, 2.5});
    declare({"bits", "bad.example", ListSubject::Address, {{0, 0, 2}}, -1});
    declare({"names", "bad.example", ListSubject::Domain, {}, 100});
    list_address("bad.example", "1.100.51.198", {"127.0.0.5", "127.0.0.10"});
    const auto answer = ask("bad.example", "198.51.100.1");
    EXPECT_EQ(text(answer.codes), "127.0.0.5, 127.0.0.10");
    EXPECT_THAT(matches(answer), ElementsAre("malware", "dialup", "bits"));
    EXPECT_EQ(answer.score(), 6.5);
    EXPECT_THAT(answer.asked, ElementsAre("1.100.51.198.bad.example"));
    EXPECT_EQ(sim.dns().asked("1.100.51.198.bad.example", RecordType::A), 1U);
}

TEST_F(BlockListsTest, whose_codes_are_none_that_count_do_not_list) {
    declare({"malware", "bad.example", ListSubject::Address, {{0x7f000004, 0x7f000004}}, 5});
    const auto answer = ask("bad.example", "198.51.100.99");
    EXPECT_TRUE(std::holds_alternative<NotListed>(answer.verdict));
    EXPECT_EQ(text(answer.codes), "127.0.0.2");
    EXPECT_EQ(answer.score(), 0);
    EXPECT_EQ(sim.dns().asked("99.100.51.198.bad.example", RecordType::Txt), 0U);
}

TEST_F(BlockListsTest, without_settings_of_their_own_have_the_defaults) {
    const auto answer = ask("bad.example", "198.51.100.99");
    EXPECT_THAT(matches(answer), ElementsAre("bad.example"));
    EXPECT_EQ(answer.score(), 1);
}

TEST_F(BlockListsTest, of_names_ask_for_the_name_and_where_told_for_its_parents) {
    sim.dns().address("spam.example.doms.example", {"127.0.1.2"});
    EXPECT_EQ(verdict("doms.example", "spam.example"), "listed in doms.example");
    EXPECT_EQ(verdict("doms.example", "a.b.spam.example"), "not listed");
    const auto answer = ask("doms.example", "a.b.spam.example", NamesAsked::WithParents);
    EXPECT_EQ(std::get<Listed>(answer.verdict).name, "spam.example.doms.example");
    EXPECT_THAT(answer.asked, ElementsAre("a.b.spam.example.doms.example", "b.spam.example.doms.example",
                                          "spam.example.doms.example"));
    EXPECT_EQ(verdict("doms.example", "a.b.ham.example", NamesAsked::WithParents), "not listed");
}

TEST_F(BlockListsTest, are_asked_nothing_for_private_addresses) {
    for (const char* address : {"127.0.0.2", "10.1.2.3", "::1", "fe80::1"}) {
        const auto answer = ask("bad.example", address);
        EXPECT_TRUE(std::holds_alternative<NotListed>(answer.verdict));
        EXPECT_THAT(answer.asked, IsEmpty());
    }
    EXPECT_EQ(sim.dns().asked(), 0U);
}

// ---- lists that are broken

TEST_F(BlockListsTest, that_list_everything_are_noticed_and_left_alone) {
    sim.dns().address("1.0.0.127.bad.example", {"127.0.0.2"});
    EXPECT_THAT(bad(), HasSubstr("it answers 127.0.0.2 for 1.0.0.127.bad.example, which no list may have"));
    EXPECT_THAT(notices,
                ElementsAre(HasSubstr(
                    "list bad.example (IPv4 addresses) is left alone for now: it answers 127.0.0.2")));
    const auto asked = sim.dns().asked();
    EXPECT_THAT(bad("198.51.100.1"), HasSubstr("is left alone for now"));
    EXPECT_EQ(sim.dns().asked(), asked);
    EXPECT_EQ(notices.size(), 1U);
}

TEST_F(BlockListsTest, of_names_that_list_everything_are_noticed_too) {
    sim.dns().address("invalid.doms.example", {"127.0.0.2"});
    EXPECT_THAT(verdict("doms.example", "ham.example"),
                HasSubstr("for invalid.doms.example, which no list may have"));
}

TEST_F(BlockListsTest, whose_domain_was_sold_list_nobody) {
    for (const char* name : {"1.0.0.127.bad.example", "2.0.0.127.bad.example", "99.100.51.198.bad.example"})
        sim.dns().address(name, {"203.0.113.9"});
    EXPECT_THAT(bad(), HasSubstr("it answers 203.0.113.9, which is not of 127.0.0.0/8"));
    EXPECT_EQ(notices.size(), 1U);
}

TEST_F(BlockListsTest, come_back_when_they_are_well_again) {
    sim.dns().address("1.0.0.127.bad.example", {"127.0.0.2"}, minutes{5});
    bad();
    sim.dns().remove("1.0.0.127.bad.example");
    sim.run_for(minutes{59});
    EXPECT_THAT(bad(), HasSubstr("is left alone"));
    sim.run_for(minutes{2});
    EXPECT_EQ(bad(), "listed in bad.example");
    EXPECT_THAT(notices,
                ElementsAre(HasSubstr("is left alone"), "list bad.example (IPv4 addresses) is of use again"));
}

TEST_F(BlockListsTest, that_stay_broken_are_tested_again_and_not_told_of_again) {
    sim.dns().address("1.0.0.127.bad.example", {"127.0.0.2"}, minutes{5});
    for (int i = 0; i < 5; ++i) {
        EXPECT_THAT(bad(), HasSubstr("which no list may have"));
        sim.run_for(minutes{61});
    }
    EXPECT_EQ(sim.dns().asked("1.0.0.127.bad.example", RecordType::A), 5U);
    EXPECT_EQ(notices.size(), 1U);
}

TEST_F(BlockListsTest, that_go_bad_are_found_out_at_the_next_test) {
    EXPECT_EQ(bad(), "listed in bad.example");
    sim.dns().address("1.0.0.127.bad.example", {"127.0.0.2"});
    sim.run_for(hours{4} - minutes{1});
    EXPECT_EQ(bad(), "listed in bad.example");
    sim.run_for(minutes{2});
    EXPECT_THAT(bad(), HasSubstr("which no list may have"));
}

TEST_F(BlockListsTest, that_refuse_to_be_asked_list_nobody) {
    EXPECT_EQ(bad("198.51.100.1"), "not listed");
    list_address("bad.example", "2.100.51.198", {"127.255.255.254"});
    EXPECT_THAT(bad("198.51.100.2"), HasSubstr("it refuses to be asked from here (127.255.255.254)"));
    EXPECT_THAT(bad("198.51.100.99"), HasSubstr("is left alone for now: it refuses"));
    EXPECT_EQ(notices.size(), 1U);
    sim.run_for(minutes{61});
    EXPECT_EQ(bad("198.51.100.99"), "listed in bad.example");
}

TEST_F(BlockListsTest, that_refuse_by_127_0_0_1_list_nobody_unless_it_is_one_of_their_answers) {
    list_address("bad.example", "1.100.51.198", {"127.0.0.1"});
    EXPECT_THAT(bad("198.51.100.1"), HasSubstr("by which lists refuse to be asked"));
    declare({"code", "bad.example", ListSubject::Address, {{0x7f000001, 0x7f000001}}, 1});
    EXPECT_EQ(bad("198.51.100.1"), "listed in code");
}

// A name that a stranger chooses may be a host below the list's zone; that must not take the list away.
TEST_F(BlockListsTest, are_not_given_up_for_one_answer_that_no_list_gives) {
    sim.dns().address("spam.example.doms.example", {"127.0.0.2"});
    sim.dns().address("ns1.eu.doms.example", {"203.0.113.53"});
    EXPECT_THAT(verdict("doms.example", "ns1.eu"), HasSubstr("it answers 203.0.113.53"));
    EXPECT_EQ(verdict("doms.example", "spam.example"), "listed in doms.example");
    EXPECT_THAT(notices, IsEmpty());
    sim.dns().address("invalid.doms.example", {"203.0.113.53"});
    sim.run_for(hours{2});
    EXPECT_THAT(verdict("doms.example", "spam.example"), HasSubstr("203.0.113.53"));
    EXPECT_THAT(notices, ElementsAre(HasSubstr("is left alone")));
}

TEST_F(BlockListsTest, without_a_test_entry_are_used_and_it_is_said_once) {
    sim.dns().remove("2.0.0.127.bad.example");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(bad(), "listed in bad.example");
        sim.run_for(hours{5});
    }
    EXPECT_THAT(notices,
                ElementsAre(AllOf(HasSubstr("does not have its own test entry 2.0.0.127.bad.example"),
                                  HasSubstr("nothing is ever listed"))));
}

TEST_F(BlockListsTest, with_broken_records_list_nobody) {
    for (const auto& record :
         {std::string(), std::string("\x7f"), std::string(16, '\x7f'), std::string(1'000, '\x7f')}) {
        sim.dns().records("9.100.51.198.bad.example", RecordType::A, {record}, seconds{1});
        sim.run_for(minutes{5});
        EXPECT_THAT(bad("198.51.100.9"), HasSubstr("it answers what is no address")) << record.size();
    }
    EXPECT_EQ(bad(), "listed in bad.example");
}

TEST_F(BlockListsTest, with_loops_of_aliases_give_no_answer) {
    sim.dns().cname("9.100.51.198.bad.example", "8.100.51.198.bad.example");
    sim.dns().cname("8.100.51.198.bad.example", "9.100.51.198.bad.example");
    EXPECT_THAT(bad("198.51.100.9"), HasSubstr("no answer for 9.100.51.198.bad.example: too many CNAMEs"));
}

TEST_F(BlockListsTest, with_hundreds_of_records_are_read_like_others) {
    std::vector<std::string> records;
    for (int i = 0; i < 256; ++i) records.push_back(fmt::format("127.0.0.{}", i));
    list_address("bad.example", "9.100.51.198", records);
    const auto answer = ask("bad.example", "198.51.100.9");
    EXPECT_THAT(matches(answer), ElementsAre("bad.example"));
    EXPECT_EQ(answer.codes.size(), 256U);
}

// ---- lists that give no answer

TEST_F(BlockListsTest, that_fail_are_neither_a_yes_nor_a_no) {
    EXPECT_EQ(bad("198.51.100.1"), "not listed");
    sim.dns().fault("99.100.51.198.bad.example", DnsStatus::Failed);
    EXPECT_THAT(bad(),
                HasSubstr("list bad.example (IPv4 addresses): no answer for 99.100.51.198.bad.example"));
    sim.dns().clear_faults();
    sim.dns().fault("99.100.51.198.bad.example", DnsStatus::Bogus);
    EXPECT_THAT(bad(), HasSubstr("does not hold (DNSSEC)"));
    sim.dns().clear_faults();
    EXPECT_EQ(bad(), "listed in bad.example");
    EXPECT_THAT(notices, IsEmpty());
}

TEST_F(BlockListsTest, that_fail_at_their_test_are_of_no_use_and_tested_by_the_next) {
    sim.dns().fault("1.0.0.127.bad.example", DnsStatus::Failed);
    EXPECT_THAT(bad(), HasSubstr("no answer for 1.0.0.127.bad.example"));
    EXPECT_EQ(sim.dns().asked("99.100.51.198.bad.example", RecordType::A), 0U);
    sim.dns().clear_faults();
    EXPECT_EQ(bad(), "listed in bad.example");
}

TEST_F(BlockListsTest, that_are_dead_cost_nothing_after_the_third_time) {
    sim.dns().fault("bad.example", DnsStatus::Failed);
    for (std::size_t i = 0; i < list_failures_max; ++i) EXPECT_THAT(bad(), HasSubstr("no answer"));
    EXPECT_THAT(notices, ElementsAre(HasSubstr("is left alone for now: no answer")));
    const auto before = sim.now();
    EXPECT_THAT(bad(), HasSubstr("is left alone for now: no answer"));
    EXPECT_EQ(sim.now(), before);
}

TEST_F(BlockListsTest, that_stay_dead_are_tried_less_and_less_until_they_live) {
    sim.dns().fault("bad.example", DnsStatus::Failed);
    std::vector<long> tried_after;  // minutes
    auto last = sim.now();
    for (int minute = 0; minute < 200; ++minute) {
        const auto asked = sim.dns().asked();
        bad();
        if (sim.dns().asked() > asked && minute > 2) {
            tried_after.push_back(std::chrono::round<minutes>(sim.now() - last).count());
            last = sim.now();
        } else if (sim.dns().asked() > asked) {
            last = sim.now();
        }
        sim.run_for(minutes{1});
    }
    EXPECT_THAT(tried_after, ElementsAre(1, 2, 4, 8, 16, 32, 32, 32, 32, 32));
    sim.dns().clear_faults();
    sim.run_for(minutes{40});
    EXPECT_EQ(bad(), "listed in bad.example");
    EXPECT_THAT(notices, ElementsAre(HasSubstr("is left alone"), HasSubstr("is of use again")));
}

TEST_F(BlockListsTest, that_were_broken_and_are_silent_now_are_left_alone_again_at_once) {
    sim.dns().address("1.0.0.127.bad.example", {"127.0.0.2"}, minutes{5});
    bad();
    sim.run_for(minutes{61});
    sim.dns().fault("bad.example", DnsStatus::Failed);
    EXPECT_THAT(bad(), HasSubstr("no answer"));
    const auto asked = sim.dns().asked();
    EXPECT_THAT(bad(), HasSubstr("is left alone"));
    EXPECT_EQ(sim.dns().asked(), asked);
}

TEST_F(BlockListsTest, that_fail_now_and_then_stay_in_use) {
    bad("198.51.100.1");
    for (int i = 0; i < 10; ++i) {
        sim.dns().fault("99.100.51.198.bad.example", DnsStatus::Failed);
        bad();
        bad();
        sim.dns().clear_faults();
        EXPECT_EQ(bad(fmt::format("198.51.100.{}", 100 + i).c_str()), "not listed");
    }
    EXPECT_THAT(notices, IsEmpty());
}

TEST_F(BlockListsTest, of_one_kind_do_not_stand_for_the_other) {
    sim.dns().fault(list_test_names(ListedKind::Ipv6, "bad.example").absent, DnsStatus::Failed);
    for (int i = 0; i < 4; ++i) bad("2001:db8::1");
    EXPECT_THAT(bad("2001:db8::1"), HasSubstr("(IPv6 addresses) is left alone"));
    EXPECT_EQ(bad(), "listed in bad.example");
}

TEST_F(BlockListsTest, that_are_slow_are_asked_no_further_name_when_patience_is_over) {
    verdict("doms.example", "ham.example");
    resolver.delay = seconds{9};
    const auto before = sim.now();
    const auto answer = ask("doms.example", "a.b.c.spam.example", NamesAsked::WithParents);
    EXPECT_THAT(std::get<NoUse>(answer.verdict).why, HasSubstr("took too long"));
    EXPECT_EQ(answer.asked.size(), 3U);
    EXPECT_LT(sim.now() - before, list_patience + seconds{10});
}

TEST_F(BlockListsTest, that_are_slow_at_their_test_are_of_no_use_yet) {
    resolver.delay = seconds{25};
    EXPECT_THAT(bad(), HasSubstr("took too long"));
    resolver.delay = Duration{};
    EXPECT_EQ(bad(), "listed in bad.example");
}

Task<void> ask_beside(BlockLists& lists, std::string zone, const char* subject,
                      std::vector<ListAnswer>& answers) {
    ListQuestion question{std::move(zone), listed_subject(subject).value()};
    auto answer = co_await lists.ask(std::move(question));
    answers.push_back(std::move(answer));
}
Task<void> ask_ten_at_once(BlockLists& lists, Executor executor, std::vector<ListAnswer>& answers) {
    TaskGroup group(executor);
    for (int i = 0; i < 10; ++i) group.spawn(ask_beside(lists, "bad.example", "198.51.100.99", answers));
    co_await group.join();
}

TEST_F(BlockListsTest, are_told_of_once_when_many_find_them_broken_together) {
    sim.dns().address("1.0.0.127.bad.example", {"127.0.0.2"});
    std::vector<ListAnswer> answers;
    sim.run(ask_ten_at_once(*lists, sim.executor(), answers));
    std::size_t told = 0;
    for (const auto& answer : answers) {
        EXPECT_TRUE(std::holds_alternative<NoUse>(answer.verdict));
        told += answer.notices.size();
    }
    EXPECT_EQ(answers.size(), 10U);
    EXPECT_EQ(told, 1U);
}

TEST_F(BlockListsTest, whose_silence_many_hear_at_once_are_silent_once) {
    resolver.delay = seconds{1};
    sim.dns().fault("bad.example", DnsStatus::Failed);
    std::vector<ListAnswer> answers;
    sim.run(ask_ten_at_once(*lists, sim.executor(), answers));
    for (const auto& answer : answers) EXPECT_TRUE(std::holds_alternative<NoUse>(answer.verdict));
    sim.dns().clear_faults();
    EXPECT_EQ(bad(), "listed in bad.example") << "it is not left alone yet";
}

TEST_F(BlockListsTest, that_were_dead_are_tried_by_one_while_the_others_do_not_wait) {
    sim.dns().fault("bad.example", DnsStatus::Failed);
    for (int i = 0; i < 3; ++i) bad();
    sim.run_for(minutes{2});
    std::vector<ListAnswer> answers;
    const auto asked = sim.dns().asked();
    sim.run(ask_ten_at_once(*lists, sim.executor(), answers));
    EXPECT_EQ(sim.dns().asked(), asked + 1);
    for (const auto& answer : answers) EXPECT_TRUE(std::holds_alternative<NoUse>(answer.verdict));
}

}  // namespace
}  // namespace cursus
