// SCRAM, RFC 5802 and RFC 7677: the client proves that it knows the password, and so does the server that it
// knows what is made of it.
#pragma once

#include <gsasl.h>

#include <memory>
#include <mutex>
#include <string>

#include "accounts/authenticator.h"
#include "accounts/credentials.h"
#include "runtime/random.h"

namespace cursus {

// GNU SASL, set up once; its mechanisms only compute. Thread-safe.
class ScramServer {
public:
    ScramServer(Credentials& credentials, Random& random);
    ~ScramServer();
    ScramServer(const ScramServer&) = delete;
    ScramServer& operator=(const ScramServer&) = delete;

    // Whether the client has been offered a mechanism of -PLUS as well.
    enum class Binding : std::uint8_t { Offered, NotOffered };
    // `mechanism` is one of SCRAM.
    std::unique_ptr<SaslExchange> begin(Mechanism mechanism, LoginScene scene, Binding binding);

private:
    class Exchange;
    ScramKeys decoy(std::string_view account) const;
    void note_shape(const ScramKeys& keys);

    Credentials& credentials_;
    Gsasl* gsasl_ = nullptr;
    std::string secret_;  // of decoys
    mutable std::mutex mutex_;
    // As real accounts have them, so that those that are not there look alike.
    std::size_t salt_octets_ = 16;
    std::uint32_t iterations_ = 10'000;
};

}  // namespace cursus
