// Changes that rules, scanners and milters make to a message's header, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cursus {

struct HeaderEdit {
    enum class Kind : std::uint8_t {
        Append,     // behind all other fields, and before a line that is none
        Insert,     // before the field that is `index`th now, from 0; beyond the last one: as Append
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
    enum class Folding : std::uint8_t { AtColumn78, AsGiven };
    Folding folding = Folding::AtColumn78;  // of a body of one line

    static HeaderEdit append(std::string name, std::string body);
    static HeaderEdit insert(std::uint32_t index, std::string name, std::string body);
    static HeaderEdit change(std::uint32_t index, std::string name, std::string body);
    static HeaderEdit remove_all(std::string name);
    static HeaderEdit remove_from_end(std::uint32_t index, std::string name);
    static HeaderEdit tag_subject(std::string tag);
    friend bool operator==(const HeaderEdit&, const HeaderEdit&) = default;
};

bool is_removal(const HeaderEdit& edit);

// A name that is one, and, unless it removes, a body that ends no field before its end: CR and LF only as
// CRLF before white space, no NUL, lines of at most 998 octets (RFC 5322 §2.1.1). What is not safe must not
// become an edit.
bool is_safe(const HeaderEdit& edit);

// How much one message's edits may add to its header, in octets; edits beyond it are left out.
inline constexpr std::size_t edits_octets_max = std::size_t{256} * 1024;

// A header's fields while they are edited. Edits are made in their order, each to what the one before it
// left; those that are not safe are left out. All other octets stay as they are. Names are compared without
// case.
class EditedHeader {
public:
    struct Field {
        std::string name;  // empty: the line is no field, or was removed
        std::string text;  // the whole field, with its CRLF; empty: it was removed
        bool is_called(std::string_view other) const;
    };
    // The fields, each with its CRLF, without the empty line.
    explicit EditedHeader(std::string_view header);

    void make(const HeaderEdit& edit);
    const std::vector<Field>& fields() const { return fields_; }
    const std::string& rest() const { return rest_; }  // what is beyond header_octets_max
    std::string text() const;

private:
    // Where the fields of a name are, in their order.
    class Places {
    public:
        std::size_t size() const { return places_.size() - begin_; }
        std::uint32_t at(std::size_t which) const { return places_[begin_ + which]; }
        void add(std::size_t place) { places_.push_back(static_cast<std::uint32_t>(place)); }
        void remove(std::size_t which);  // at either end at once

    private:
        std::vector<std::uint32_t> places_;
        std::uint32_t begin_ = 0;
    };
    Places& places_of(std::string_view name);
    void put(std::vector<Field>::iterator at, const HeaderEdit& edit);
    void append(const HeaderEdit& edit);
    void insert(const HeaderEdit& edit);
    void change(const HeaderEdit& edit);
    void remove_all(const HeaderEdit& edit);
    void remove_from_end(const HeaderEdit& edit);
    void tag_subject(const HeaderEdit& edit);
    void remove(Places& places, std::size_t which);
    void end_last_line();
    bool has_room_for(std::string_view body);

    // Those that are removed stay, empty, so that no removal moves the others: a sender can make it necessary
    // to remove as many as a header holds.
    std::vector<Field> fields_;
    // By lower-case name. Made when it is first asked for, and anew when places have moved.
    std::unordered_map<std::string, Places> places_;
    bool knows_places_ = false;
    std::string rest_;
    std::size_t added_ = 0;
};

std::string edited_header(std::string_view header, const std::vector<HeaderEdit>& edits);

}  // namespace cursus
