// The return paths we give to mail that is forwarded (SRS), and what becomes of bounces to them.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mail/mailbox.h"
#include "mail/reply.h"
#include "route/srs.h"
#include "runtime/clock.h"

namespace cursus {

struct ReturnPath {  // such an address: its bounce goes on to the sender
    Mailbox to;
};
struct Refused {  // for good: a forged or outdated one
    Reply reply;
};

// Immutable; any thread.
class ReturnPaths {
public:
    ReturnPaths() = default;  // forwarded mail keeps its sender
    // The clock outlives it. `domain` is a local one, so that bounces come back to us.
    ReturnPaths(SrsKeys keys, Domain domain, Clock& clock);

    bool is_on() const { return srs_.has_value(); }
    // The sender of mail that goes on from here; as it was, if it cannot be rewritten or need not be.
    Mailbox of_forwarded(const Mailbox& sender) const;
    // Nullopt: the address is none of ours. Only bounces are let through: whoever has received forwarded mail
    // knows an address that leads to its sender.
    std::optional<std::variant<ReturnPath, Refused>> read(const Mailbox& address,
                                                          const ReversePath& sender) const;

private:
    struct Srs {
        SrsKeys keys;
        Domain domain;
        Clock* clock;
    };
    std::optional<Srs> srs_;
};

}  // namespace cursus
