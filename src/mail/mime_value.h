// The body of a Content-Type or Content-Disposition field: a value and its parameters, RFC 2045 §5.1. Read so
// that nothing is lost that some reader of mail could find there; what breaks the syntax is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mail/malformation.h"

namespace cursus {

inline constexpr std::size_t mime_parameters_max = 100;  // of one field
inline constexpr std::size_t mime_raw_octets_max =
    2048;  // names that matter are shorter, and end in what matters

bool is_mime_token(std::string_view text);  // RFC 2045 §5.1

struct MimeParameter {
    std::string name;      // lower-case, with the asterisks and numbers of RFC 2231
    std::string value;     // its quotes, quoted pairs and folds undone
    std::string_view raw;  // all up to the semicolon as it stands, what should not be there included; its
                           // last mime_raw_octets_max
};

struct MimeValue {
    std::string value;  // lower-case, without white space and comments: "text/plain", "attachment"
    std::vector<MimeParameter> parameters;
    std::vector<Malformation> faults;  // ParameterSyntax, ParameterUnended, MimeParameters: each once
};

// A reader that knows neither comments nor quoted pairs finds other parameters where they are used.
enum class MimeReading : std::uint8_t { Strict, Careless };

// `body` outlives what is given back.
MimeValue read_mime_value(std::string_view body, MimeReading reading = MimeReading::Strict);

// Whether both readings could differ.
bool has_careless_reading(std::string_view body);

}  // namespace cursus
