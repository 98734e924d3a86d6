// Pays what the queue owes to senders: a delivery status notification for mail that failed for good or waits
// long.
#pragma once

#include <optional>
#include <string>

#include "config/settings.h"
#include "mail/dsn.h"
#include "mail/events.h"
#include "queue/queue.h"
#include "runtime/reactor.h"
#include "runtime/task_group.h"

namespace cursus {

// A larger message is not returned whole, only its header: a notice is no way to send mail to third parties.
inline constexpr std::uint64_t returned_octets_max = 64 * 1024;
inline constexpr std::size_t reports_at_once = 8;

struct ReportNeeds {
    World& world;  // home is world.reactors[0]
    Queue& queue;
    EventSink& events;
    const Settings& settings;
};

// What goes into the queue for a debt.
struct Notification {
    Envelope envelope;
    NewRecipient to;
    std::string message;
};

class Reporter {
public:
    explicit Reporter(ReportNeeds needs);
    Reporter(const Reporter&) = delete;
    Reporter& operator=(const Reporter&) = delete;

    void start();       // on the home reactor
    Task<void> join();  // the queue has been stopped

private:
    Task<void> pay_debts();
    Task<void> tell(const OwedReport& debt, const Mailbox& sender);
    Task<std::string> front_of(const OwedReport& debt);
    Reactor& home() { return *needs_.world.reactors.front(); }

    ReportNeeds needs_;
    TaskGroup paying_;
};

// RFC 3464 §2, RFC 3461 §6.1: null sender, nobody is told about its own failure. `content` is the whole
// message or as much of its front as returned_octets_max; `chance` makes the Message-ID and the boundary.
Notification compose(const OwedReport& debt, const Mailbox& sender, std::string_view content,
                     const std::string& own_name, WallTime now, Random& chance);

}  // namespace cursus
