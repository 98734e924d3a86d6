// Looking at the queue and intervening.
#include <gtest/gtest.h>

#include "queue/browse.h"
#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class BrowseTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }

    std::vector<ListedRecipient> list_all(const QueueFilter& filter, std::size_t limit = 7) {
        std::vector<ListedRecipient> all;
        std::string from;
        do {
            auto page = queue->list(filter, from, limit);
            EXPECT_TRUE(page) << page.error().what;
            if (!page) break;
            EXPECT_LE(page->recipients.size(), limit);
            std::ranges::move(page->recipients, std::back_inserter(all));
            from = page->next;
        } while (!from.empty());
        return all;
    }
    template <class Ask>
    std::size_t step_through(Ask ask) {
        std::size_t touched = 0;
        std::string from;
        do {
            auto step = sim.run(ask(from));
            EXPECT_TRUE(step) << step.error().what;
            if (!step) break;
            touched += step->touched;
            from = step->next;
        } while (!from.empty());
        return touched;
    }
    std::size_t retry(const QueueFilter& filter) {
        return step_through([&](std::string from) { return queue->retry_now(filter, std::move(from)); });
    }
    std::size_t remove(const QueueFilter& filter) {
        return step_through(
            [&](std::string from) { return queue->remove(filter, std::move(from), "operator"); });
    }
};

TEST_F(BrowseTest, a_list_goes_through_everything_in_pages_and_by_every_filter) {
    std::vector<MessageId> ids;
    for (int i = 0; i < 30; ++i) {
        ids.push_back(accept(i % 3 == 0 ? "" : "ann@a.example",
                             {"b@b.example", "c" + std::to_string(i) + "@c.example"}));
    }
    EXPECT_EQ(list_all({}).size(), 60u);
    EXPECT_EQ(list_all({.message = ids[4], .destination_domain = {}, .sender = {}}).size(), 2u);
    EXPECT_EQ(list_all({.message = {}, .destination_domain = "b.example", .sender = {}}).size(), 30u);
    EXPECT_EQ(list_all({.message = {}, .destination_domain = {}, .sender = "ann@a.example"}).size(), 40u);
    EXPECT_EQ(
        list_all({.message = {}, .destination_domain = {}, .sender = {}, .sender_is_null = true}).size(),
        20u);
    EXPECT_EQ(
        list_all({.message = {}, .destination_domain = "c.example", .sender = {}, .sender_is_null = true})
            .size(),
        10u);
    EXPECT_TRUE(list_all({.message = {}, .destination_domain = "nowhere.example", .sender = {}}).empty());
    EXPECT_FALSE(queue->list({.message = {}, .destination_domain = "not a domain", .sender = {}}, {}, 10));
    EXPECT_FALSE(queue->list({}, "zz", 10));
    EXPECT_FALSE(queue->list({}, "00", 10)) << "a place outside of what is listed";

    auto work = next_work();
    const auto listed = list_all({.message = work->message, .destination_domain = {}, .sender = {}});
    EXPECT_EQ(listed[0].state, RecipientState::Leased);
    EXPECT_EQ(listed[1].state, RecipientState::Due);
    EXPECT_EQ(listed[1].recipient, "c0@c.example");
    EXPECT_EQ(listed[1].destination, "domain:c.example");
    EXPECT_EQ(listed[1].size, 21u);
}

TEST_F(BrowseTest, mail_routed_elsewhere_is_still_found_by_its_domain) {
    close();
    destination_of = [](const Mailbox&, const Handling&) { return Destination("local"); };
    open();
    accept("ann@a.example", {"b@b.example", "c@c.example"});
    const auto listed = list_all({.message = {}, .destination_domain = "c.example", .sender = {}});
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].recipient, "c@c.example");
}

TEST_F(BrowseTest, one_step_looks_at_a_bounded_number_of_records_however_few_match) {
    for (int i = 0; i < 500; ++i) accept("ann@a.example", {"b@b.example"});
    const auto before = sim.disk().counts.scanned_entries;
    const auto page =
        queue->list({.message = {}, .destination_domain = {}, .sender = "nobody@a.example"}, {}, 100);
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->recipients.empty());
    EXPECT_FALSE(page->next.empty());
    EXPECT_LE(sim.disk().counts.scanned_entries - before, Browse::records_per_step);
}

TEST_F(BrowseTest, the_summary_counts_by_destination) {
    const auto start = sim.wall_now();
    for (int i = 0; i < 5; ++i) accept("ann@a.example", {"b@b.example", "c@c.example"});
    accept("ann@a.example", {"b@b.example"});
    const auto destination = next();
    queue->park(*destination, sim.wall_now() + 1h, DestinationTrouble{"mx", busy_reply, 3});
    const auto summary = queue->summary(10);
    ASSERT_TRUE(summary);
    ASSERT_EQ(summary->size(), 2u);
    EXPECT_EQ((*summary)[0].destination, "domain:b.example");
    EXPECT_EQ((*summary)[0].recipients, 6u);
    EXPECT_FALSE((*summary)[0].more);
    EXPECT_LT((*summary)[0].oldest - start, 1s);
    ASSERT_TRUE((*summary)[0].site);
    EXPECT_EQ((*summary)[0].site->why, "mx: " + busy_reply.one_line());
    EXPECT_EQ((*summary)[0].site->failures, 3u);
    EXPECT_EQ((*summary)[1].recipients, 5u);
    EXPECT_FALSE((*summary)[1].site);
    EXPECT_EQ(queue->summary(1)->size(), 1u);
}

TEST_F(BrowseTest, mail_for_a_site_that_is_down_is_listed_with_its_trouble) {
    accept("ann@a.example", {"b@b.example"});
    const auto destination = next();
    const auto until = sim.wall_now() + 1h;
    queue->park(*destination, until, DestinationTrouble{"mx", busy_reply, 3});
    const auto listed = queue->list({}, {}, 10);
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->recipients.at(0).due, until);
    EXPECT_EQ(listed->recipients.at(0).last_reply, "mx: " + busy_reply.one_line());
}

TEST_F(BrowseTest, what_waits_for_its_time_can_be_made_due_now) {
    for (int i = 0; i < 250; ++i) accept("ann@a.example", {"b@b.example"});
    const auto destination = next();
    for (int i = 0; i < 250; ++i) settle(*take(*destination), SettledDeferred{"mx", busy_reply});
    queue->release(*destination);
    EXPECT_FALSE(next());
    EXPECT_EQ(retry({.message = {}, .destination_domain = "b.example", .sender = {}}), 250u);
    expect_whole(sim.disk());
    ASSERT_TRUE(next());
    int again = 0;
    while (auto work = take(*destination)) {
        EXPECT_EQ(work->recipients[0].attempts, 1u);
        settle(*work, SettledDelivered{});
        ++again;
    }
    EXPECT_EQ(again, 250);
    expect_empty_store();
}

TEST_F(BrowseTest, a_parked_destination_comes_at_once_when_its_mail_is_to_be_retried) {
    accept("ann@a.example", {"b@b.example"});
    const auto destination = next();
    queue->park(*destination, sim.wall_now() + 4h, DestinationTrouble{"mx", busy_reply});
    EXPECT_FALSE(next());
    EXPECT_EQ(retry({.message = {}, .destination_domain = "b.example", .sender = {}}), 1u);
    EXPECT_EQ(next(), destination);
}

TEST_F(BrowseTest, removing_tells_the_log_and_nobody_else_and_leaves_what_is_leased) {
    for (int i = 0; i < 210; ++i) accept("ann@a.example", {"b@b.example", "c@c.example"});
    auto leased = next_work();
    EXPECT_EQ(remove({.message = {}, .destination_domain = "b.example", .sender = {}}), 209u);
    EXPECT_EQ(events.count<Removed>(), 209u);
    EXPECT_EQ(events.all<Removed>()[0].by, "operator");
    expect_whole(sim.disk());
    EXPECT_EQ(remove({}), 210u);
    EXPECT_EQ(keys("o"), 0u);
    EXPECT_EQ(keys("m"), 1u);
    settle(*leased, SettledDelivered{});
    EXPECT_EQ(events.count<Completed>(), 210u);
    expect_empty_store();
    EXPECT_FALSE(next(1h));
}

}  // namespace
}  // namespace cursus
