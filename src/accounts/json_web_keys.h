// Public keys as an issuer publishes them: a JWK set, RFC 7517.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>

#include "base/free_by.h"
#include "base/result.h"

namespace cursus {

// RFC 7518 §3.1, RFC 8037 §3.1. All by which somebody without the private key cannot sign, and no others:
// neither "none" nor an HMAC, whose key would be the public one.
enum class JwsAlgorithm : std::uint8_t { Rs256, Ps256, Es256, EdDsa };
std::optional<JwsAlgorithm> jws_algorithm(std::string_view name);  // as it stands in "alg"

enum class KeyKind : std::uint8_t { Rsa, EcP256, Ed25519 };
KeyKind kind_for(JwsAlgorithm algorithm);

using EvpKey = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;

// As OpenSSL takes octets.
inline const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

struct JsonWebKey {
    std::string id;  // "kid"; empty: none
    KeyKind kind;
    std::optional<JwsAlgorithm> only;  // "alg": for this one
    EvpKey key;
};

inline constexpr std::size_t key_set_bytes_max = 256 * 1024;
inline constexpr std::size_t key_set_keys_max = 100;
inline constexpr int rsa_bits_min = 2048, rsa_bits_max = 8192;  // RFC 7518 §3.3

// Keys of other kinds, and for other uses, are passed over (RFC 7517 §5). The error is a sentence; a set in
// which nothing is of use is one.
Result<std::vector<JsonWebKey>, std::string> parse_key_set(std::string_view text);

}  // namespace cursus
