#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cursus {

class TlsContext;

// A further certificate of a server, shown to clients that ask for one of its names (SNI, RFC 6066 §3).
struct TlsNamedCertificate {
    std::filesystem::path certificate_chain, private_key;  // PEM, leaf first
    std::vector<std::string> names;                        // lower-case A-labels; empty: those in it
    friend bool operator==(const TlsNamedCertificate&, const TlsNamedCertificate&) = default;
};

// Whether a client's certificate is asked for. Asking never ends a handshake: what was shown, and what it
// proves, stands in TlsFacts.
enum class TlsClientsAsked : std::uint8_t {
    No,
    OfAuthorities,  // those in client_ca are named, so that clients know which certificate is meant
    OfAny,          // none is named: clients may show what they sign themselves
};

struct TlsServerSettings {
    std::filesystem::path certificate_chain;  // PEM, leaf first; for all who ask for no other by name
    std::filesystem::path private_key;        // PEM
    std::filesystem::path client_ca = {};     // PEM; empty: no client's certificate is verified
    TlsClientsAsked clients = TlsClientsAsked::No;
    std::vector<TlsNamedCertificate> others = {};
    bool is_1_3_only = false;
    friend bool operator==(const TlsServerSettings&, const TlsServerSettings&) = default;
};

// What one certificate of a server says, for operators.
struct TlsCertificateFacts {
    std::filesystem::path path;
    std::vector<std::string> names;  // its dNSNames, RFC 5280 §4.2.1.6
    WallTime until{};
};

enum class TlsVerify : std::uint8_t {
    None,  // opportunistic: encrypt, prove nothing (RFC 7435)
    Name,  // chain to a trusted root and the server's name (RFC 6125)
};

struct TlsClientSettings {
    TlsVerify verify = TlsVerify::None;
    std::filesystem::path trusted_roots;  // PEM bundle; empty: the system's
};

// TLS 1.2 and later only. Errors are sentences that name the file and what is wrong with it. Reads files: for
// the pool, or before the reactors run. Sessions and tickets of one server context are good at no other.
class TlsFactory {
public:
    virtual ~TlsFactory() = default;
    virtual Result<std::shared_ptr<TlsContext>, std::string> server(const TlsServerSettings& settings) = 0;
    virtual Result<std::shared_ptr<TlsContext>, std::string> client(const TlsClientSettings& settings) = 0;
};

// Each world derives its own; nobody else looks inside.
class TlsContext {
public:
    virtual ~TlsContext() = default;
    // Of a server, the one for all first; of a client nothing.
    virtual const std::vector<TlsCertificateFacts>& certificates() const = 0;
};

}  // namespace cursus
