// An issuer of tokens with keys of its own, for tests: honest, or not.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <nlohmann/json.hpp>

#include "accounts/json_web_keys.h"
#include "base/base64url.h"

namespace cursus {

using Json = nlohmann::json;

class TestIssuer {
public:
    TestIssuer()
        : rsa_(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})),
          ec_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
          ed_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {}

    // Keys "r" (RSA), "e" (P-256) and "d" (Ed25519).
    Json key_set() const { return {{"keys", {public_key("r"), public_key("e"), public_key("d")}}}; }
    Json public_key(const std::string& id) const {
        if (id == "r")
            return {{"kty", "RSA"},
                    {"kid", "r"},
                    {"n", number(rsa_.get(), OSSL_PKEY_PARAM_RSA_N)},
                    {"e", number(rsa_.get(), OSSL_PKEY_PARAM_RSA_E)}};
        if (id == "e")
            return {{"kty", "EC"},
                    {"crv", "P-256"},
                    {"kid", "e"},
                    {"x", number(ec_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                    {"y", number(ec_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)}};
        std::string raw(32, '\0');
        std::size_t size = raw.size();
        EVP_PKEY_get_raw_public_key(ed_.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
        return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"kid", "d"}, {"x", to_base64url(raw)}};
    }

    std::string token(const Json& header, const Json& claims) const {
        return token_of_text(header.dump(), claims.dump(), header.value("alg", ""));
    }
    // Signed by `algorithm` whatever the header says.
    std::string token_of_text(const std::string& header, const std::string& claims,
                              std::string_view algorithm) const {
        const std::string input = to_base64url(header) + '.' + to_base64url(claims);
        return input + '.' + to_base64url(signature(input, algorithm));
    }
    std::string signature(const std::string& input, std::string_view algorithm) const {
        if (algorithm == "RS256") return signed_by(rsa_.get(), input, RSA_PKCS1_PADDING);
        if (algorithm == "PS256") return signed_by(rsa_.get(), input, RSA_PKCS1_PSS_PADDING);
        if (algorithm == "ES256") return side_by_side(signed_by(ec_.get(), input, 0));
        if (algorithm == "ES256-DER") return signed_by(ec_.get(), input, 0);
        if (algorithm == "EdDSA") return signed_by(ed_.get(), input, 0);
        return {};
    }
    static std::string hmac(const std::string& input, const std::string& key) {
        std::string code(32, '\0');
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(input.data()), input.size(),
             reinterpret_cast<unsigned char*>(code.data()), nullptr);
        return code;
    }

private:
    static std::string number(EVP_PKEY* key, const char* name, int octets = 0) {
        BIGNUM* number = nullptr;
        EVP_PKEY_get_bn_param(key, name, &number);
        const int size = octets == 0 ? BN_num_bytes(number) : octets;
        std::string text(static_cast<std::size_t>(size), '\0');
        BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), size);
        BN_free(number);
        return to_base64url(text);
    }
    static std::string signed_by(EVP_PKEY* key, const std::string& input, int padding) {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* of_key = nullptr;
        const bool is_ed = EVP_PKEY_is_a(key, "ED25519") == 1;
        EVP_DigestSignInit(context, &of_key, is_ed ? nullptr : EVP_sha256(), nullptr, key);
        if (padding != 0) EVP_PKEY_CTX_set_rsa_padding(of_key, padding);
        if (padding == RSA_PKCS1_PSS_PADDING)
            EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST);
        std::string signature(1024, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(input.data()), input.size());
        EVP_MD_CTX_free(context);
        signature.resize(size);
        return signature;
    }
    static std::string side_by_side(const std::string& der) {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        ECDSA_SIG* numbers = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
        std::string text(64, '\0');
        auto* out = reinterpret_cast<unsigned char*>(text.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(numbers), out, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers), out + 32, 32);
        ECDSA_SIG_free(numbers);
        return text;
    }

    EvpKey rsa_, ec_, ed_;
};

}  // namespace cursus
