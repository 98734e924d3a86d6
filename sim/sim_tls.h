// TLS without cryptography: who shows which certificate, who verifies, and how handshakes fail.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/tls.h"

namespace cursus {

// What stands in a certificate file of the simulated world.
struct SimCertificate {
    std::string name;     // its subject and only name
    std::string issuer;   // the path of the roots it chains to; empty: the system's
    bool breaks = false;  // handshakes that use it fail
    WallTime until = WallTime::max();
};

// One side's flight of the handshake.
struct SimHandshake {
    enum class Step : std::uint8_t { Hello, Finished, Failed };
    Step step = Step::Hello;
    std::string server_name;  // Hello
    std::optional<SimCertificate> certificate;
    std::string why;  // Failed
};

class SimTlsContext : public TlsContext {
public:
    const std::vector<TlsCertificateFacts>& certificates() const override { return facts; }

    std::optional<SimCertificate> certificate;  // shown to the peer
    TlsVerify verify = TlsVerify::None;         // client
    std::string trusted_issuer;                 // client; of a server, of its clients' certificates
    bool asks_for_client_certificate = false;   // server
    std::vector<SimCertificate> others;         // server: shown to who asks for their names
    std::vector<TlsCertificateFacts> facts;     // server
};

// Paths name certificates that a test has put there; an unknown path is an error, as a missing file is.
class SimTls : public TlsFactory {
public:
    void put_certificate(std::string path, SimCertificate certificate) {
        certificates_[std::move(path)] = std::move(certificate);
    }
    void remove_certificate(const std::string& path) { certificates_.erase(path); }
    Result<std::shared_ptr<TlsContext>, std::string> server(const TlsServerSettings& settings) override;
    Result<std::shared_ptr<TlsContext>, std::string> client(const TlsClientSettings& settings) override;

private:
    Result<SimCertificate, std::string> find(const std::filesystem::path& path) const;

    std::map<std::string, SimCertificate> certificates_;
};

}  // namespace cursus
