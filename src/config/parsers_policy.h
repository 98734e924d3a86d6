// Options of rules and of what they ask.
#pragma once

#include "config/option.h"
#include "config/settings.h"

namespace cursus {

Option conditions_option(std::string key, ConditionGroup& field, std::string help);
Option field_templates_option(std::string key, std::vector<FieldTemplate>& field, std::string help);
// Of a header field.
Option field_text_option(std::string key, TextTemplate& field, std::string help);
// Of a reply: an enhanced status may stand before it.
Option reply_text_option(std::string key, std::optional<Status>& status, TextTemplate& text,
                         std::string help);
// What conditions name, where case does not matter: in lower case from here on.
Option word_option(std::string key, std::string& field, std::string syntax, std::string help);
Option field_names_option(std::string key, std::vector<std::string>& field, std::string help);
Option mailbox_option(std::string key, std::optional<Mailbox>& field, std::string help);
Option advisor_option(std::string key, std::optional<AdvisorAddress>& field, std::string help);
Option zone_option(std::string key, std::string& field, std::string help);
Option answers_option(std::string key, std::vector<ListAnswerPattern>& field, std::string help);
Option score_option(std::string key, double& field, std::string help);
// Servers: "192.0.2.1:3310", "unix:/path", each behind `scheme` where there is one ("http://", "inet:").
Option servers_option(std::string key, std::vector<ServiceAddress>& field, std::string scheme,
                      std::string help);
Option milters_option(std::string key, std::vector<MilterSettings>& field, std::string help);

}  // namespace cursus
