// The regex table: lines of "/pattern/flags value", tried in order.
#pragma once

#include <memory>
#include <string>

#include "route/file_table.h"

namespace cursus {

inline constexpr std::size_t regex_rules_max = 5'000;
inline constexpr std::size_t regex_rule_bytes_max = 16 * 1024;
inline constexpr std::size_t regex_key_bytes_max = 1024;  // a longer one is not there

// RE2's syntax: matching takes time linear in the key, whatever the pattern. A pattern is found anywhere in
// the key unless ^ and $ bind it; flag "i" ignores case. "\/" is a slash; "#" begins a comment line; a line
// that begins with white space goes on with the one before.
Result<ParsedFile, TargetError> parse_regex_table(const std::string& text);

std::shared_ptr<Table> make_regex_table(const FileTableNeeds& needs, std::string name, std::string path);

}  // namespace cursus
