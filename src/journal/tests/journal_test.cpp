#include "journal/journal.h"

#include <gtest/gtest.h>
#include <map>

#include "journal/event_stream.h"
#include "journal/metrics.h"
#include "sim/world.h"

namespace cursus {
namespace {

class MemoryArchive final : public Archive {
public:
    Result<void, StoreError> append(std::vector<Entry> entries) override {
        if (is_failing) return failure(StoreError{StoreErrorKind::Full, "no room"});
        for (auto& entry : entries) entries_[entry.key] = std::move(entry.value);
        return {};
    }
    Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                std::size_t limit) const override {
        std::vector<Entry> found;
        for (auto it = entries_.lower_bound(from);
             it != entries_.end() && it->first < to && found.size() < limit; ++it) {
            found.push_back({it->first, it->second});
        }
        return found;
    }
    bool is_failing = false;

private:
    std::map<std::string, std::string, std::less<>> entries_;
};

class Collector final : public EventSink, public EventReader {
public:
    void emit(MailEvent event) noexcept override { events.push_back(std::move(event)); }
    void read(std::span<const MailEvent> read_now) override {
        events.insert(events.end(), read_now.begin(), read_now.end());
        ++readings;
    }
    std::vector<MailEvent> events;
    std::size_t readings = 0;
};

MailEvent accepted(std::uint64_t message, std::string sender, std::string recipient) {
    return {WallTime{std::chrono::microseconds{message}}, SessionId{1}, MessageId{message},
            Accepted{std::move(sender), {std::move(recipient)}, 10, "ESMTP"}};
}

TEST(Journal, finds_the_events_of_an_id_in_order) {
    MemoryArchive archive;
    Collector trouble;
    JournalReader reader(archive, trouble);
    const std::vector<MailEvent> events{
        accepted(5, "<a@b.example>", "<c@d.example>"),
        accepted(6, "<a@b.example>", "<e@f.example>"),
        {WallTime{std::chrono::microseconds{9}}, {}, MessageId{5}, Completed{}}};
    reader.read(events);
    const auto lines = trace_id(archive, 5, 10).value();
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_NE(lines[0].find("\"accepted\""), std::string::npos);
    EXPECT_NE(lines[1].find("\"completed\""), std::string::npos);
    EXPECT_EQ(trace_id(archive, 5, 1).value().size(), 1u);
    EXPECT_TRUE(trace_id(archive, 7, 10).value().empty());
}

TEST(Journal, tells_a_session_what_became_of_its_messages_but_not_what_becomes_of_them_later) {
    MemoryArchive archive;
    Collector trouble;
    JournalReader reader(archive, trouble);
    const WallTime later{std::chrono::microseconds{9}};
    reader.read(std::vector<MailEvent>{
        accepted(5, "<a@b.example>", "<c@d.example>"),
        {later, SessionId{1}, MessageId{6}, Discarded{"<a@b.example>", {"<e@f.example>"}, "sink", ""}},
        {later, SessionId{1}, MessageId{6},
         RecipientRefused{"<g@f.example>", "virus", Reply{550, Status{5, 7, 1}, "No"}}},
        {later, SessionId{1}, MessageId{7}, Surveyed{100, {"image/png x.png"}, {}, {}}},
        {later, SessionId{1}, MessageId{7},
         DataRefused{"<a@b.example>", {"<e@f.example>"}, "programs", Reply{550, Status{5, 7, 1}, "No"}, 100}},
        {later, SessionId{1}, MessageId{5},
         Bounced{"<c@d.example>", "", Reply{550, Status{5, 0, 0}, "No"}}}});
    const auto lines = trace_id(archive, 1, 10).value();
    ASSERT_EQ(lines.size(), 5u);
    for (const std::string_view kind :
         {"accepted", "discarded", "recipient_refused", "surveyed", "data_refused"})
        EXPECT_EQ(std::ranges::count_if(lines, [&](const auto& line) { return line.contains(kind); }), 1)
            << kind;
    EXPECT_EQ(trace_id(archive, 5, 10).value().size(), 2u);
    EXPECT_EQ(trace_address(archive, "c@d.example", 10).value(), (std::vector<std::uint64_t>{5}));
}

TEST(Journal, finds_ids_by_address_newest_first_whatever_the_case) {
    MemoryArchive archive;
    Collector trouble;
    JournalReader reader(archive, trouble);
    reader.read(std::vector<MailEvent>{accepted(5, "<a@b.example>", "<c@d.example>"),
                                       accepted(6, "<A@B.example>", "<e@f.example>")});
    EXPECT_EQ(trace_address(archive, "a@B.EXAMPLE", 10).value(), (std::vector<std::uint64_t>{6, 5}));
    EXPECT_EQ(trace_address(archive, "<e@f.example>", 10).value(), (std::vector<std::uint64_t>{6}));
    EXPECT_TRUE(trace_address(archive, "a@b.exampl", 10).value().empty());
}

TEST(Journal, tells_once_that_it_fails_and_once_that_it_works_again) {
    MemoryArchive archive;
    Collector trouble;
    JournalReader reader(archive, trouble);
    archive.is_failing = true;
    for (int i = 0; i < 3; ++i) reader.read(std::vector<MailEvent>{accepted(5, "<>", "<c@d.example>")});
    archive.is_failing = false;
    for (int i = 0; i < 3; ++i) reader.read(std::vector<MailEvent>{accepted(5, "<>", "<c@d.example>")});
    ASSERT_EQ(trouble.events.size(), 2u);
    EXPECT_EQ(std::get<Trouble>(trouble.events[0].body).what, "no room");
}

TEST(EventStream, keeps_order_and_counts_what_it_had_to_drop) {
    SimWorld sim;
    Collector reader;
    EventStream stream(sim.reactor(), sim.world().offload, {&reader}, 2);
    for (std::uint64_t i = 1; i <= 5; ++i) stream.emit(accepted(i, "<>", "<c@d.example>"));
    sim.run(stream.drained());
    ASSERT_EQ(reader.events.size(), 3u);
    EXPECT_EQ(reader.events[0].message.value(), 1u);
    EXPECT_EQ(reader.events[1].message.value(), 2u);
    EXPECT_NE(std::get<Trouble>(reader.events[2].body).what.find("3 events were not recorded"),
              std::string::npos);
    EXPECT_EQ(stream.dropped(), 3u);
    stream.emit(accepted(9, "<>", "<c@d.example>"));
    sim.run(stream.drained());
    EXPECT_EQ(reader.events.back().message.value(), 9u);
    sim.run(stream.drained());  // with nothing waiting it returns at once
}

TEST(EventStream, gathers_what_comes_within_a_moment_and_goes_on_while_more_comes) {
    SimWorld sim;
    Collector reader;
    EventStream stream(sim.reactor(), sim.world().offload, {&reader});
    for (std::uint64_t i = 1; i <= 30; ++i) {
        stream.emit(accepted(i, "<>", "<c@d.example>"));
        sim.run_for(EventStream::gathering / 10);
    }
    sim.run(stream.drained());
    EXPECT_EQ(reader.events.size(), 30u);
    EXPECT_GE(reader.readings, 2u);
    EXPECT_LE(reader.readings, 4u);
}

TEST(Metrics, count_events_refusals_and_octets) {
    MetricsReader metrics;
    metrics.read(std::vector<MailEvent>{
        accepted(1, "<>", "<c@d.example>"),
        accepted(2, "<>", "<c@d.example>"),
        {{},
         SessionId{1},
         {},
         RecipientRefused{"<x@y.example>", "relay", Reply{550, Status{5, 7, 1}, "No"}}}});
    const auto text = metrics.text();
    EXPECT_NE(text.find("\ncursus_events_total{event=\"accepted\"} 2\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\ncursus_refused_replies_total{class=\"5xx\"} 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\ncursus_accepted_bytes_total 20\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace cursus
