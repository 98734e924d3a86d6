// One option of the configuration file, declared once: from it come the parser, the manual and `cursus
// check`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"
#include "config/value.h"
#include "mail/domain.h"

namespace cursus {

struct Option {
    std::string key;
    std::string syntax;  // what may be written, for the manual and for errors: "a size, 1KiB to 2GiB"
    std::string help;    // one sentence
    std::string shown;   // the default, as it would be written
    // Sets the field; the error says what is wrong with the value, at the place of the part that is wrong.
    std::function<Result<void, ConfigError>(const ConfigValue&)> set;
};

template <class T>
struct Bounds {
    T least, most;
};

// Makers, one a kind. Each binds to a field that outlives the option; its present value is the default shown.
Option text_option(std::string key, std::string& field, std::string syntax, std::string help);
Option flag_option(std::string key, bool& field, std::string help);
Option count_option(std::string key, std::uint32_t& field, Bounds<std::uint32_t> bounds, std::string help);
Option port_option(std::string key, std::uint16_t& field, std::string help);
inline constexpr std::uint64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
Option size_option(std::string key, std::uint64_t& field, Bounds<std::uint64_t> bounds, std::string help);
Option duration_option(std::string key, Duration& field, Bounds<Duration> bounds, std::string help);

// An option whose value is a list of texts (one text alone will do as well), each read by `parse`, which
// returns what is wrong in a sentence. The list given replaces the default.
Option list_option(std::string key, std::string syntax, std::string help, std::string shown,
                   std::function<void()> clear,
                   std::function<Result<void, std::string>(const std::string&)> parse);
// One text, read by `parse`.
Option parsed_option(std::string key, std::string syntax, std::string help, std::string shown,
                     std::function<Result<void, std::string>(const std::string&)> parse);

// "10MiB", "512KiB", "64B"; decimal units too ("10MB"). A bare number is an error: sizes say their unit.
Result<std::uint64_t, std::string> parse_size(std::string_view text);
// "30s", "5m", "1h30m", "5d".
Result<Duration, std::string> parse_duration(std::string_view text);
std::string size_text(std::uint64_t octets);   // the largest binary unit that divides it
std::string duration_text(Duration duration);  // "5d", "1h30m"

}  // namespace cursus
