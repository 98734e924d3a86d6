#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace cursus {

class TlsContext;

struct TlsServerSettings {
    std::filesystem::path certificate_chain;  // PEM, leaf first
    std::filesystem::path private_key;        // PEM
    std::filesystem::path client_ca;          // PEM; empty: client certificates are not asked for
};

enum class TlsVerify : std::uint8_t {
    None,  // opportunistic: encrypt, prove nothing (RFC 7435)
    Name,  // chain to a trusted root and the server's name (RFC 6125)
};

struct TlsClientSettings {
    TlsVerify verify = TlsVerify::None;
    std::filesystem::path trusted_roots;  // PEM bundle; empty: the system's
};

// TLS 1.2 and later only. Errors are sentences that name the file and what is wrong with it.
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
};

}  // namespace cursus
