// Everything a local address leads to: aliases, included lists and forward files, down to mailboxes and
// addresses elsewhere. Nothing is delivered and nothing kept here; the result is what the queue writes in one
// batch, and what `cursus route` prints.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "mail/handling.h"
#include "mail/mailbox.h"
#include "mail/reply.h"
#include "route/destinations.h"
#include "route/local_lookup.h"
#include "route/return_paths.h"
#include "runtime/deputy.h"
#include "runtime/reactor.h"
#include "runtime/task.h"

namespace cursus {

// One step of the way, as it was gone.
struct ExpansionStep {
    std::optional<std::size_t> from;  // the step it was taken from; none: the address itself
    std::string subject;              // an address, or a target as it would be written
    std::string by;                   // what led here: "/etc/aliases:12", "/users/bob/.forward:1"
    std::string end;  // what it came to, when it leads no further: "mailbox of bob", "delivered once"
};

// Where one copy goes in the end.
struct Leaf {
    Mailbox address;
    Handling handling;
    std::optional<Reply> failure;  // it goes nowhere, for good
    std::size_t step = 0;
    bool is_of_list = false;  // with an owner: the sender knows nothing of its members
};

// The same for two leaves that are one destination, whatever led there.
std::string destination_key(const Leaf& leaf);

struct Expansion {
    std::vector<ExpansionStep> steps;
    std::vector<Leaf> leaves;  // each destination once; none: all is thrown away as the lists say

    // The address is its own mailbox and nothing else: it need not be written anew.
    bool is_itself(const Mailbox& address) const;
};

// The envelope's sender and the address, as far as they bear on the result.
struct ExpansionRequest {
    Mailbox address;
    ReversePath sender;
};

// Whether forward files are read at all: decided once, so that a deputy that fails later makes mail wait and
// does not send it past them.
enum class ForwardFiles : std::uint8_t { Heeded, PassedOver };

struct ExpanderNeeds {
    World& world;
    const Settings& settings;
    const LocalLookup& lookup;
    const Destinations& destinations;
    const ReturnPaths& returns;
    ForwardFiles forward_files;
};

class Expander {
public:
    explicit Expander(const ExpanderNeeds& needs) : needs_(needs) {}

    // The error is temporary: a list, a file or a table that cannot be read now, or limits that are exceeded.
    // Nothing is known then, and nobody may be delivered to.
    Task<Result<Expansion, Reply>> expand(ExpansionRequest request) const;

private:
    ExpanderNeeds needs_;
};

}  // namespace cursus
