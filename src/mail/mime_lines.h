// The lines of a message that comes in pieces, as far as MIME asks for lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// Longer lines are judged by their front: two dashes, a boundary, two dashes, and plenty of white space.
inline constexpr std::size_t delimiter_line_octets_max = 1000;

// Of a body: text as it comes, and each line that begins like a delimiter by itself.
class MimeBodyLines {
public:
    enum class Kind : std::uint8_t { Text, Line };
    struct Item {
        Kind kind;
        std::string_view text;  // with its line end; a Line has none if it is longer than the bound
    };

    // From the front of `piece`, which is not empty. Nothing: what it took is the front of a line.
    std::optional<Item> next(std::string_view& piece);
    // What was taken and not given out, at the end of the message.
    std::string_view rest() const { return line_; }
    void begin() {
        line_.clear();
        is_at_line_start_ = true;
    }

private:
    std::optional<Item> take_line(std::string_view& piece);
    Item take_text(std::string_view& piece);

    std::string line_, given_;
    bool is_at_line_start_ = true;
};

// Of a header: its fields, each with the lines it is folded over.
class MimeHeaderFields {
public:
    enum class Line : std::uint8_t { Field, Fold, BlankFold, FoldOfNothing, NoColon };

    explicit MimeHeaderFields(bool keeps_all) : keeps_all_(keeps_all) {}
    // `line` is without its line end and not empty.
    Line add(std::string_view line);
    void end();
    // The field that the last call ended, as it stands, but for the last line's end. Empty: none, or one that
    // is not kept: only Content fields are, or all.
    std::string_view ended() const { return ended_; }

private:
    bool keeps_all_;
    bool has_line_ = false;
    bool is_kept_ = false;
    std::string field_, ended_;
};

}  // namespace cursus
