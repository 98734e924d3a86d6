// How long mail is tried for: by its recipient's domain ([retry], and [[domain]] for some), and by what its
// sender asked (RFC 4865, RFC 2852).
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "config/settings.h"
#include "mail/envelope.h"
#include "queue/records.h"
#include "queue/wall.h"

namespace cursus {

struct Lifetime {
    Duration warn_after, give_up_after;
    bool is_usual = true;  // that of [retry]
    WallTime warn_at(WallTime arrived) const { return later_by(arrived, warn_after); }
    WallTime give_up_at(WallTime arrived) const { return later_by(arrived, give_up_after); }
};

// What comes when, for one recipient of one message.
struct Times {
    WallTime warn_at{}, give_up_at{};    // warn_at: the end of time when that is done
    std::optional<WallTime> overdue_at;  // RFC 2852 §4.1.3: then its sender is told, and it is tried further
    bool are_usual = true;               // by [retry], from its arrival on

    bool is_overdue_between(WallTime from, WallTime now) const {
        return overdue_at && *overdue_at >= from && *overdue_at <= now;
    }
    bool warns_between(WallTime from, WallTime now) const {
        return (warn_at >= from && warn_at <= now) || is_overdue_between(from, now);
    }
    WallTime next_after(WallTime now) const;  // give_up_at has not come
};

// Pure, thread-safe.
class Lifetimes {
public:
    explicit Lifetimes(const Settings& settings);
    const Lifetime& usual() const { return usual_; }
    // The domain's own, else that of its nearest suffix, else that of "*". An address literal has only "*".
    const Lifetime& of(const Mailbox& recipient) const;
    // Of one that is not held.
    Times times_of(const Envelope& envelope, const RecipientRecord& recipient) const;

private:
    Lifetime usual_;
    std::unordered_map<std::string, Lifetime> by_pattern_;
};

}  // namespace cursus
