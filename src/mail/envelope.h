// What travels beside a message: who it is from, for whom, and how it came here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/ip.h"
#include "base/time.h"
#include "mail/mailbox.h"
#include "mail/timing.h"

namespace cursus {

enum class Body : std::uint8_t { SevenBit, EightBitMime, BinaryMime };  // RFC 6152, RFC 3030
enum class Ret : std::uint8_t { Unset, Full, Headers };                 // RFC 3461 §4.3
enum class Protocol : std::uint8_t { Smtp, Esmtp, Lmtp, Local };        // the base of RFC 3848's "with" word

// NOTIFY, RFC 3461 §4.1. `Unset` is the default: failure and delay, RFC 3461 §5.2.
struct Notify {
    bool is_set = false;
    bool success = false, failure = false, delay = false;  // none of them and set: NEVER
    bool wants_failure() const { return !is_set || failure; }
    bool wants_delay() const { return !is_set || delay; }
    bool is_never() const { return is_set && !success && !failure && !delay; }
    bool wants_success() const { return is_set && success; }
    friend bool operator==(const Notify&, const Notify&) = default;
};

struct ClientFacts {
    std::optional<Endpoint> endpoint;  // none: made here (reports, the sendmail command)
    std::string helo;                  // as given, checked for control bytes; empty when none
    std::string reverse_name;          // confirmed PTR name, empty when unknown
    std::string tls;                   // "TLSv1.3 TLS_AES_256_GCM_SHA384", empty without TLS
    std::string authenticated;         // the identity, empty when none
    friend bool operator==(const ClientFacts&, const ClientFacts&) = default;
};

struct Envelope {
    SessionId session;    // 0 when made here
    std::string service;  // "mx", "submission", "lmtp", "report"
    std::string account;
    ClientFacts client;
    Protocol protocol = Protocol::Esmtp;
    ReversePath sender;
    Body body = Body::SevenBit;
    bool smtputf8 = false;     // RFC 6531: SMTPUTF8 was given
    bool require_tls = false;  // RFC 8689
    Ret ret = Ret::Unset;
    std::string envid;  // RFC 3461 §4.4, xtext decoded, printable ASCII; empty when none
    WallTime arrived{};
    std::optional<WallTime> not_before;   // RFC 4865
    std::string release_request;          // how that was asked for, for reports; empty: it was not
    std::optional<DeliverBy> deliver_by;  // RFC 2852
    std::int8_t priority = 0;             // RFC 6710: -9 to 9
    std::vector<std::string> tags;
    std::uint64_t size = 0;  // octets of the stored message, CRLF counted, our Received included
    friend bool operator==(const Envelope&, const Envelope&) = default;
};

// Why a recipient is not delivered to until somebody releases it: the quarantine.
struct Hold {
    std::string by;                 // "rule 'viruses'", "operator"
    std::string why;                // for people
    std::optional<WallTime> until;  // then it is removed, and nobody is told; none: it stays
    friend bool operator==(const Hold&, const Hold&) = default;
};

// A recipient as a session or a report hands it to the queue.
struct NewRecipient {
    Mailbox address;
    std::string original;  // ORCPT as "rfc822;a@b.example" (RFC 3461 §4.2, xtext decoded), empty when none
    Notify notify;
    std::optional<Hold> hold = {};  // from the start
};

}  // namespace cursus
