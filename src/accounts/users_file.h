// The users file: "name:secrets" a line (accounts/user_line.h), empty lines, and comments behind a # at a
// line's start.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/known_forms.h"
#include "base/result.h"

namespace cursus {

struct UsersFileError {
    std::uint32_t line = 0;
    std::string what;
};

class UsersFile {
public:
    struct Account {
        std::string fields;  // as they stand there, good or not
        std::uint32_t line = 0;
    };

    // Never fails as a whole: a line that is wrong is the trouble of its own account.
    explicit UsersFile(std::string_view text);

    const Account* find(std::string_view name) const;
    const std::map<std::string, Account, std::less<>>& accounts() const { return accounts_; }
    const std::vector<UsersFileError>& warnings() const { return warnings_; }
    AccountForms forms() const;  // of those that are good

private:
    void read(std::string_view line, std::uint32_t number);

    std::map<std::string, Account, std::less<>> accounts_;
    std::vector<UsersFileError> warnings_;
};

// The text with that account's line put in the place of the one it had, or at the end; every other octet
// stays. `name` is as account_name() has it.
std::string with_account(std::string_view text, std::string_view name, std::string_view fields);
std::string without_account(std::string_view text, std::string_view name);

}  // namespace cursus
