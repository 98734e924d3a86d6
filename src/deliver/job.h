// One message on its way to a site, with those of its recipients that are due there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mail/events.h"
#include "queue/queue.h"
#include "runtime/event.h"

namespace cursus {

// The home reactor's account of one destination whose work is out. Others only hold and return it.
struct Feed {
    Destination destination;
    std::size_t out = 0;  // works handed out and not settled
    Event none_out;       // set while `out` is 0, and for good once its desk is replaced
};

// What was taken from the queue, kept whole until its last recipient is settled.
struct Taken {
    Work work;
    std::shared_ptr<Feed> feed;
};

// The last temporary refusal a recipient met, and by which host.
struct TemporaryRefusal {
    std::string host;
    Reply reply;
};

struct JobRecipient {
    DueRecipient due;
    std::optional<TemporaryRefusal> refusal;
    std::vector<std::string> refused_by = {};  // hosts, for now
    bool was_refused_by(const std::string& host) const;
};

struct Job {
    explicit Job(Taken first);
    bool is_same_mail(const Job& other) const;  // the same octets from the same sender
    // Takes over the recipients of another work of the same mail.
    void merge(Job&& other);
    MessageId message() const { return taken.front().work.message; }
    const Envelope& envelope() const { return *taken.front().work.envelope; }
    const std::shared_ptr<MessageBody>& body() const { return taken.front().work.body; }
    bool was_tried_at(const std::string& host) const;
    bool was_tried() const { return !refused_at.empty() || !failed_at.empty(); }

    std::vector<Taken> taken;
    std::vector<JobRecipient> open;  // not settled yet
    bool single_copy = false;
    std::vector<std::string> refused_at;  // hosts that answered with a temporary refusal
    std::vector<std::string> failed_at;   // hosts that broke down over it
};

}  // namespace cursus
