#include "accounts/password_hash.h"

#include <crypt.h>
#include <gsasl.h>
#include <openssl/crypto.h>

#include <array>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "accounts/saslprep.h"
#include "base/wipe.h"

namespace cursus {
namespace {

constexpr std::size_t hash_octets_min = 31;  // of the last part, of every method that is safe
constexpr std::size_t method_octets = 3;     // "$6$"; of bcrypt "$2b", and a dollar behind it
constexpr unsigned bcrypt_cost_max = 15, sha_rounds_max = 5'000'000;  // some seconds each

// 32 KiB, in which the library leaves what it has made of the password.
struct Scratch {
    Scratch() = default;
    ~Scratch() { OPENSSL_cleanse(&data, sizeof data); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    crypt_data data{};
};

Result<std::string, std::string> hashed(const std::string& password, const std::string& setting) {
    const auto scratch = std::make_unique<Scratch>();
    const char* made =
        crypt_rn(password.c_str(), setting.c_str(), &scratch->data, static_cast<int>(sizeof scratch->data));
    if (made == nullptr) return failure(std::string("hashing a password fails (no memory?)"));
    return std::string(made);
}

bool is_equal(const std::string& a, const std::string& b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

unsigned number_behind(std::string_view text, std::string_view start) {
    unsigned number = 0;
    if (text.starts_with(start))
        std::from_chars(text.data() + start.size(), text.data() + text.size(), number);
    return number;
}

Gsasl_hash library_name(ScramHash hash) {
    return hash == ScramHash::Sha1 ? GSASL_HASH_SHA1 : GSASL_HASH_SHA256;
}

}  // namespace

std::optional<std::string> prepared_password(std::string_view password) {
    if (password.empty() || password.size() > password_octets_max || password.contains('\0'))
        return std::nullopt;
    std::string text(password);
    const WipedAtEnd wiped_text(text);
    auto prepared = saslprep(text);
    if (!prepared || prepared->empty() || prepared->size() > password_octets_max) return std::nullopt;
    return prepared;
}

std::string objection_to_hash(const std::string& hash) {
    if (!hash.starts_with('$')) return "this is no hash of crypt(5) that is safe";
    const int method = crypt_checksalt(hash.c_str());
    if (method == CRYPT_SALT_METHOD_LEGACY)
        return "this method of crypt(5) is not safe any more; give a new password";
    if (method != CRYPT_SALT_OK || hash.size() - hash.rfind('$') <= hash_octets_min)
        return "this is no hash of crypt(5)";
    const std::string_view settings = std::string_view(hash).substr(method_octets);
    const bool is_bcrypt = hash.starts_with("$2"), is_sha = hash.starts_with("$6$");
    if ((is_bcrypt && number_behind(settings, "$") > bcrypt_cost_max) ||
        (is_sha && number_behind(settings, "rounds=") > sha_rounds_max))
        return "computing this hash takes too long; give a new password";
    return {};
}

Result<bool, std::string> fits_hash(const std::string& password, const std::string& hash) {
    TRY(made, hashed(password, hash));
    return is_equal(made, hash);
}

Result<std::string, std::string> make_password_hash(const std::string& password, const std::string& salt) {
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    if (crypt_gensalt_rn("$y$", 0, salt.data(), static_cast<int>(salt.size()), setting.data(),
                         static_cast<int>(setting.size())) == nullptr)
        return failure(std::string("this system's crypt(5) knows no yescrypt"));
    return hashed(password, setting.data());
}

Result<ScramKeys, std::string> make_scram_keys(const std::string& password, ScramHash hash,
                                               const std::string& salt, std::uint32_t iterations) {
    ScramKeys keys{salt, std::string(octets_of(hash), '\0'), std::string(octets_of(hash), '\0'), iterations};
    std::string salted(octets_of(hash), '\0'), client(octets_of(hash), '\0');
    const WipedAtEnd wiped_salted(salted), wiped_client(client);
    const int code = gsasl_scram_secrets_from_password(library_name(hash), password.c_str(), iterations,
                                                       salt.data(), salt.size(), salted.data(), client.data(),
                                                       keys.server_key.data(), keys.stored_key.data());
    if (code != GSASL_OK) return failure(fmt::format("making keys of a password: {}", gsasl_strerror(code)));
    return keys;
}

Result<bool, std::string> fits_keys(const std::string& password, ScramHash hash, const ScramKeys& keys) {
    TRY(made, make_scram_keys(password, hash, keys.salt, keys.iterations));
    return is_equal(made.stored_key, keys.stored_key);
}

std::size_t octets_of(ScramHash hash) {
    constexpr std::size_t sha1 = 20, sha256 = 32;
    return hash == ScramHash::Sha1 ? sha1 : sha256;
}

std::string_view name(ScramHash hash) {
    return hash == ScramHash::Sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256";
}

}  // namespace cursus
