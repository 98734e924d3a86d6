// The file table: "key: value", in the syntax of /etc/aliases.
#pragma once

#include <memory>
#include <string>

#include "route/file_table.h"

namespace cursus {

Result<ParsedFile, TargetError> parse_alias_table(std::string text);

std::shared_ptr<Table> make_alias_table(const FileTableNeeds& needs, std::string name, std::string path);

}  // namespace cursus
