// The tables of the configuration, opened.
#pragma once

#include <string>
#include <vector>

#include "adapters/ldap_settings.h"
#include "base/result.h"
#include "config/settings.h"
#include "route/file_table.h"
#include "runtime/table.h"

namespace cursus {

// Each [[table]] by its name, and each list that is named by its path, by that path (named_table() finds
// both). A table that is absent or broken is no error here: it is trouble for whoever asks it, until it is
// there. The error is a sentence: what is configured can never work.
Result<Tables, std::string> open_tables(const Settings& settings, const FileTableNeeds& needs);

// The paths of lists that stand in place of a table's name.
std::vector<std::string> lists_named_by_path(const Settings& settings);

LdapTableSettings ldap_settings(const TableSettings& settings);

}  // namespace cursus
