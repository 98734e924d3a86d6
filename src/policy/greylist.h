// Greylisting, RFC 6647: who is not known yet is asked to come again, and mail servers do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/fingerprint.h"
#include "base/ip.h"
#include "base/live.h"
#include "base/time.h"
#include "config/settings_policy.h"
#include "mail/mailbox.h"
#include "policy/recent_shards.h"

namespace cursus {

// What is known by RCPT, and does not change when it is tried again (RFC 6647 §5, 1).
struct GreylistTriplet {
    IpAddress client;  // its network counts
    const ReversePath& sender;
    const Mailbox& recipient;
};

// Thread-safe. Time is a clock's that never jumps.
//
// Of settings.entries half are for triplets that wait, which any stranger can make, a quarter for those that
// have passed and a quarter for networks: whoever makes up triplets by the million pushes out others that
// wait, and never what has come back once.
//
// The null path is a sender like any other. Servers that ask whether an address of ours exists say it and go
// away after RCPT, and a rule that makes them wait delays our users' mail to them (RFC 6647 §4.2): which
// senders are asked about, and when, is the rule's to say.
class Greylist {
public:
    Greylist(const Fingerprinter& fingerprints, const GreylistSettings& settings);
    // For what comes from now on. With other lengths of networks' prefixes everybody is a stranger again.
    void adopt(const GreylistSettings& settings);

    struct Whitelisted {};  // the network, since enough of its triplets have passed
    struct Known {};        // the triplet has passed before
    struct Passed {         // just now
        Duration waited;
    };
    struct Wait {
        Instant until;  // an attempt before does not pass
    };
    using Answer = std::variant<Whitelisted, Known, Passed, Wait>;

    Answer ask(const GreylistTriplet& triplet, Instant now);         // this is an attempt
    Answer peek(const GreylistTriplet& triplet, Instant now) const;  // what ask() would say; leaves no trace
    std::size_t size() const { return waiting_.size() + passed_.size() + networks_.size(); }

    // ---- for the file. All durations are ages.
    struct SavedAttempt {
        Fingerprint triplet;
        Duration first{};
        friend bool operator==(const SavedAttempt&, const SavedAttempt&) = default;
    };
    struct SavedPass {
        Fingerprint triplet;
        Duration last{};
        friend bool operator==(const SavedPass&, const SavedPass&) = default;
    };
    struct SavedNetwork {
        Fingerprint network;
        Duration last{};
        std::uint32_t passed = 0;
        friend bool operator==(const SavedNetwork&, const SavedNetwork&) = default;
    };
    struct Saved {
        std::vector<SavedAttempt> waiting;
        std::vector<SavedPass> passed;
        std::vector<SavedNetwork> networks;
        friend bool operator==(const Saved&, const Saved&) = default;
    };
    Saved saved(Instant now) const;
    void restore(const Saved& saved, Instant then);  // `then`: when it was saved
    bool take_changed();

private:
    struct Attempt {
        Instant first{};
    };
    struct Pass {
        Instant last{};
    };
    struct Network {
        Instant last{};
        std::uint32_t passed = 0;  // of its triplets

        bool is_trusted(const GreylistSettings& settings, Instant now) const;
    };
    struct Keys {
        Fingerprint network, triplet;
    };
    Keys keys_of(const GreylistTriplet& triplet, const GreylistSettings& settings) const;
    bool is_whitelisted(const Fingerprint& network, const GreylistSettings& settings, Instant now);
    bool is_known(const Fingerprint& triplet, const GreylistSettings& settings, Instant now);
    Answer attempt(const Fingerprint& triplet, const GreylistSettings& settings, Instant now);
    void note_passed(const Fingerprint& network, Instant now);

    const Fingerprinter& fingerprints_;
    Live<GreylistSettings> settings_;
    RecentShards<Attempt> waiting_;
    RecentShards<Pass> passed_;
    RecentShards<Network> networks_;
};

}  // namespace cursus
