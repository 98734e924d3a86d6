#include "mail/mime_readings.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/number.h"
#include "base/text.h"
#include "mail/comments.h"
#include "mail/mime_charset.h"
#include "mail/percents.h"

namespace cursus {
namespace {

struct Piece {
    std::uint32_t number;
    std::size_t position;  // among the pieces as they stand
    bool is_extended;
    std::string_view value;
};

// One parameter's, by the way they are written in (RFC 2231 §3, §4, §4.1).
struct Written {
    std::vector<const MimeParameter*> plain;     // NAME=
    std::vector<const MimeParameter*> extended;  // NAME*=
    std::vector<Piece> pieces;                   // NAME*0=, NAME*1*=
    bool has_odd_name = false;
};

// RFC 2231 §7: no zero stands before a number.
std::optional<std::uint32_t> piece_number(std::string_view digits) {
    if (digits.size() > 4 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    return parse_number<std::uint32_t>(digits);
}

// What no number can be made of stands where it stands.
void sort_in(Written& written, const MimeParameter& parameter, std::string_view marks) {
    if (marks.empty()) {
        written.plain.push_back(&parameter);
    } else if (marks == "*") {
        written.extended.push_back(&parameter);
    } else {
        const bool is_extended = marks.ends_with('*');
        const auto number = piece_number(marks.substr(1, marks.size() - (is_extended ? 2 : 1)));
        if (!number) written.has_odd_name = true;
        const auto next = written.pieces.empty() ? 0 : written.pieces.back().number + 1;
        written.pieces.push_back(
            {number.value_or(next), written.pieces.size(), is_extended, parameter.value});
    }
}

Written written_as(const MimeValue& value, std::string_view name) {
    Written written;
    for (const auto& parameter : value.parameters) {
        const std::string_view own = parameter.name;
        if (!own.starts_with(name)) continue;
        const auto marks = own.substr(name.size());
        if (marks.empty() || marks.front() == '*') sort_in(written, parameter, marks);
    }
    return written;
}

struct Extended {
    std::string_view charset, text;
};

// "charset'language'text", RFC 2231 §4.
Extended split_charset(std::string_view value) {
    const auto first = value.find('\'');
    const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
    if (second == std::string_view::npos) return {.charset = {}, .text = value};
    return {.charset = value.substr(0, first), .text = value.substr(second + 1)};
}

enum class Percents : std::uint8_t { OfEachExtended, OfTheWhole };

std::string join(const std::vector<Piece>& pieces, Percents percents) {
    std::string octets;
    std::string_view charset;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        auto text = pieces[i].value;
        if (i == 0 && pieces[i].is_extended) {
            const auto extended = split_charset(text);
            charset = extended.charset;
            text = extended.text;
        }
        octets += percents == Percents::OfEachExtended && pieces[i].is_extended
                      ? lenient_percent_decoded(text)
                      : std::string(text);
    }
    return to_utf8(charset, percents == Percents::OfTheWhole ? lenient_percent_decoded(octets) : octets);
}

// The value as it stands, but for its quotes and its line ends; with or without the white space that folds
// leave.
std::string as_it_stands(std::string_view raw, bool keeps_folds) {
    std::string text;
    bool is_in_fold = false;
    for (const char c : raw) {
        if (c == '\r' || c == '\n') {
            is_in_fold = true;
        } else if (!is_blank(c)) {
            is_in_fold = false;
        }
        if (c != '"' && c != '\r' && c != '\n' && (keeps_folds || !is_in_fold)) text += c;
    }
    while (!text.empty() && is_blank(text.back())) text.pop_back();
    return text;
}

void read_pieces(const Written& written, ParameterReadings& readings) {
    auto pieces = written.pieces;
    // As some take the two together where a piece is missing.
    if (!written.plain.empty() &&
        std::ranges::none_of(pieces, [](const Piece& piece) { return piece.number == 0; }))
        pieces.insert(pieces.begin(), {0, 0, false, written.plain.front()->value});
    const bool is_in_order = std::ranges::is_sorted(pieces, {}, &Piece::number);
    if (!is_in_order) readings.others.push_back(join(pieces, Percents::OfEachExtended));
    std::ranges::sort(pieces, [](const Piece& a, const Piece& b) {
        return a.number != b.number ? a.number < b.number : a.position < b.position;
    });
    std::size_t whole = 0;
    while (whole < pieces.size() && pieces[whole].number == whole) ++whole;
    readings.best.push_back(join(pieces, Percents::OfEachExtended));
    readings.others.push_back(join(pieces, Percents::OfTheWhole));
    if (whole == written.pieces.size() && !written.has_odd_name) return;
    readings.has_odd_pieces = true;
    pieces.resize(whole);
    readings.others.push_back(join(pieces, Percents::OfEachExtended));
}

}  // namespace

ParameterReadings read_parameter(const MimeValue& value, std::string_view name) {
    const auto written = written_as(value, name);
    ParameterReadings readings;
    readings.is_plain = written.extended.empty() && written.pieces.empty();
    for (const auto* parameter : written.plain) {
        readings.best.push_back(parameter->value);
        readings.others.push_back(as_it_stands(parameter->raw, true));
        readings.others.push_back(as_it_stands(parameter->raw, false));
    }
    for (const auto* parameter : written.extended) {
        const auto extended = split_charset(parameter->value);
        readings.best.push_back(to_utf8(extended.charset, lenient_percent_decoded(extended.text)));
        readings.others.push_back(as_it_stands(parameter->raw, true));
    }
    if (!written.pieces.empty()) read_pieces(written, readings);
    return readings;
}

}  // namespace cursus
