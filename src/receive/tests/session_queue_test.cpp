// Sessions before the real queue, on a simulated store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/transcript.h"

namespace cursus {
namespace {

Destination everything_local(const Mailbox&, const Handling&) {
    return "local";
}

class SessionAndQueue : public testing::Test {
protected:
    SessionAndQueue()
        : queue({world.sim.world(), world.sim.store(), world.events, world.settings, everything_local}),
          accepting(queue) {
        world.accepting = &accepting;
        EXPECT_TRUE(world.sim.run(queue.start()));
    }
    ~SessionAndQueue() override { world.sim.run(queue.stop()); }

    // One message of six octets in one chunk, so that there is one reply wherever the queue refuses it.
    void send(std::string_view reply) {
        converse(world, std::string(R"(
            S: 220 ...
            C: EHLO taurus.cus.cam.ac.uk
            S: 250-...
            S: 250-...
            S: 250-...
            S: 250-...
            S: 250-...
            S: 250-...
            S: 250-...
            S: 250-...
            S: 250 ...
            C: MAIL FROM:<phl0@cus.cam.ac.uk>
            C: RCPT TO:<julius@ancient-rome.net>
            C: BDAT 6 LAST
            C: text
            S: 250 2.1.0 OK
            S: 250 2.1.5 Accepted
            S: )") + std::string(reply) +
                            "\nC: QUIT\nS: 221 ...\n");
    }
    std::string body_of(Work& work) {
        std::string text;
        while (true) {
            const auto piece = world.sim.run(work.body->piece(text.size()));
            if (!piece || (*piece)->empty()) return text;
            text += **piece;
        }
    }

    SessionWorld world;
    Queue queue;
    QueueAccepting accepting;
};

TEST_F(SessionAndQueue, a_message_acknowledged_lies_in_the_queue_as_it_was_sent) {
    send("250 2.0.0 OK id=...");
    const auto destination = world.sim.run(queue.next_destination());
    ASSERT_TRUE(destination);
    auto work = world.sim.run(queue.take(*destination, 10));
    ASSERT_TRUE(work);
    EXPECT_EQ(work->recipients.at(0).address.text(), "julius@ancient-rome.net");
    EXPECT_EQ(path_text(work->envelope->sender), "<phl0@cus.cam.ac.uk>");
    const std::string body = body_of(*work);
    EXPECT_THAT(body, testing::StartsWith("Received: from taurus.cus.cam.ac.uk"));
    EXPECT_THAT(body, testing::EndsWith("\r\ntext\r\n"));
    EXPECT_EQ(work->envelope->size, body.size());
    EXPECT_THAT(world.written, testing::HasSubstr("id=" + work->message.text()));
}

TEST_F(SessionAndQueue, a_full_disk_is_452_and_mail_is_taken_again_when_there_is_room) {
    world.sim.disk().trouble = StoreErrorKind::Full;
    send("452 4.3.1 ...");
    world.sim.disk().trouble.reset();
    world.sim.run_for(std::chrono::minutes{2});
    send("250 2.0.0 OK id=...");
}

TEST_F(SessionAndQueue, a_broken_store_is_451) {
    world.sim.disk().trouble = StoreErrorKind::Failed;
    send("451 4.3.0 ...");
    world.sim.disk().trouble.reset();
    world.sim.run_for(std::chrono::minutes{2});
    send("250 2.0.0 OK id=...");
}

}  // namespace
}  // namespace cursus
