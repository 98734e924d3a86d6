// What no single key can tell: defaults that depend on the machine, and settings that contradict each other.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/parse.h"
#include "config/settings.h"

namespace cursus {

// One element of a table that may stand many times, and the keys written in it.
struct ElementPlace {
    SourcePlace start;
    std::map<std::string, SourcePlace, std::less<>> keys;
    SourcePlace of(std::string_view key) const {
        const auto found = keys.find(key);
        return found == keys.end() ? start : found->second;
    }
};

struct ConfigPlaces {
    std::map<std::string, SourcePlace, std::less<>> tables;
    // One an element. Of the rules, those of the file.
    std::vector<ElementPlace> listeners, certificates, rules, dns_lists, routes, aliases, domains,
        lookup_tables;
    SourcePlace table(std::string_view name) const {
        const auto found = tables.find(name);
        return found == tables.end() ? SourcePlace{} : found->second;
    }
};

void fill_defaults(Settings& settings, const SystemDefaults& system, const ConfigPlaces& places);
void check_settings(const Settings& settings, const ConfigPlaces& places, std::vector<ConfigError>& errors);

}  // namespace cursus
