// Headers: the survey is the same in whatever pieces, and agrees with the fields one by one.
#include <string>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "mail/header.h"

namespace cursus::fuzz {
namespace {

bool says_the_same(const HeaderSurvey& a, const HeaderSurvey& b) {
    return a.has_ended() == b.has_ended() && a.octets() == b.octets() && a.fields() == b.fields() &&
           a.malformed_lines() == b.malformed_lines() && a.received() == b.received() &&
           a.from() == b.from() && a.date() == b.date() && a.message_id() == b.message_id();
}

// As DATA delivers it: CR and LF only as a pair.
std::string with_line_ends(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n')
            result += "\r\n";
        else if (c != '\r')
            result += c;
    }
    return result;
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    using fuzz::require;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    HeaderSurvey whole, torn;
    whole.feed(input.rest());
    for (fuzz::Pieces pieces(input.rest(), seed); !pieces.empty();) torn.feed(pieces.next());
    require(fuzz::says_the_same(whole, torn));

    const auto message = fuzz::with_line_ends(input.rest());
    HeaderSurvey survey;
    survey.feed(message);
    HeaderFields fields(message);
    std::uint32_t received = 0, from = 0;
    std::size_t octets = 0;
    while (const auto field = fields.next()) {
        octets += field->text.size();
        require(field->text.ends_with("\r\n"));
        received += equal_ignoring_case(field->name, "Received");
        from += equal_ignoring_case(field->name, "From");
    }
    if (!fields.has_ended() || message.size() >= header_octets_max) return 0;
    require(survey.has_ended() && survey.octets() == octets + 2);
    require(fields.rest() == std::string_view(message).substr(octets + 2));
    require(survey.received() == received && survey.from() == from);
    return 0;
}
