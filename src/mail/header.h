// A message's header, RFC 5322 §2.2: its fields one after the other, and a survey of it as it streams by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cursus {

// A header longer than this is not looked at any further.
inline constexpr std::size_t header_octets_max = std::size_t{512} * 1024;

// RFC 5322 §2.2: printable ASCII without a colon; white space before the colon is the obsolete form (§4.5).
bool is_field_name(std::string_view name);

struct HeaderField {
    std::string_view name;  // empty: the line is no field
    std::string_view
        body;  // as it stands, folds included, without the space behind the colon and without the last CRLF
    std::string_view text;  // the whole field, its CRLF included if there is one
};

// What the end of a text is to the message it is of.
enum class TextEnd : std::uint8_t { MoreMayCome, IsMessageEnd };

// The fields of a message that lies in memory, its beginning at least. Lines end with CRLF; what has no end
// within `message` or within header_octets_max is not given out, unless the message ends there as well.
class HeaderFields {
public:
    explicit HeaderFields(std::string_view message, TextEnd end = TextEnd::MoreMayCome)
        : rest_(message.substr(0, header_octets_max)),
          is_whole_(end == TextEnd::IsMessageEnd && message.size() <= header_octets_max) {}
    std::optional<HeaderField> next();               // nullopt at the empty line, or where the text ends
    bool has_ended() const { return has_ended_; }    // the empty line was seen
    std::string_view rest() const { return rest_; }  // behind what was given out; the body, once has_ended()

private:
    std::string_view rest_;
    bool is_whole_;
    bool has_ended_ = false;
};

// Where the fields at the front of a message end. `end` as for HeaderFields.
struct HeaderFront {
    enum class End : std::uint8_t { AtEmptyLine, AtLineThatIsNoField, OfText };
    // Whether lines that are no fields are passed over, or end it.
    enum class Lines : std::uint8_t { All, Fields };
    std::size_t octets = 0;  // of the fields
    End end = End::OfText;
};
HeaderFront header_front(std::string_view message, TextEnd end, HeaderFront::Lines lines);

// What a server wants to know of every header, counted in one pass, in whatever pieces it comes; holds no
// more than a field's name.
class HeaderSurvey {
public:
    void feed(std::string_view piece);
    bool has_ended() const { return has_ended_; }     // the empty line was seen, or header_octets_max reached
    std::uint64_t octets() const { return octets_; }  // of the header, the empty line included
    std::uint32_t fields() const { return fields_; }
    std::uint32_t malformed_lines() const { return malformed_lines_; }
    std::uint32_t received() const { return received_; }  // for RFC 5321 §6.3
    std::uint32_t from() const { return from_; }
    std::uint32_t date() const { return date_; }
    std::uint32_t message_id() const { return message_id_; }

private:
    enum class Where : std::uint8_t { LineStart, Name, Rest };
    void take(std::string_view& piece);
    void take_name(std::string_view& piece);
    void end_line();
    void note_field();

    static constexpr std::size_t name_octets_max = 32;  // longer than any name that is counted
    std::array<char, name_octets_max> name_{};
    std::size_t name_octets_ = 0;
    Where where_ = Where::LineStart;
    bool has_ended_ = false;
    std::uint64_t octets_ = 0;
    std::uint32_t fields_ = 0, malformed_lines_ = 0, received_ = 0, from_ = 0, date_ = 0, message_id_ = 0;
};

}  // namespace cursus
