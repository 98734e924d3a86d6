// How long mail is tried for, by its recipient's domain: [retry], and [[domain]] for some.
#pragma once

#include <string>
#include <unordered_map>

#include "config/settings.h"
#include "mail/mailbox.h"
#include "queue/wall.h"

namespace cursus {

struct Lifetime {
    Duration warn_after, give_up_after;
    bool is_usual = true;  // that of [retry]
    WallTime warn_at(WallTime arrived) const { return later_by(arrived, warn_after); }
    WallTime give_up_at(WallTime arrived) const { return later_by(arrived, give_up_after); }
};

// Pure, thread-safe.
class Lifetimes {
public:
    explicit Lifetimes(const Settings& settings);
    const Lifetime& usual() const { return usual_; }
    // The domain's own, else that of its nearest suffix, else that of "*". An address literal has only "*".
    const Lifetime& of(const Mailbox& recipient) const;

private:
    Lifetime usual_;
    std::unordered_map<std::string, Lifetime> by_pattern_;
};

}  // namespace cursus
