// What a program says that was asked within the session: typed, and safe to act on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mail/mailbox.h"
#include "mail/reply.h"

namespace cursus {

// A header field to be put before the message's own: its name is one, and its body one line of printable
// ASCII.
struct AdvisedField {
    std::string name, body;
    friend bool operator==(const AdvisedField&, const AdvisedField&) = default;
};

struct Advice {
    struct NoOpinion {
        friend bool operator==(const NoOpinion&, const NoOpinion&) = default;
    };
    struct Accept {
        friend bool operator==(const Accept&, const Accept&) = default;
    };
    struct Reject {
        Reply reply;  // 5yz
        friend bool operator==(const Reject&, const Reject&) = default;
    };
    struct Defer {
        Reply reply;  // 4yz
        friend bool operator==(const Defer&, const Defer&) = default;
    };
    // Only if nothing that is asked later refuses for good.
    struct DeferUnlessRejected {
        Reply reply;  // 4yz
        friend bool operator==(const DeferUnlessRejected&, const DeferUnlessRejected&) = default;
    };
    // Whatever is asked later and would refuse for good refuses for now.
    struct DeferIfRejected {
        Reply reply;  // 4yz
        friend bool operator==(const DeferIfRejected&, const DeferIfRejected&) = default;
    };
    struct Discard {
        friend bool operator==(const Discard&, const Discard&) = default;
    };
    struct Hold {
        friend bool operator==(const Hold&, const Hold&) = default;
    };
    // A reply of 421 or 521 ends the session.
    using Decision =
        std::variant<NoOpinion, Accept, Reject, Defer, DeferUnlessRejected, DeferIfRejected, Discard, Hold>;

    Decision decision = {};
    std::vector<AdvisedField> fields = {};
    std::vector<Mailbox> copies = {};      // get the message too
    std::optional<Mailbox> redirect = {};  // gets the message in place of all its recipients
    std::vector<std::string> tags = {};
    std::vector<std::string> notes = {};  // for the log, printable ASCII
    friend bool operator==(const Advice&, const Advice&) = default;
};

std::string_view name(const Advice::Decision& decision);  // "reject"

}  // namespace cursus
