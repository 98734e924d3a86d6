// What is kept of a password, made and compared. All of it only computes, and takes its time: for the pool
// (accounts/password_work.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/credentials.h"
#include "base/result.h"

namespace cursus {

// crypt(5) takes no more. Longer ones are nobody's, and not looked at.
inline constexpr std::size_t password_octets_max = 511;
// RFC 5802 §5.1: at least 4096. More than the last would take a thread for seconds.
inline constexpr std::uint32_t scram_iterations_min = 4'096, scram_iterations_default = 10'000,
                               scram_iterations_max = 1'000'000;
inline constexpr std::size_t scram_salt_octets = 16, scram_salt_octets_max = 255;
inline constexpr std::size_t hash_salt_octets = 16;

// RFC 4616 §2, RFC 5802 §5.1: so that what two keyboards make of one password is one password (RFC 4013).
// Nothing: no password can be that.
std::optional<std::string> prepared_password(std::string_view password);

// Why a hash of crypt(5) is not to be trusted, or would take too long; empty: it is good.
std::string objection_to_hash(const std::string& hash);

// Of prepared passwords, all. Comparing takes the same time wherever they differ. The error, for people: it
// could not be computed.
Result<bool, std::string> fits_hash(const std::string& password, const std::string& hash);
Result<bool, std::string> fits_keys(const std::string& password, ScramHash hash, const ScramKeys& keys);
Result<std::string, std::string> make_password_hash(const std::string& password,
                                                    const std::string& salt);  // yescrypt
Result<ScramKeys, std::string> make_scram_keys(const std::string& password, ScramHash hash,
                                               const std::string& salt, std::uint32_t iterations);

std::size_t octets_of(ScramHash hash);
std::string_view name(ScramHash hash);  // "SCRAM-SHA-256"

}  // namespace cursus
