// What is known of a session so far, and a way to find out more: what rules are decided on. A session that
// happens has one (receive/), one that does not happen too (`cursus explain`).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/ip.h"
#include "base/time.h"
#include "config/settings.h"
#include "mail/envelope.h"
#include "mail/events.h"
#include "mail/mailbox.h"
#include "policy/advice.h"
#include "policy/found.h"
#include "runtime/stream.h"
#include "runtime/task.h"

namespace cursus {

// Nothing here had to be asked for.
struct SessionFacts {
    SessionId session;
    std::string listener;
    Service service = Service::Mx;
    Endpoint client;  // 0.0.0.0: it has no address that is known
    Endpoint server;
    std::string name;     // of its address, confirmed or stated by a host we trust; empty: not known (yet)
    std::string country;  // empty: not known
    std::string helo;     // as given; empty: not yet
    Protocol protocol = Protocol::Esmtp;
    std::optional<TlsFacts> tls;
    std::string account, mechanism;  // who has logged in, and how; empty: nobody
    bool is_trusted = false;         // it may send to anywhere
    std::optional<ReversePath> sender;
    std::uint64_t declared_size = 0;      // by SIZE; 0: not said
    std::vector<std::string> recipients;  // taken so far, in this transaction
    std::uint32_t transaction = 0;        // which of the session's
    std::string message;                  // its id in the queue; empty: there is none yet
    Words tags;
};

struct AttachedPart {
    std::string type;                // media type, lower case
    std::vector<std::string> names;  // every file name that a reader may take it to have
    friend bool operator==(const AttachedPart&, const AttachedPart&) = default;
};
// Of a message that has come in whole.
struct ContentFacts {
    std::uint64_t size = 0;
    std::string header;  // its fields, without the empty line; our own Received field is not among them
    bool has_all_header = true;  // false: it is longer than it was read
    std::vector<AttachedPart> attachments;
    Words findings;        // names of what is malformed
    Words refused, noted;  // of those, what [malformed] refuses of this service, and only notes
    std::vector<std::string> uri_hosts;
    bool has_all_hosts = true;  // false: a bound was reached, and there may be more of them
    bool has_all_parts = true;  // false: a bound was reached, and there may be attachments that were not seen
};

class Evidence {
public:
    virtual ~Evidence() = default;
    virtual const SessionFacts& facts() const = 0;
    virtual const ContentFacts* content() const = 0;  // null before the data stage
    virtual WallTime now() const = 0;
    virtual const std::string& hostname() const = 0;

    // Begins to find out, without waiting: it will be asked.
    virtual void begin(Question question) = 0;
    // What was asked once is remembered, and told as an event when it was first known.
    virtual Task<Found> ask(Question question) = 0;
    // These count what they are asked about, and so are never remembered nor begun ahead.
    virtual Task<Found> count(Rate rate, std::string bucket, std::string key) = 0;
    virtual Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                                     std::optional<Mailbox> recipient) = 0;
    // A message counts once, though rules may be asked about each of its recipients: the first answer of a
    // transaction stays.
    Task<Found> count_message(Rate rate, std::string bucket, std::string key);
    // The same of an advisor that is asked about it.
    Task<Result<Advice, std::string>> advise_on_message(AdvisorAddress advisor);
    virtual void tell(EventBody event) = 0;

private:
    // What was said of the transaction's message.
    struct OfMessage {
        std::map<std::pair<std::string, std::string>, Found> counted;  // by bucket and key
        std::map<AdvisorAddress, Result<Advice, std::string>> advised;
    };
    OfMessage& of_message();

    std::uint32_t transaction_ = 0;  // whose `of_message_` is
    OfMessage of_message_ = {};
};

}  // namespace cursus
