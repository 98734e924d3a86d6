#include "accounts/json_web_token.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "accounts/token_checker.h"
#include "base/base64url.h"
#include "base/free_by.h"
#include "http/bounded_json.h"

namespace cursus {
namespace {

// RFC 7518 §3.4 has r and s side by side, OpenSSL wants them in DER.
std::optional<std::string> der_of(std::string_view signature) {
    constexpr std::size_t half = 32;
    if (signature.size() != 2 * half) return std::nullopt;
    const std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>> numbers(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(octets(signature), half, nullptr);
    BIGNUM* s = BN_bin2bn(octets(signature) + half, half, nullptr);
    if (!numbers || r == nullptr || s == nullptr || ECDSA_SIG_set0(numbers.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return std::nullopt;
    }
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(numbers.get(), &der);
    if (size <= 0) return std::nullopt;
    std::string result(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return result;
}

// RFC 7518 §3.5: the salt is as long as the digest.
bool set_padding(EVP_PKEY_CTX* context, JwsAlgorithm algorithm) {
    if (algorithm == JwsAlgorithm::Rs256)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    if (algorithm != JwsAlgorithm::Ps256) return true;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool is_signed(std::string_view input, std::string signature, JwsAlgorithm algorithm, EVP_PKEY* key) {
    if (algorithm == JwsAlgorithm::Es256) {
        auto der = der_of(signature);
        if (!der) return false;
        signature = *std::move(der);
    }
    const std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* of_key = nullptr;
    const EVP_MD* digest = algorithm == JwsAlgorithm::EdDsa ? nullptr : EVP_sha256();
    if (!context || EVP_DigestVerifyInit(context.get(), &of_key, digest, nullptr, key) != 1) return false;
    if (!set_padding(of_key, algorithm)) return false;
    return EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(input),
                            input.size()) == 1;
}

// RFC 7515 §7.1.
struct Parts {
    std::string_view signed_input;
    std::string header, payload, signature;
};

std::optional<Parts> take_apart(std::string_view token) {
    if (token.size() > token_octets_max) return std::nullopt;
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == std::string_view::npos || last == first || token.find('.', first + 1) != last)
        return std::nullopt;
    auto header = from_base64url(token.substr(0, first));
    auto payload = from_base64url(token.substr(first + 1, last - first - 1));
    auto signature = from_base64url(token.substr(last + 1));
    if (!header || !payload || !signature) return std::nullopt;
    return Parts{token.substr(0, last), *std::move(header), *std::move(payload), *std::move(signature)};
}

std::vector<const JsonWebKey*> keys_for(const std::vector<JsonWebKey>& keys, JwsAlgorithm algorithm,
                                        const std::string* id) {
    std::vector<const JsonWebKey*> fitting;
    for (const JsonWebKey& key : keys) {
        if (key.kind != kind_for(algorithm) || (key.only && *key.only != algorithm)) continue;
        if (id != nullptr && key.id != *id) continue;
        if (fitting.size() < keys_tried_max) fitting.push_back(&key);
    }
    return fitting;
}

}  // namespace

Result<nlohmann::json, TokenFault> verified_claims(std::string_view token,
                                                   const std::vector<JsonWebKey>& keys) {
    auto parts = take_apart(token);
    if (!parts) return failure(TokenFault::Malformed);
    const auto header = parse_json_object(parts->header, token_octets_max);
    if (!header) return failure(TokenFault::Malformed);
    if (header->contains("crit")) return failure(TokenFault::Critical);
    const auto* algorithm_name = text_member(*header, "alg");
    const auto algorithm = algorithm_name == nullptr ? std::nullopt : jws_algorithm(*algorithm_name);
    if (!algorithm) return failure(TokenFault::Algorithm);
    const auto* id = text_member(*header, "kid");
    if (id == nullptr && header->contains("kid")) return failure(TokenFault::Malformed);
    const auto fitting = keys_for(keys, *algorithm, id);
    if (fitting.empty()) return failure(TokenFault::Key);
    const bool is_genuine = std::ranges::any_of(fitting, [&](const JsonWebKey* key) {
        return is_signed(parts->signed_input, parts->signature, *algorithm, key->key.get());
    });
    if (!is_genuine) return failure(TokenFault::Signature);
    auto claims = parse_json_object(parts->payload, token_octets_max);
    if (!claims) return failure(TokenFault::Malformed);
    return *std::move(claims);
}

}  // namespace cursus
