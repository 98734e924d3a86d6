// cursus user: the accounts of the users file.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "accounts/account_name.h"
#include "accounts/password_hash.h"
#include "accounts/users_file.h"
#include "adapters/edited_file.h"
#include "adapters/password_prompt.h"
#include "adapters/posix_files.h"
#include "adapters/system_random.h"
#include "adapters/system_users.h"
#include "base/wipe.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/text_table.h"

namespace cursus {
namespace {

enum class Scram : std::uint8_t { Also, Only, None };

struct UserOptions {
    std::string name, file, scram = "also";
    bool json = false;
};

struct Exit {
    int code = EX_OK;
    std::string why = {};
};

// Where the users file is, and who is to read one that is made.
struct Place {
    std::string path;
    NewFileRights rights;
};

int end(const Exit& exit) {
    if (!exit.why.empty()) fmt::print(stderr, "cursus: {}\n", exit.why);
    return exit.code;
}

Result<NewFileRights, Exit> rights_for(const std::string& user) {
    if (user.empty()) return NewFileRights{};
    const auto found = look_up_user(user);
    if (!found) return failure(Exit{EX_TEMPFAIL, found.error()});
    if (!*found) return failure(Exit{EX_CONFIG, fmt::format("run_as: there is no user {}", user)});
    return NewFileRights{0640, (*found)->gid};
}

Result<Place, Exit> find_place(const std::string& configuration, const UserOptions& options) {
    const auto settings = load_configuration(configuration);
    if (!options.file.empty()) {
        // Without a configuration here nobody but the caller is known who might read it.
        if (!settings) return Place{options.file, {}};
        TRY(rights, rights_for(settings->run_as));
        return Place{options.file, rights};
    }
    if (!settings) {
        fmt::print(stderr, "{}", settings.error());
        return failure(Exit{EX_CONFIG});
    }
    const auto& users = settings->auth.users;
    if (users.kind == AccountStore::None)
        return failure(Exit{EX_CONFIG, fmt::format("{}: no accounts are kept anywhere; write [auth] users = "
                                                   "\"/etc/cursus/users\", or give --file",
                                                   configuration)});
    if (users.kind != AccountStore::File)
        return failure(
            Exit{EX_CONFIG, fmt::format("{}: [auth] users is no file: its accounts are made where they "
                                        "are kept; --file names a users file",
                                        configuration)});
    TRY(rights, rights_for(settings->run_as));
    return Place{users.what, rights};
}

Result<std::string, Exit> checked_name(const std::string& given) {
    auto name = account_name(given);
    const bool is_comment = name && name->starts_with('#');
    if (name && !is_comment) return *std::move(name);
    return failure(
        Exit{EX_USAGE, fmt::format("no account can be called that: a name is text of 1 to {} octets "
                                   "without \":\" and control characters, and begins with no \"#\"",
                                   account_octets_max)});
}

std::string random_octets(Random& random, std::size_t count) {
    std::string octets;
    for (std::size_t i = 0; i < count; ++i) octets += static_cast<char>(random.below(256));
    return octets;
}

Result<AccountSecrets, std::string> make_secrets(const std::string& password, Scram scram) {
    SystemRandom random;
    AccountSecrets secrets;
    if (scram != Scram::Only) {
        TRY(hash, make_password_hash(password, random_octets(random, hash_salt_octets)));
        secrets.password_hash = std::move(hash);
    }
    if (scram == Scram::None) return secrets;
    for (const auto hash : {ScramHash::Sha256, ScramHash::Sha1}) {
        TRY(keys, make_scram_keys(password, hash, random_octets(random, scram_salt_octets),
                                  scram_iterations_default));
        (hash == ScramHash::Sha1 ? secrets.sha1 : secrets.sha256) = std::move(keys);
    }
    return secrets;
}

Result<std::string, Exit> new_fields(const std::string& name, const UserOptions& options) {
    auto typed = ask_new_password(name);
    if (!typed) return failure(Exit{EX_DATAERR, typed.error()});
    const WipedAtEnd wiped(*typed);
    auto password = prepared_password(*typed);
    if (!password)
        return failure(
            Exit{EX_DATAERR, fmt::format("that is no password: 1 to {} octets of text without control "
                                         "characters are one",
                                         password_octets_max)});
    const WipedAtEnd wiped_too(*password);
    const Scram scram = options.scram == "only"   ? Scram::Only
                        : options.scram == "none" ? Scram::None
                                                  : Scram::Also;
    const auto secrets = make_secrets(*password, scram);
    if (!secrets) return failure(Exit{EX_OSERR, secrets.error()});
    return text_of(*secrets);
}

bool is_there(const std::string& text, const std::string& name) {
    return UsersFile(text).find(name) != nullptr;
}
Exit already_there(const Place& place, const std::string& name) {
    return {EX_DATAERR,
            fmt::format("{} is in {} already; `cursus user passwd` gives a new password", name, place.path)};
}
Exit not_there(const Place& place, const std::string& name) {
    return {EX_NOUSER, fmt::format("{} is not in {}; `cursus user list` shows who is", name, place.path)};
}

Result<std::string, Exit> read_users(const Place& place) {
    PosixFiles files;
    if (!files.exists(place.path)) return std::string();
    auto text = read_whole_file(files, place.path, edited_file_bytes_max);
    if (!text) return failure(Exit{EX_NOINPUT, text.error().what});
    return *std::move(text);
}

enum class Wanted : std::uint8_t { Absent, Present };

// The account is looked for twice: before anybody types a password, and in what is then changed.
Result<void, Exit> set_password(const Place& place, const UserOptions& options, Wanted wanted) {
    TRY(name, checked_name(options.name));
    const auto objection = [&](const std::string& text) -> std::optional<Exit> {
        if (is_there(text, name) == (wanted == Wanted::Present)) return std::nullopt;
        return wanted == Wanted::Absent ? already_there(place, name) : not_there(place, name);
    };
    TRY(before, read_users(place));
    if (auto exit = objection(before)) return failure(*std::move(exit));
    TRY(fields, new_fields(name, options));
    std::optional<Exit> refused;
    const auto edited =
        edit_file(place.path, place.rights, [&](const std::string& text) -> std::optional<std::string> {
            refused = objection(text);
            if (refused) return std::nullopt;
            return with_account(text, name, fields);
        });
    if (!edited) return failure(Exit{EX_CANTCREAT, edited.error()});
    if (refused) return failure(*std::move(refused));
    return {};
}

Result<void, Exit> remove_account(const Place& place, const UserOptions& options) {
    TRY(name, checked_name(options.name));
    bool was_there = false;
    TRY(before, read_users(place));
    if (!is_there(before, name)) return failure(not_there(place, name));
    const auto edited =
        edit_file(place.path, place.rights, [&](const std::string& text) -> std::optional<std::string> {
            was_there = is_there(text, name);
            if (!was_there) return std::nullopt;
            return without_account(text, name);
        });
    if (!edited) return failure(Exit{EX_CANTCREAT, edited.error()});
    if (!was_there) return failure(not_there(place, name));
    return {};
}

// The method of a hash, "$y$" for people.
std::string method_of(const std::string& hash) {
    if (hash.empty()) return "-";
    if (hash.starts_with("$y$")) return "yescrypt";
    if (hash.starts_with("$2")) return "bcrypt";
    if (hash.starts_with("$6$")) return "sha512";
    return hash.substr(0, hash.find('$', 1) + 1);
}

nlohmann::json as_json(const UsersFile& file) {
    auto list = nlohmann::json::array();
    for (const auto& [name, account] : file.accounts()) {
        const auto secrets = parse_secrets(account.fields);
        nlohmann::json entry{{"name", name}, {"line", account.line}};
        if (secrets) {
            if (!secrets->password_hash.empty()) entry["hash"] = method_of(secrets->password_hash);
            entry["scram_sha_256"] = secrets->sha256.has_value();
            entry["scram_sha_1"] = secrets->sha1.has_value();
        } else {
            entry["trouble"] = secrets.error();
        }
        list.push_back(std::move(entry));
    }
    return list;
}

std::string as_text(const UsersFile& file) {
    TextTable table({{"account"}, {"hash"}, {"SCRAM-SHA-256"}, {"SCRAM-SHA-1"}});
    for (const auto& [name, account] : file.accounts()) {
        const auto secrets = parse_secrets(account.fields);
        if (!secrets) {
            table.add({name, "unusable", "-", "-"});
            continue;
        }
        table.add({name, method_of(secrets->password_hash), secrets->sha256 ? "yes" : "-",
                   secrets->sha1 ? "yes" : "-"});
    }
    return table.text();
}

Result<void, Exit> list_accounts(const Place& place, const UserOptions& options) {
    TRY(text, read_users(place));
    const UsersFile file(text);
    for (const auto& [line, what] : file.warnings())
        fmt::print(stderr, "{}:{}: {}\n", place.path, line, what);
    if (options.json)
        fmt::print("{}\n", as_json(file).dump(2));
    else
        fmt::print("{}", as_text(file));
    return {};
}

using UserWork = Result<void, Exit> (*)(const Place&, const UserOptions&);

int run(const std::string& configuration, const UserOptions& options, UserWork work) {
    const auto place = find_place(configuration, options);
    if (!place) return end(place.error());
    const auto done = work(*place, options);
    return done ? EX_OK : end(done.error());
}

Result<void, Exit> add_account(const Place& place, const UserOptions& options) {
    return set_password(place, options, Wanted::Absent);
}
Result<void, Exit> change_password(const Place& place, const UserOptions& options) {
    return set_password(place, options, Wanted::Present);
}

}  // namespace

void add_user(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* user = app.add_subcommand("user", "Make, list and change the accounts of the users file.");
    user->require_subcommand(1);
    auto options = std::make_shared<UserOptions>();
    user->add_option("--file", options->file, "The users file; the default is what [auth] users names.");
    user->fallthrough();
    const auto add = [&](const char* name, const char* help, UserWork work) {
        auto* command = user->add_subcommand(name, help);
        command->callback([&common, &action, options, work] {
            action = [&common, options, work] { return run(common.configuration, *options, work); };
        });
        return command;
    };
    const auto takes_name = [&](CLI::App* command) {
        command->add_option("name", options->name, "The account: a name, or user@domain.")->required();
        return command;
    };
    const auto takes_scram = [&](CLI::App* command) {
        command
            ->add_option(
                "--scram", options->scram,
                "Keys for SCRAM beside the hash of the password (also), instead of it (only), or none.")
            ->check(CLI::IsMember({"also", "only", "none"}))
            ->capture_default_str();
    };
    takes_scram(takes_name(
        add("add", "Make an account; the password is asked for, or a line of standard input.", add_account)));
    takes_scram(takes_name(add("passwd", "Give an account a new password.", change_password)));
    takes_name(add("remove", "Remove an account.", remove_account));
    add("list", "List the accounts, and what is kept of each password.", list_accounts)
        ->add_flag("--json", options->json, "For programs.");
    add_user_holds(*user, common, action);
}

}  // namespace cursus
