#include "accounts/json_web_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "base/base64url.h"
#include "http/bounded_json.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

constexpr std::size_t key_id_octets_max = 255;
constexpr std::size_t coordinate_octets = 32;  // of P-256 and Ed25519

using BigNumber = std::unique_ptr<BIGNUM, FreeBy<BN_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using KeyParameters = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;

std::optional<std::string> octets_member(const Json& key, const char* name) {
    const auto* text = text_member(key, name);
    if (text == nullptr) return std::nullopt;
    return from_base64url(*text);
}

// Null: OpenSSL finds the numbers to be no key.
EvpKey key_from(const char* type, OSSL_PARAM_BLD* builder) {
    const KeyParameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    EvpKey key(made);
    const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
    return key;
}

// RFC 7518 §6.3.1.
EvpKey rsa_key(const Json& key) {
    constexpr std::size_t exponent_octets_max = 8;  // larger ones only cost time
    const auto modulus = octets_member(key, "n"), exponent = octets_member(key, "e");
    if (!modulus || !exponent || exponent->empty() || exponent->size() > exponent_octets_max ||
        modulus->size() > rsa_bits_max / 8)
        return nullptr;
    const BigNumber n(BN_bin2bn(octets(*modulus), static_cast<int>(modulus->size()), nullptr));
    const BigNumber e(BN_bin2bn(octets(*exponent), static_cast<int>(exponent->size()), nullptr));
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder || BN_num_bits(n.get()) < rsa_bits_min || BN_is_one(e.get()) ||
        BN_is_odd(e.get()) == 0 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return key_from("RSA", builder.get());
}

// RFC 7518 §6.2.1.
EvpKey ec_key(const Json& key) {
    const auto x = octets_member(key, "x"), y = octets_member(key, "y");
    if (!x || !y || x->size() != coordinate_octets || y->size() != coordinate_octets) return nullptr;
    const std::string point = "\x04" + *x + *y;  // SEC 1 §2.3.3: not compressed
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1)
        return nullptr;
    return key_from("EC", builder.get());
}

// RFC 8037 §2.
EvpKey ed25519_key(const Json& key) {
    const auto x = octets_member(key, "x");
    if (!x || x->size() != coordinate_octets) return nullptr;
    return EvpKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(*x), x->size()));
}

bool says(const Json& key, const char* name, std::string_view text) {
    const auto* member = text_member(key, name);
    return member != nullptr && *member == text;
}

std::optional<KeyKind> kind_of(const Json& key) {
    if (says(key, "kty", "RSA")) return KeyKind::Rsa;
    if (says(key, "kty", "EC") && says(key, "crv", "P-256")) return KeyKind::EcP256;
    if (says(key, "kty", "OKP") && says(key, "crv", "Ed25519")) return KeyKind::Ed25519;
    return std::nullopt;
}

// RFC 7517 §4.2 and §4.3.
bool is_for_verifying(const Json& key) {
    if (key.contains("use") && !says(key, "use", "sig")) return false;
    const auto operations = key.find("key_ops");
    if (operations == key.end()) return true;
    return operations->is_array() && std::ranges::find(*operations, Json("verify")) != operations->end();
}

std::optional<JsonWebKey> key_of(const Json& json) {
    if (!json.is_object() || !is_for_verifying(json)) return std::nullopt;
    const auto kind = kind_of(json);
    if (!kind) return std::nullopt;
    JsonWebKey key{.id = {}, .kind = *kind, .only = {}, .key = nullptr};
    if (const auto* id = text_member(json, "kid")) key.id = *id;
    if (key.id.size() > key_id_octets_max) return std::nullopt;
    if (json.contains("alg")) {
        const auto* name = text_member(json, "alg");
        if (name != nullptr) key.only = jws_algorithm(*name);
        if (!key.only || kind_for(*key.only) != key.kind) return std::nullopt;
    }
    switch (key.kind) {
        case KeyKind::Rsa:
            key.key = rsa_key(json);
            break;
        case KeyKind::EcP256:
            key.key = ec_key(json);
            break;
        case KeyKind::Ed25519:
            key.key = ed25519_key(json);
            break;
    }
    if (!key.key) return std::nullopt;
    return key;
}

}  // namespace

std::optional<JwsAlgorithm> jws_algorithm(std::string_view name) {
    if (name == "RS256") return JwsAlgorithm::Rs256;
    if (name == "PS256") return JwsAlgorithm::Ps256;
    if (name == "ES256") return JwsAlgorithm::Es256;
    if (name == "EdDSA") return JwsAlgorithm::EdDsa;
    return std::nullopt;
}

KeyKind kind_for(JwsAlgorithm algorithm) {
    switch (algorithm) {
        case JwsAlgorithm::Rs256:
        case JwsAlgorithm::Ps256:
            return KeyKind::Rsa;
        case JwsAlgorithm::Es256:
            return KeyKind::EcP256;
        case JwsAlgorithm::EdDsa:
            return KeyKind::Ed25519;
    }
    std::unreachable();
}

Result<std::vector<JsonWebKey>, std::string> parse_key_set(std::string_view text) {
    const auto set = parse_json_object(text, key_set_bytes_max);
    if (!set)
        return failure(
            fmt::format("it is no set of keys (JSON with \"keys\", {} octets at most)", key_set_bytes_max));
    const auto members = set->find("keys");
    if (members == set->end() || !members->is_array())
        return failure(std::string("it has no list \"keys\", as a JWK set must"));
    if (members->size() > key_set_keys_max)
        return failure(fmt::format("it has more than {} keys", key_set_keys_max));
    std::vector<JsonWebKey> keys;
    for (const Json& member : *members)
        if (auto key = key_of(member)) keys.push_back(*std::move(key));
    if (keys.empty())
        return failure(fmt::format("it has no key that serves: RSA of {} bits at least, P-256 or Ed25519",
                                   rsa_bits_min));
    return keys;
}

}  // namespace cursus
