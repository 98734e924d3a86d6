// A queue in the simulated world, and short words for what tests do with it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "queue/queue.h"
#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {

class CollectedEvents : public EventSink {
public:
    void emit(MailEvent event) noexcept override {
        ++counts_.at(event.body.index());
        events.push_back(std::move(event));
    }
    template <class Body>
    std::vector<Body> all() const {
        std::vector<Body> found;
        for (const auto& event : events) {
            if (const auto* body = std::get_if<Body>(&event.body)) found.push_back(*body);
        }
        return found;
    }
    // Since the beginning. Tests wait for a count, and ask at every step of the world.
    template <class Body>
    std::size_t count() const {
        return counts_.at(place_of<Body>(static_cast<const EventBody*>(nullptr)));
    }
    std::vector<MailEvent> events;

private:
    template <class Body, class... Bodies>
    static constexpr std::size_t place_of(const std::variant<Bodies...>* /*all*/) {
        std::size_t place = 0;
        (void)((std::is_same_v<Body, Bodies> || (++place, false)) || ...);
        return place;
    }

    std::array<std::size_t, std::variant_size_v<EventBody>> counts_{};
};

inline Mailbox mailbox(std::string_view text) {
    return Mailbox::parse(text).value();
}

inline Envelope envelope_from(std::string_view sender) {
    Envelope envelope;
    envelope.service = "mx";
    if (!sender.empty()) envelope.sender = mailbox(sender);
    return envelope;
}

inline std::vector<NewRecipient> recipients_of(const std::vector<std::string>& addresses) {
    std::vector<NewRecipient> recipients;
    for (const auto& address : addresses) {
        recipients.push_back({.address = mailbox(address), .original = {}, .notify = {}});
    }
    return recipients;
}

inline const Reply accepted_reply{250, Status{2, 0, 0}, "Ok"};
inline const Reply busy_reply{451, Status{4, 3, 0}, "Busy"};
inline const Reply unknown_reply{550, Status{5, 1, 1}, "No such mailbox"};

class QueueWorld {
public:
    explicit QueueWorld(std::uint64_t seed = 1, SimOptions options = {}) : sim(seed, std::move(options)) {}
    virtual ~QueueWorld() {
        if (queue) close();
    }
    QueueWorld(const QueueWorld&) = delete;
    QueueWorld& operator=(const QueueWorld&) = delete;

    void make() {
        beside_ = std::make_unique<TaskGroup>(sim.executor());
        queue = std::make_unique<Queue>(QueueNeeds{sim.world(), store(), events, settings, destination_of});
    }
    void open() {
        make();
        const auto started = sim.run(queue->start());
        ASSERT_TRUE(started) << started.error().what;
    }
    void close() {
        sim.run(queue->stop());
        sim.run(beside_->join());
        asked_.reset();
        sim.run_for(std::chrono::milliseconds{1});  // what was given up on the way out arrives
        queue.reset();
    }
    // In order: what was taken is given back first.
    void reopen() {
        close();
        open();
    }
    // Like a kill -9: what was not synced is lost or not.
    void crash() {
        sim.kill();
        open_after_kill();
    }
    void open_after_kill() {
        graveyard::keep(std::move(queue));
        graveyard::keep(std::move(beside_));
        asked_.reset();
        sim.restart();
        open();
    }

    Result<MessageId, QueueError> try_accept(Envelope envelope, std::vector<NewRecipient> recipients,
                                             std::string body) {
        return sim.run(accept_one(*queue, std::move(envelope), std::move(recipients), std::move(body)));
    }
    MessageId accept(std::string_view sender, const std::vector<std::string>& recipients,
                     std::string body = "Subject: x\r\n\r\nHello\r\n") {
        auto id = try_accept(envelope_from(sender), recipients_of(recipients), std::move(body));
        EXPECT_TRUE(id) << id.error().what;
        return id.value_or(MessageId());
    }
    static Task<Result<MessageId, QueueError>> accept_one(Queue& queue, Envelope envelope,
                                                          std::vector<NewRecipient> recipients,
                                                          std::string body) {
        auto intake = co_await queue.begin();
        if (!intake) co_return failure(intake.error());
        auto appended = co_await (*intake)->append(std::move(body));
        if (!appended) co_return failure(appended.error());
        const auto id = (*intake)->id();
        auto kept = co_await (*intake)->commit(std::move(envelope), std::move(recipients));
        if (!kept) co_return failure(kept.error());
        co_return id;
    }

    // The next destination with work within `patience`; nullopt when there is none.
    std::optional<Destination> next(Duration patience = std::chrono::milliseconds{100}) {
        auto found = std::make_shared<std::optional<Destination>>();
        if (!asked_) {
            asked_ = found;
            start(ask(*queue, found));
        }
        const auto answer = asked_;
        const auto until = sim.now() + patience;
        if (!sim.run_until([&] { return answer->has_value(); }, patience)) {
            sim.run_for(until - sim.now());  // the rest of it, in which nothing happens
            return std::nullopt;
        }
        asked_.reset();
        return *answer;
    }
    std::optional<Work> take(const Destination& destination, std::size_t recipients_max = 100) {
        return sim.run(queue->take(destination, recipients_max));
    }
    // The work of the next destination, which is released again.
    std::optional<Work> next_work(Duration patience = std::chrono::milliseconds{100}) {
        const auto destination = next(patience);
        if (!destination) return std::nullopt;
        auto work = take(*destination);
        queue->release(*destination);
        return work;
    }
    template <class Outcome>
    void settle(const Work& work, Outcome outcome) {
        std::vector<Settlement> settlements;
        for (const auto& recipient : work.recipients) settlements.push_back({recipient.key, outcome});
        sim.run(queue->settle(std::move(settlements)));
    }
    std::optional<OwedReport> next_owed() { return sim.run(queue->next_owed()); }

    std::string body_of(MessageBody& body) {
        std::string whole;
        for (;;) {
            auto piece = sim.run(body.piece(whole.size()));
            EXPECT_TRUE(piece) << piece.error().what;
            if (!piece || (*piece)->empty()) return whole;
            whole += **piece;
        }
    }
    std::size_t keys(std::string_view prefix) const {
        std::size_t count = 0;
        for (const auto& [key, value] : sim_disk().entries) count += key.starts_with(prefix) ? 1 : 0;
        return count;
    }
    // Nothing is left but the version and the lease.
    void expect_empty_store() const {
        EXPECT_EQ(sim_disk().entries.size(), 2u);
        EXPECT_TRUE(sim_disk().blobs.empty());
    }

    // What the queue is opened on; a test may put something in front of the simulated store.
    virtual Store& store() { return sim.store(); }

    SimWorld sim;
    CollectedEvents events;
    Settings settings;
    DestinationOf destination_of = [](const Mailbox& address, const Handling&) {
        return "domain:" + host_text(address.host());
    };
    std::unique_ptr<Queue> queue;

    // A task beside the test's, on the program's first reactor. It must end when the queue stops.
    void start(Task<void> task) { beside_->spawn(std::move(task)); }

private:
    static Task<void> ask(Queue& queue, std::shared_ptr<std::optional<Destination>> answer) {
        auto found = co_await queue.next_destination();
        if (found) *answer = std::move(found);
    }
    const SimDisk& sim_disk() const { return const_cast<SimWorld&>(sim).disk(); }

    std::shared_ptr<std::optional<Destination>> asked_;
    std::unique_ptr<TaskGroup> beside_;
};

}  // namespace cursus
