// Delivery to the mailboxes of this host, several at once.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "config/settings.h"
#include "deliver/job.h"
#include "deliver/maildir.h"
#include "deliver/settling.h"
#include "mail/events.h"
#include "queue/queue.h"
#include "route/mailbox_path.h"
#include "runtime/channel.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr std::size_t local_messages_at_once = 16;
inline constexpr std::size_t local_recipients_at_once = 100;    // of one message
inline constexpr std::size_t maildirs_remembered_max = 10'000;  // those known to have their directories

struct LocalNeeds {
    World& world;
    Queue& queue;
    EventSink& events;
    const Settings& settings;
};

class LocalDelivery {
public:
    explicit LocalDelivery(LocalNeeds needs) : needs_(needs), paths_(needs.settings) {}

    // Until nothing is due, and gives the destination back. On the home reactor; one at a time.
    Task<void> serve(Destination destination);
    void stop() { is_stopping_ = true; }

private:
    using Works = Channel<Taken>;
    Task<void> carry(Works& works, Settling& results);
    Task<void> deliver(const Work& work, const DueRecipient& recipient, Settling& results);
    // Nullopt: it is in the mailbox, for good.
    Task<std::optional<Reply>> write(const Work& work, const DueRecipient& recipient, std::string maildir);
    Task<std::optional<Reply>> write_pieces(const Work& work, MaildirFile& file, std::string text,
                                            bool is_known, std::string maildir);
    std::string head(const Work& work, const DueRecipient& recipient) const;
    std::string file_name(const Work& work, const DueRecipient& recipient) const;
    Reactor& home() { return *needs_.world.reactors.front(); }

    LocalNeeds needs_;
    MailboxPath paths_;
    std::unordered_set<std::string> known_;  // Maildirs whose directories are there
    bool is_stopping_ = false;
};

}  // namespace cursus
