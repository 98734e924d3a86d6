#include "runtime/secret_file.h"

#include <string_view>

#include <fmt/format.h>

namespace cursus {

namespace {

constexpr std::uint32_t root = 0;
constexpr unsigned of_group_and_others = 0066;

Result<void, std::string> check_rights(const FileRights& rights, std::uint32_t own_user,
                                       const std::string& path) {
    if (rights.owner != root && rights.owner != own_user)
        return failure(fmt::format(
            "{} belongs to user {}, who could change it; it must belong to root or to user {}, whom this "
            "program runs as",
            path, rights.owner, own_user));
    if ((rights.permissions & of_group_and_others) != 0)
        return failure(fmt::format("{} has mode {:04o}: others can read or write it; run chmod 600 {}", path,
                                   rights.permissions, path));
    return {};
}

Result<std::string, std::string> only_line(std::string_view all, const std::string& path) {
    std::string_view line = all.substr(0, all.find('\n'));
    const bool has_more = all.find_first_not_of("\r\n", line.size()) != std::string_view::npos;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty())
        return failure(fmt::format("{}: its first line is empty; write the secret there", path));
    if (has_more) return failure(fmt::format("{}: it has more than one line", path));
    if (line.find('\0') != std::string_view::npos) return failure(fmt::format("{}: it holds a NUL", path));
    return std::string(line);
}

}  // namespace

Result<std::string, std::string> read_secret_file(Files& files, const std::string& path) {
    const auto facts = files.facts(path);
    if (!facts) return failure(facts.error().what);
    if (!facts->is_regular) return failure(fmt::format("{}: it is no regular file", path));
    const auto file = files.open(path, OpenMode::Read);
    if (!file) return failure(file.error().what);
    const auto rights = (*file)->rights();
    if (!rights) return failure(rights.error().what);
    TRY_VOID(check_rights(*rights, files.own_user(), path));
    std::string text(secret_bytes_max + 1, '\0');
    const auto size = (*file)->read_at(0, text);
    if (!size) return failure(size.error().what);
    if (*size > secret_bytes_max)
        return failure(fmt::format("{}: more than {} octets", path, secret_bytes_max));
    text.resize(*size);
    return only_line(text, path);
}

}  // namespace cursus
