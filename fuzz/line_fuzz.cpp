// Command lines: against a plain reading of the rules, and the same in whatever pieces they come.
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "mail/line_reader.h"

namespace cursus::fuzz {
namespace {

constexpr std::size_t line_octets_max = 40;
using Lines = std::vector<Result<std::string, LineViolation>>;

// The first thing wrong with what stands in front of a CRLF, or in front of the end of the input.
std::optional<LineViolation> violation_of(std::string_view line, bool has_end) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (i + 2 >= line_octets_max && line[i] != '\r' && line[i] != '\n' && line[i] != '\0')
            return LineViolation::TooLong;
        if (line[i] == '\n') return LineViolation::BareLf;
        if (line[i] == '\0') return LineViolation::Nul;
        if (line[i] == '\r' && (has_end || i + 1 < line.size())) return LineViolation::BareCr;
    }
    return std::nullopt;
}

Lines read_plainly(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        const bool has_end = end != std::string_view::npos;
        const auto line = text.substr(0, end);
        if (const auto violation = violation_of(line, has_end))
            lines.push_back(failure(*violation));
        else if (has_end)
            lines.emplace_back(std::string(line));
        text.remove_prefix(has_end ? end + 2 : text.size());
    }
    return lines;
}

void read_on(LineReader& reader, std::string_view input, Lines& lines) {
    while (const auto line = reader.next(input)) {
        if (*line)
            lines.emplace_back(std::string(**line));
        else
            lines.push_back(failure(line->error()));
    }
    require(input.empty() && reader.held_octets() <= line_octets_max);
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    fuzz::Lines whole, torn;
    LineReader whole_reader(fuzz::line_octets_max), torn_reader(fuzz::line_octets_max);
    fuzz::read_on(whole_reader, input.rest(), whole);
    for (fuzz::Pieces pieces(input.rest(), seed); !pieces.empty();)
        fuzz::read_on(torn_reader, pieces.next(), torn);
    fuzz::require(whole == fuzz::read_plainly(input.rest()));
    fuzz::require(torn == whole);
    return 0;
}
