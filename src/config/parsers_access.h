// Options of who may come in: accounts, mechanisms, certificates' fingerprints.
#pragma once

#include "config/option.h"
#include "config/settings.h"

namespace cursus {

Option account_source_option(std::string key, AccountSource& field, std::string help);
Option mechanisms_option(std::string key, std::vector<Mechanism>& field, std::string help);
// Colons between the octets, and capitals, are taken too: so openssl prints them.
Option fingerprints_option(std::string key, std::vector<std::string>& field, std::string help);
Option sender_policy_option(std::string key, SubmissionSettings& settings, std::string help);
Option priority_option(std::string key, std::int8_t& field, std::string help);

}  // namespace cursus
