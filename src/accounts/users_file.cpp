#include "accounts/users_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/account_name.h"

namespace cursus {
namespace {

// Takes a line with its end.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    text.remove_prefix(line.size());
    return line;
}

std::string_view without_end(std::string_view line) {
    const auto last = line.find_last_not_of("\r\n");
    return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool says_nothing(std::string_view line) {
    return line.starts_with('#') || line.find_first_not_of(" \t") == std::string_view::npos;
}

// Nothing: the line is no account's.
std::optional<std::string> name_in(std::string_view line) {
    line = without_end(line);
    const auto colon = line.find(':');
    if (says_nothing(line) || colon == std::string_view::npos) return std::nullopt;
    return account_name(line.substr(0, colon));
}

}  // namespace

UsersFile::UsersFile(std::string_view text) {
    for (std::uint32_t number = 1; !text.empty(); ++number) read(without_end(take_line(text)), number);
}

void UsersFile::read(std::string_view line, std::uint32_t number) {
    if (says_nothing(line)) return;
    auto name = name_in(line);
    if (!name) {
        warnings_.push_back({number, "no account; write name:secrets, as `cursus user add` does"});
        return;
    }
    std::string fields(line.substr(line.find(':') + 1));
    const auto secrets = parse_secrets(fields);
    if (!secrets) warnings_.push_back({number, fmt::format("{}: {}", *name, secrets.error())});
    const auto [entry, is_new] = accounts_.try_emplace(*name, Account{std::move(fields), number});
    if (!is_new)
        warnings_.push_back(
            {number, fmt::format("{} has a line already, {}, which counts", *name, entry->second.line)});
}

const UsersFile::Account* UsersFile::find(std::string_view name) const {
    const auto found = accounts_.find(name);
    return found == accounts_.end() ? nullptr : &found->second;
}

AccountForms UsersFile::forms() const {
    AccountForms forms{true, true};
    std::map<std::string, std::size_t> works;
    std::size_t most = 0;
    for (const auto& [name, account] : accounts_) {
        auto secrets = parse_secrets(account.fields);
        if (!secrets) continue;
        forms.all_have_sha1 = forms.all_have_sha1 && secrets->sha1;
        forms.all_have_sha256 = forms.all_have_sha256 && secrets->sha256;
        const std::size_t count = ++works[work_of(*secrets)];
        if (count <= most) continue;
        most = count;
        forms.usual = std::make_shared<const AccountSecrets>(*std::move(secrets));
    }
    return forms;
}

std::string with_account(std::string_view text, std::string_view name, std::string_view fields) {
    const std::string line = fmt::format("{}:{}\n", name, fields);
    std::string out;
    bool is_placed = false;
    while (!text.empty()) {
        const auto old = take_line(text);
        const bool is_replaced = !is_placed && name_in(old) == name;
        out += is_replaced ? line : old;
        is_placed = is_placed || is_replaced;
    }
    if (is_placed) return out;
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    return out + line;
}

std::string without_account(std::string_view text, std::string_view name) {
    std::string out;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (name_in(line) != name) out += line;
    }
    return out;
}

}  // namespace cursus
