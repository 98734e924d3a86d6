// Delivery on this host, several messages at once: what a local address leads to is found out, and what ends
// here is written: mailboxes, files, commands.
#pragma once

#include <optional>
#include <string>

#include "config/settings.h"
#include "deliver/address_places.h"
#include "deliver/branches.h"
#include "deliver/job.h"
#include "deliver/local_copy.h"
#include "deliver/own_maildir.h"
#include "deliver/settling.h"
#include "mail/events.h"
#include "queue/queue.h"
#include "route/local_routing.h"
#include "runtime/channel.h"
#include "runtime/reactor.h"

namespace cursus {

// Many more than may wait for slow deliveries without a limit of time (deliver/address_places.h).
inline constexpr std::size_t local_messages_at_once = 512;
inline constexpr std::size_t local_recipients_at_once = 100;  // of one message

struct LocalNeeds {
    World& world;
    Queue& queue;
    EventSink& events;
    std::shared_ptr<const Ways> ways;
};

class LocalDelivery {
public:
    explicit LocalDelivery(LocalNeeds needs) : needs_(std::move(needs)), maildirs_(needs_.world) {}

    // Until nothing is due, and gives the destination back. On the home reactor; one at a time.
    Task<void> serve(Destination destination);
    void stop() { is_stopping_ = true; }
    void adopt(std::shared_ptr<const Ways> ways) {
        needs_.ways = std::move(ways);
    }  // from the next message on

private:
    using Works = Channel<Taken>;
    // What became of one copy. `where` is for people: a path, a command.
    struct Outcome {
        Reply reply;
        std::string where;
    };

    Task<void> carry(Works& works, Settling& results);
    Task<void> deliver_all(const Work& work, Settling& results);
    // Whether the copy ends here, and is to be written; else it is settled, or among the branches.
    Task<bool> look(LocalCopy copy, Branches& branches, Settling& results);
    Task<Outcome> write(LocalCopy copy);
    Task<std::optional<AddressPlaces::Place>> place_for(LocalCopy copy);
    Task<Result<Expansion, Reply>> expand(LocalCopy copy);
    // An outcome: it has been, or nobody can tell.
    Task<std::optional<Outcome>> was_here_before(LocalCopy copy);
    void branch_off(Branches& branches, Settling& results);
    void branch_off(Branching branching, Settling& results);
    Task<Outcome> end_in(LocalCopy copy, LocalTarget target);
    Task<Outcome> end_in_mailbox(LocalCopy copy);
    Task<Outcome> end_in_place(LocalCopy copy, Person person, MailboxPlace place);
    Task<Outcome> act_as(LocalCopy copy, std::string user, DeputyOrder order, std::string where);
    Task<Outcome> act_as(LocalCopy copy, SystemUser user, DeputyOrder order, std::string where);
    Outcome outcome_of(LocalCopy copy, const DeputyResult& result, std::string where) const;
    Outcome full(LocalCopy copy, const std::string& what) const;
    void settle(LocalCopy copy, Outcome outcome, Settling& results);
    void emit(MessageId message, EventBody body);
    Reactor& home() { return *needs_.world.reactors.front(); }

    LocalNeeds needs_;
    OwnMaildirs maildirs_;
    AddressPlaces places_;
    bool is_stopping_ = false;
};

}  // namespace cursus
