#include "mail/mime_part.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "mail/mime_file_names.h"
#include "mail/mime_readings.h"

namespace cursus {
namespace {

constexpr std::size_t subject_octets_max = 200;
constexpr std::size_t media_type_octets_max = 255;  // RFC 6838 §4.2: 127 on either side of the slash
constexpr std::size_t charset_octets_max = 64;

// RFC 2046 §5.1.1.
bool is_boundary(std::string_view text) {
    constexpr std::string_view marks = "'()+_,-./:=? ";
    return text.size() <= 70 &&
           std::ranges::all_of(text, [=](char c) { return is_alpha(c) || is_digit(c) || marks.contains(c); });
}

// What a Content-Type without a subtype is good for; RFC 2045 §5.2 makes text of the rest.
std::string mended_type(std::string_view value) {
    const auto slash = value.find('/');
    if (slash != std::string_view::npos && slash != 0 && slash + 1 != value.size())
        return std::string(value.substr(0, media_type_octets_max));
    return value.substr(0, slash) == "multipart" ? "multipart/mixed" : "text/plain";
}

bool is_media_type(std::string_view value) {
    const auto slash = value.find('/');
    return slash != std::string_view::npos && is_mime_token(value.substr(0, slash)) &&
           is_mime_token(value.substr(slash + 1));
}

PartKind kind_of(std::string_view media_type) {
    if (media_type.starts_with("multipart/")) return PartKind::Multipart;
    const bool is_message =
        media_type == "message/rfc822" || media_type == "message/global" || media_type == "message/news";
    return is_message ? PartKind::Message : PartKind::Leaf;
}

// RFC 2045 §6.1.
std::optional<TransferEncoding> encoding_called(std::string_view name) {
    if (name == "7bit") return TransferEncoding::SevenBit;
    if (name == "8bit" || name == "binary") return TransferEncoding::EightBit;
    if (name == "base64") return TransferEncoding::Base64;
    if (name == "quoted-printable") return TransferEncoding::QuotedPrintable;
    return std::nullopt;
}

class PartDescriber {
public:
    explicit PartDescriber(std::string_view default_type) { result_.part.media_type = default_type; }

    void read_types(const std::vector<std::string>& bodies);
    void read_dispositions(const std::vector<std::string>& bodies);
    void read_encodings(const std::vector<std::string>& bodies);
    DescribedPart finish();

private:
    bool has_fault(Malformation what) const;
    void note(Malformation what, std::string_view subject);
    void note_all(const std::vector<Malformation>& faults, std::string_view subject);
    void note_parameters(const MimeValue& value, std::string_view body);
    void note_difference(const std::vector<std::string>& bodies, Malformation differs);
    void read_type(const MimeValue& value, std::string_view body);
    void read_boundaries(const MimeValue& value, std::string_view body);
    void add_boundary(std::string text, std::string_view body);
    void read_names(const MimeValue& value, std::string_view body);
    void read_encoding(std::string_view body);

    DescribedPart result_;
    FileNames names_;
    bool has_type_ = false, has_encoding_ = false;
};

bool PartDescriber::has_fault(Malformation what) const {
    return std::ranges::find(result_.faults, what, &PartFault::what) != result_.faults.end();
}

void PartDescriber::note(Malformation what, std::string_view subject) {
    if (!has_fault(what))
        result_.faults.push_back({what, std::string(subject.substr(0, subject_octets_max))});
}

void PartDescriber::note_all(const std::vector<Malformation>& faults, std::string_view subject) {
    for (const auto fault : faults) note(fault, subject);
}

// RFC 2045 §5: a parameter stands once.
void PartDescriber::note_parameters(const MimeValue& value, std::string_view body) {
    note_all(value.faults, body);
    for (auto one = value.parameters.begin(); one != value.parameters.end(); ++one) {
        const auto other =
            std::ranges::find(one + 1, value.parameters.end(), one->name, &MimeParameter::name);
        if (other == value.parameters.end()) continue;
        note(one->value == other->value ? Malformation::ParameterSyntax : Malformation::DuplicateParameter,
             body);
    }
}

void PartDescriber::note_difference(const std::vector<std::string>& bodies, Malformation differs) {
    for (const auto& body : bodies) {
        if (&body == &bodies.front()) continue;
        note(body == bodies.front() ? Malformation::DuplicateField : differs, body);
    }
}

void PartDescriber::read_types(const std::vector<std::string>& bodies) {
    note_difference(bodies, Malformation::DuplicateContentType);
    for (const auto& body : bodies) {
        const auto value = read_mime_value(body);
        note_parameters(value, body);
        read_type(value, body);
        read_names(value, body);
    }
}

void PartDescriber::read_type(const MimeValue& value, std::string_view body) {
    if (!is_media_type(value.value)) note(Malformation::ContentTypeSyntax, body);
    const auto type = mended_type(value.value);
    const auto kind = kind_of(type);
    if (kind == PartKind::Multipart) read_boundaries(value, body);
    if (type == "message/partial") note(Malformation::MessagePartial, body);
    const auto shows = [this](PartKind what) {  // how much of a part is seen
        return what == PartKind::Multipart ? (result_.boundaries.empty() ? 0 : 2) : what == PartKind::Message;
    };
    if (has_type_ && shows(kind) <= shows(result_.kind)) return;
    has_type_ = true;
    result_.kind = kind;
    result_.part.media_type = type;
    const auto charset = read_parameter(value, "charset");
    if (!charset.best.empty()) result_.part.charset = to_lower(charset.best[0]).substr(0, charset_octets_max);
}

void PartDescriber::read_boundaries(const MimeValue& value, std::string_view body) {
    const auto before = result_.boundaries.size();
    const auto strict = read_parameter(value, "boundary");
    if (!strict.is_plain) note(Malformation::BoundaryAmbiguous, body);
    for (const auto& text : strict.best) add_boundary(text, body);
    for (const auto& text : strict.others) add_boundary(text, body);
    if (has_careless_reading(body)) {
        const auto careless = read_mime_value(body, MimeReading::Careless);
        for (const auto& text : read_parameter(careless, "boundary").best) add_boundary(text, body);
    }
    if (result_.boundaries.size() > before + 1) note(Malformation::BoundaryAmbiguous, body);
}

// RFC 2046 §5.1.1: no space ends it, since spaces that end a line are padding.
void PartDescriber::add_boundary(std::string text, std::string_view body) {
    if (text.ends_with(' ') || text.ends_with('\t')) note(Malformation::BoundaryAmbiguous, body);
    while (!text.empty() && is_blank(text.back())) text.pop_back();
    auto& boundaries = result_.boundaries;
    if (text.empty() || std::ranges::find(boundaries, text) != boundaries.end()) return;
    if (text.size() > boundary_octets_max) return note(Malformation::BoundaryTooLong, body);
    if (!is_boundary(text)) note(Malformation::BoundarySyntax, body);
    if (boundaries.size() == boundaries_max)
        note(Malformation::MimeParameters, body);
    else
        boundaries.push_back(std::move(text));
}

void PartDescriber::read_names(const MimeValue& value, std::string_view body) {
    names_.add(value);
    if (has_careless_reading(body)) names_.add_careless(body);
    names_.add_decoded(body);
}

// RFC 2183 §2.
void PartDescriber::read_dispositions(const std::vector<std::string>& bodies) {
    note_difference(bodies, Malformation::DuplicateDisposition);
    for (const auto& body : bodies) {
        const auto value = read_mime_value(body);
        note_parameters(value, body);
        if (!is_mime_token(value.value)) note(Malformation::ParameterSyntax, body);
        auto& disposition = result_.part.disposition;
        if (disposition.empty() || value.value == "attachment")
            disposition = value.value.substr(0, media_type_octets_max);
        read_names(value, body);
    }
}

void PartDescriber::read_encodings(const std::vector<std::string>& bodies) {
    note_difference(bodies, Malformation::DuplicateEncoding);
    for (const auto& body : bodies) read_encoding(body);
}

// RFC 2045 §6.1. Some readers look only for the name's beginning, or for the name anywhere.
void PartDescriber::read_encoding(std::string_view body) {
    const auto value = read_mime_value(body);
    auto encoding = encoding_called(value.value);
    const bool has_more = !value.parameters.empty() || !value.faults.empty();
    if (!encoding || has_more) {
        const auto text = to_lower(body);
        if (text.contains("base64"))
            encoding = TransferEncoding::Base64;
        else if (text.contains("quoted-printable"))
            encoding = TransferEncoding::QuotedPrintable;
        const auto why = !encoding               ? Malformation::EncodingUnknown
                         : is_decoded(*encoding) ? Malformation::EncodingAmbiguous
                                                 : Malformation::ParameterSyntax;
        note(why, body);
    }
    const auto found = encoding.value_or(TransferEncoding::EightBit);
    auto& chosen = result_.part.encoding;
    if (!has_encoding_ || (is_decoded(found) && chosen != TransferEncoding::Base64)) chosen = found;
    has_encoding_ = true;
}

DescribedPart PartDescriber::finish() {
    if (!has_type_) result_.kind = kind_of(result_.part.media_type);
    const bool is_too_long = has_fault(Malformation::BoundaryTooLong);
    if (result_.kind == PartKind::Multipart && result_.boundaries.empty() && !is_too_long)
        note(Malformation::BoundaryMissing, result_.part.media_type);
    // RFC 6532 §3.7: message/global may have any encoding.
    const bool takes_encoding = result_.kind == PartKind::Leaf || result_.part.media_type == "message/global";
    if (!takes_encoding && is_decoded(result_.part.encoding))
        note(Malformation::EncodingOnComposite, result_.part.media_type);
    note_all(names_.faults(), names_.names().empty() ? std::string_view() : names_.names().front());
    result_.part.file_names = names_.take_names();
    return std::move(result_);
}

}  // namespace

bool PartHeader::is_content_field(std::string_view name) {
    return equal_ignoring_case(name, "Content-Type") || equal_ignoring_case(name, "Content-Disposition") ||
           equal_ignoring_case(name, "Content-Transfer-Encoding");
}

void PartHeader::add(std::string_view name, std::string_view body) {
    if (equal_ignoring_case(name, "Content-Type"))
        types_.emplace_back(body);
    else if (equal_ignoring_case(name, "Content-Disposition"))
        dispositions_.emplace_back(body);
    else
        encodings_.emplace_back(body);
}

DescribedPart PartHeader::describe(std::string_view default_type) const {
    PartDescriber describer(default_type);
    describer.read_types(types_);
    describer.read_dispositions(dispositions_);
    describer.read_encodings(encodings_);
    return describer.finish();
}

void PartHeader::clear() {
    types_.clear();
    dispositions_.clear();
    encodings_.clear();
}

}  // namespace cursus
