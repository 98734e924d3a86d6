// The Sender Rewriting Scheme: forwarded mail gets a return path in our domain, which SPF of the sender's
// domain does not forbid us to use, and a bounce to it finds its way back to the sender.
//
//     ann@a.example, forwarded by us       SRS0=hash=day=a.example=ann@us
//     SRS0...@first, forwarded by us       SRS1=dayhash=first==...@us
//     SRS1...=first=...@second, the same   SRS1=dayhash=first==...@us: a bounce skips the second
//
// The form is everybody's, so that other hosts can make SRS1 of what we send. The hash is ours alone: 50 bits
// of HMAC-SHA256 over everything else in the local part, in base32 and of lowered letters, since some hosts
// lower what they bounce to. Without a key nobody can make us send mail to an address of his choice.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "mail/mailbox.h"

namespace cursus {

enum class SrsError : std::uint8_t {
    NotSrs,     // an address like any other
    Malformed,  // begins like SRS and is not what we write
    BadHash,    // forged, or its key is no longer known
    Expired,    // or from the future
};

class SrsKeys {
public:
    static constexpr std::size_t secret_octets_min = 16;
    static constexpr std::chrono::days default_validity{21};  // longer than any queue keeps mail
    static constexpr std::chrono::days validity_max{366};     // days are counted modulo 1024

    // The first secret signs, any of them is accepted: a new one is put in front, and the old one taken away
    // once nothing that it has signed is valid any more. The error is a sentence.
    static Result<SrsKeys, std::string> make(std::vector<std::string> secrets,
                                             std::chrono::days validity = default_validity);
    const std::vector<std::string>& secrets() const { return secrets_; }
    std::chrono::days validity() const { return validity_; }

private:
    SrsKeys(std::vector<std::string> secrets, std::chrono::days validity)
        : secrets_(std::move(secrets)), validity_(validity) {}
    std::vector<std::string> secrets_;
    std::chrono::days validity_;
};

// The return path for mail of `sender` that goes on from here. The error: it would be too long; whether the
// mail then goes on with its own return path is the caller's decision.
Result<Mailbox, AddressError> srs_forward(const Mailbox& sender, const Domain& own_domain,
                                          const SrsKeys& keys, WallTime now);

// Where mail to such an address goes. To be asked before a subaddress is cut off, and for bounces only (a
// null reverse path): who has received forwarded mail knows a valid address of its sender.
Result<Mailbox, SrsError> srs_reverse(const Mailbox& address, const SrsKeys& keys, WallTime now);

}  // namespace cursus
