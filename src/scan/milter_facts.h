// What milters are told of a session, step by step. What is not known is left empty.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "mail/mailbox.h"
#include "mail/reply.h"
#include "scan/milter_macros.h"

namespace cursus {

struct MilterServerFacts {
    std::string host;     // our name
    std::string service;  // what listens: "mx"
    Endpoint endpoint;    // where
};
struct MilterClientFacts {
    Endpoint client;           // 0.0.0.0: it has no address that is known
    std::string name;          // of its address, confirmed both ways
    std::string reverse_name;  // what its address is said to be called, confirmed or not
};
struct MilterTlsFacts {
    std::string version, cipher, cipher_bits;  // "TLSv1.3", "TLS_AES_256_GCM_SHA384", "256"
    std::string peer_subject, peer_issuer;     // of the client's certificate
};
struct MilterMailFacts {
    ReversePath sender;
    std::vector<std::string> parameters;  // as the client wrote them
    std::string auth_mechanism, account;  // AUTH, and who it is
};
struct MilterRcptFacts {
    Mailbox recipient;
    std::vector<std::string> parameters;
    std::optional<Reply> refusal;  // it is refused, and stays so; some milters want to know
};

void tell(MilterMacros& macros, const MilterServerFacts& server);
void tell(MilterMacros& macros, const MilterClientFacts& client);
void tell(MilterMacros& macros, const MilterTlsFacts& tls);
// A message begins: nothing of the one before is left.
void tell(MilterMacros& macros, const MilterMailFacts& mail);
void tell(MilterMacros& macros, const MilterRcptFacts& rcpt);

}  // namespace cursus
