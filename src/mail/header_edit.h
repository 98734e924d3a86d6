// Changes that rules, scanners and milters make to a message's header, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cursus {

struct HeaderEdit {
    enum class Kind : std::uint8_t {
        Append,     // behind all other fields
        Insert,     // before the field that is `index`th now, from 0; beyond the last one: behind all
        Change,     // the `index`th of this name, from 1; an empty body removes it. Is it not there, it is
                    // appended.
        RemoveAll,  // all of this name
        RemoveFromEnd,  // the `index`th of this name from the last one, which is 1
        TagSubject,  // `body` stands before the subject, unless it does already; without a subject it is one
    };
    Kind kind = Kind::Append;
    std::string name;
    std::string body;  // without CRLF at its end; lines behind the first begin with white space
    std::uint32_t index = 0;

    static HeaderEdit append(std::string name, std::string body);
    static HeaderEdit insert(std::uint32_t index, std::string name, std::string body);
    static HeaderEdit change(std::uint32_t index, std::string name, std::string body);
    static HeaderEdit remove_all(std::string name);
    static HeaderEdit remove_from_end(std::uint32_t index, std::string name);
    static HeaderEdit tag_subject(std::string tag);
    friend bool operator==(const HeaderEdit&, const HeaderEdit&) = default;
};

// A name that is one, and a body that ends no field before its end: CR and LF only as CRLF before white
// space, no NUL, lines of at most 998 octets (RFC 5322 §2.1.1). What is not safe must not become an edit.
bool is_safe(const HeaderEdit& edit);

// How much one message's edits may add to its header, in octets; edits beyond it are left out.
inline constexpr std::size_t edits_octets_max = std::size_t{256} * 1024;

// `header`: the fields, each with its CRLF, without the empty line. Edits are made in their order, each to
// what the one before it left; those that are not safe are left out. All other octets stay as they are. Names
// are compared without case.
std::string edited_header(std::string_view header, const std::vector<HeaderEdit>& edits);

}  // namespace cursus
