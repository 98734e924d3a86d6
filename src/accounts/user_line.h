// What is kept of an account, as text: a line of the users file behind its name, or a row of a table.
//
//     $y$j9T$...                                  a hash of crypt(5)
//     {SCRAM-SHA-256}10000,salt,stored,server     keys of RFC 5802 §3; but for the number, base64
//
// One of these or several, in any order, parted by colons.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/credentials.h"
#include "base/result.h"

namespace cursus {

struct AccountSecrets {
    std::string password_hash;  // empty: none
    std::optional<ScramKeys> sha1, sha256;

    const std::optional<ScramKeys>& keys(ScramHash hash) const {
        return hash == ScramHash::Sha1 ? sha1 : sha256;
    }
};

// The error says what is wrong, and never repeats a secret.
Result<AccountSecrets, std::string> parse_secrets(std::string_view fields);
std::string text_of(const AccountSecrets& secrets);

// For a prepared password: against the hash, or for want of one against keys. The error is for people.
Result<bool, std::string> fits(const AccountSecrets& secrets, const std::string& password);
// What comparing a password takes, as far as that can be told from outside: the same text, the same time.
std::string work_of(const AccountSecrets& secrets);

}  // namespace cursus
