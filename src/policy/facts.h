// All that is known of a session when another program is asked about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "mail/envelope.h"

namespace cursus {

enum class AskedAt : std::uint8_t {
    Connect,
    Helo,
    Mail,
    Rcpt,
    EndOfMessage,  // header and body are known
};

// What is not known is empty.
struct Facts {
    AskedAt stage = AskedAt::Connect;
    std::string session;            // its id
    std::uint32_t transaction = 0;  // which of the session's; the same from its MAIL to its end
    std::string message;            // its id in the queue
    std::string host, service;      // our name; "mx"
    Protocol protocol = Protocol::Esmtp;

    Endpoint client, server;                              // 0.0.0.0: not known
    std::string client_name;                              // of the client's address, confirmed both ways
    std::string reverse_name;                             // what its address claims to be called
    std::string helo;                                     // what it calls itself
    std::string tls_protocol, tls_cipher;                 // "TLSv1.3"
    std::uint32_t tls_bits = 0;                           // of the cipher's key
    std::string certificate_subject, certificate_issuer;  // the client's
    std::string certificate_fingerprint, public_key_fingerprint;  // SHA-256, lower-case hexadecimal
    std::string mechanism, account;                               // of its login

    std::optional<std::string> sender;    // without brackets: "" is the null path; none before MAIL
    std::string recipient;                // without brackets, at RCPT
    std::vector<std::string> recipients;  // those that have been accepted
    std::uint64_t size = 0;               // as the client said it, then of the message
    std::string header;                   // at EndOfMessage: as it stands, lines end with CRLF
};

}  // namespace cursus
