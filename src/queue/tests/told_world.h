// A queue in the simulated world from which nothing is delivered, and what its senders are told of it when.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "queue/tests/queue_world.h"

namespace cursus {

class ToldWorld : public QueueWorld {
protected:
    static Task<void> collect(Queue& queue, std::shared_ptr<std::vector<OwedReport>> found) {
        for (;;) {
            auto owed = co_await queue.next_owed();
            if (!owed) co_return;
            found->push_back(*std::move(owed));
        }
    }
    // "warned bob@b.example 4h", a line for each recipient told of, while nothing is delivered.
    std::vector<std::string> told(Duration within, Duration restart_after) {
        std::vector<std::string> lines;
        Duration since_restart{};
        auto owed = std::make_shared<std::vector<OwedReport>>();
        start(collect(*queue, owed));
        for (Duration time{}; time < within; time += std::chrono::minutes{10}) {
            sim.run_for(std::chrono::minutes{10});
            since_restart += std::chrono::minutes{10};
            if (since_restart >= restart_after && owed->empty()) {
                reopen();
                since_restart = {};
                start(collect(*queue, owed));
                sim.run_for(std::chrono::seconds{1});
            }
            for (const auto& report : std::exchange(*owed, {})) {
                const auto age =
                    std::chrono::round<std::chrono::minutes>(sim.wall_now() - report.envelope->arrived);
                const std::string what = report.kind == OwedKind::Delayed ? "warned " : "failed ";
                for (const auto& recipient : report.recipients) {
                    if (recipient.reply) replies.push_back(recipient.reply->one_line());
                    lines.push_back(what + recipient.address + " " + std::to_string(age.count() / 60) + "h" +
                                    std::to_string(age.count() % 60 / 10 * 10));
                    if (recipient.will_retry_until)
                        until[recipient.address] = *recipient.will_retry_until - report.envelope->arrived;
                }
                sim.run(queue->forgive(report));
            }
        }
        return lines;
    }

    std::map<std::string, Duration> until;  // the warning's promise
    std::vector<std::string> replies;       // that were told
};

}  // namespace cursus
