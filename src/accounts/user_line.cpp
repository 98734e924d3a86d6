#include "accounts/user_line.h"

#include <array>

#include <fmt/format.h>

#include "accounts/password_hash.h"
#include "accounts/saslprep.h"
#include "base/number.h"
#include "base/text.h"
#include "mail/base64.h"

namespace cursus {
namespace {

constexpr std::array scram_hashes{ScramHash::Sha256, ScramHash::Sha1};  // the better one first

std::string marker(ScramHash hash) {
    return fmt::format("{{{}}}", name(hash));
}

// Takes what stands before the mark, or all.
std::string_view take_until(std::string_view& text, char mark) {
    const auto end = std::min(text.find(mark), text.size());
    const auto taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

Result<ScramKeys, std::string> parse_keys(std::string_view text, ScramHash hash) {
    ScramKeys keys;
    keys.iterations = parse_number<unsigned>(take_until(text, ',')).value_or(0);
    if (keys.iterations < scram_iterations_min || keys.iterations > scram_iterations_max)
        return failure(fmt::format("{}: the number of iterations is {} to {}", name(hash),
                                   scram_iterations_min, scram_iterations_max));
    const auto salt = from_base64(take_until(text, ','));
    const auto stored = from_base64(take_until(text, ','));
    const auto server = from_base64(text);
    if (!salt || salt->empty() || salt->size() > scram_salt_octets_max || !stored ||
        stored->size() != octets_of(hash) || !server || server->size() != octets_of(hash))
        return failure(fmt::format("{}: write iterations,salt,stored key,server key, these three in base64",
                                   name(hash)));
    keys.salt = *salt;
    keys.stored_key = *stored;
    keys.server_key = *server;
    return keys;
}

Result<void, std::string> add_field(AccountSecrets& secrets, std::string_view field) {
    for (const ScramHash hash : scram_hashes) {
        const std::string start = marker(hash);
        if (!field.starts_with(start)) continue;
        auto& keys = hash == ScramHash::Sha1 ? secrets.sha1 : secrets.sha256;
        if (keys) return failure(fmt::format("{} is there twice", name(hash)));
        TRY(parsed, parse_keys(field.substr(start.size()), hash));
        keys = std::move(parsed);
        return {};
    }
    const std::string text(field);
    if (!text.starts_with('$'))
        return failure(
            std::string("neither a hash of crypt(5) that is safe, such as $y$..., nor {SCRAM-SHA-256}... or "
                        "{SCRAM-SHA-1}..."));
    if (auto objection = objection_to_hash(text); !objection.empty()) return failure(std::move(objection));
    if (!secrets.password_hash.empty()) return failure(std::string("there are two hashes"));
    secrets.password_hash = text;
    return {};
}

}  // namespace

Result<AccountSecrets, std::string> parse_secrets(std::string_view fields) {
    AccountSecrets secrets;
    do {
        TRY_VOID(add_field(secrets, take_until(fields, ':')));
    } while (!fields.empty());
    return secrets;
}

std::string text_of(const AccountSecrets& secrets) {
    std::string text = secrets.password_hash;
    for (const ScramHash hash : scram_hashes) {
        const auto& keys = secrets.keys(hash);
        if (!keys) continue;
        if (!text.empty()) text += ':';
        text += fmt::format("{}{},{},{},{}", marker(hash), keys->iterations, to_base64(keys->salt),
                            to_base64(keys->stored_key), to_base64(keys->server_key));
    }
    return text;
}

Result<bool, std::string> fits(const AccountSecrets& secrets, const std::string& password) {
    if (!secrets.password_hash.empty()) return fits_hash(password, secrets.password_hash);
    const ScramHash hash = secrets.sha256 ? ScramHash::Sha256 : ScramHash::Sha1;
    return fits_keys(password, hash, *secrets.keys(hash));
}

std::string work_of(const AccountSecrets& secrets) {
    if (secrets.sha256 && secrets.password_hash.empty())
        return fmt::format("{} {}", name(ScramHash::Sha256), secrets.sha256->iterations);
    if (secrets.password_hash.empty())
        return fmt::format("{} {}", name(ScramHash::Sha1), secrets.sha1->iterations);
    // "$method$cost$salt$...", and of SHA-512 "$6$salt$..." or "$6$rounds=number$salt$...".
    std::string_view rest(secrets.password_hash);
    rest.remove_prefix(1);
    const auto method = take_until(rest, '$');
    const auto cost = take_until(rest, '$');
    const bool has_no_cost = method == "6" && !cost.starts_with("rounds=");
    return fmt::format("{} {}", method, has_no_cost ? "" : cost);
}

}  // namespace cursus
