// The users file: it is read whatever it holds, and a change of one account leaves all others as they are.
#include "accounts/users_file.h"

#include "accounts/account_name.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const UsersFile file(text);
    for (const auto& [name, account] : file.accounts()) {
        fuzz::require(account_name(name).has_value());
        const auto secrets = parse_secrets(account.fields);
        if (secrets) fuzz::require(text_of(*parse_secrets(text_of(*secrets))) == text_of(*secrets));
    }
    const auto changed = UsersFile(with_account(text, "ann", "x"));
    fuzz::require(changed.find("ann") != nullptr && changed.find("ann")->fields == "x");
    const auto without = UsersFile(without_account(text, "ann"));
    fuzz::require(without.find("ann") == nullptr);
    for (const auto& [name, account] : file.accounts()) {
        if (name == "ann") continue;
        fuzz::require(changed.find(name)->fields == account.fields);
        fuzz::require(without.find(name)->fields == account.fields);
    }
    return 0;
}
