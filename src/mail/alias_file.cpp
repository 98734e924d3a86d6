#include "mail/alias_file.h"

#include <algorithm>
#include <bit>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/alias_key.h"
#include "mail/target_words.h"

namespace cursus {

// Reads the lines of a file, once.
class AliasFileReader {
public:
    AliasFileReader(std::string text, BareKey bare_key) {
        file_.bare_key_ = bare_key;
        file_.text_ = std::move(text);
    }

    Result<AliasFile, TargetError> run() {
        const auto file_size = file_.text_.size();
        for (begin_ = 0; begin_ < file_size; begin_ = end_ + 1, ++line_) {
            end_ = std::min(file_.text_.find('\n', begin_), file_size);
            if (auto fault = read_line(); !fault.empty())
                return failure(TargetError{line_, std::move(fault)});
        }
        file_.text_ += longer_keys_;
        file_.text_.shrink_to_fit();
        file_.places_.shrink_to_fit();
        file_.build_index();
        return std::move(file_);
    }

private:
    // Each returns what is wrong with the line, or nothing.
    std::string read_line() {
        const auto line = rest_of_line(begin_);
        if (line.contains('\0')) return "a NUL stands in this line: take it out";
        const auto first = line.find_first_not_of(" \t");
        // A comment may be indented (Postfix); no target begins with "#".
        if (first == std::string_view::npos || line[first] == '#') return {};
        if (first == 0) return read_entry(line);
        if (file_.places_.empty())
            return "this line begins with white space, but there is none before it to go on with: take it "
                   "out";
        auto& place = file_.places_.back();
        place.value_size = static_cast<std::uint32_t>(begin_ + line.size() - place.value_begin);
        return {};
    }

    std::string read_entry(std::string_view line) {
        const auto colon = find_colon(line);
        if (colon == std::string_view::npos)
            return fmt::format(
                "\"{}\" has no \":\": write key: value; a line that goes on with the one before "
                "begins with white space",
                excerpt(line));
        if (file_.places_.size() == aliases_max) return fmt::format("more than {} entries", aliases_max);
        const auto written = trimmed(line.substr(0, colon));
        auto key = alias_key(written, file_.bare_key_);
        if (!key) return std::move(key).error();
        const auto value = trimmed(line.substr(colon + 1));
        // Behind the colon even when nothing follows there: the value may begin on the next line.
        const auto value_begin = value.empty() ? begin_ + line.size() : offset_of(value);
        file_.places_.push_back(
            {place_key(offset_of(written), written.size(), *key), static_cast<std::uint32_t>(key->size()),
             static_cast<std::uint32_t>(value_begin), static_cast<std::uint32_t>(value.size()), line_});
        return {};
    }

    // Outside the quotes of a name and the brackets of an address literal.
    static std::size_t find_colon(std::string_view line) {
        const auto end = line.find(':');
        const auto special = line.substr(0, end).find_first_of("\"[");
        if (special == std::string_view::npos) return end;
        char closing = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            if (c == closing)
                closing = 0;
            else if (closing == '"' && c == '\\')
                ++i;
            else if (closing == 0 && c == ':')
                return i;
            else if (closing == 0 && (c == '"' || c == '['))
                closing = c == '"' ? '"' : ']';
        }
        return std::string_view::npos;
    }

    std::uint32_t place_key(std::size_t written_at, std::size_t written_size, std::string_view key) {
        if (key.size() <= written_size) {
            std::ranges::copy(key, file_.text_.begin() + static_cast<std::ptrdiff_t>(written_at));
            return static_cast<std::uint32_t>(written_at);
        }
        longer_keys_ += key;
        return static_cast<std::uint32_t>(file_.text_.size() + longer_keys_.size() - key.size());
    }

    // Up to the line's end, without its CR and other white space.
    std::string_view rest_of_line(std::size_t begin) const {
        auto line = std::string_view(file_.text_).substr(begin, end_ - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line.substr(0, line.find_last_not_of(" \t") + 1);
    }
    std::size_t offset_of(std::string_view part) const {
        return static_cast<std::size_t>(part.data() - file_.text_.data());
    }

    AliasFile file_;
    std::string longer_keys_;
    std::size_t begin_ = 0, end_ = 0;  // of the line in the text
    std::uint32_t line_ = 1;
};

Result<AliasFile, TargetError> AliasFile::parse(std::string text, BareKey bare_key) {
    if (text.size() > alias_file_octets_max)
        return failure(TargetError{
            1, fmt::format("the file has more than {} octets: divide it", alias_file_octets_max)});
    return AliasFileReader(std::move(text), bare_key).run();
}

std::string_view AliasFile::key(const Place& place) const {
    return std::string_view(text_).substr(place.key_begin, place.key_size);
}

std::size_t AliasFile::slot_of(std::string_view wanted) const {
    const std::size_t mask = index_.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(wanted)&mask;
    while (index_[slot] != 0 && key(places_[index_[slot] - 1]) != wanted) slot = (slot + 1) & mask;
    return slot;
}

void AliasFile::build_index() {
    index_.assign(std::bit_ceil(2 * places_.size() + 1), 0);
    for (std::size_t number = 0; number < places_.size(); ++number) {
        const auto slot = slot_of(key(places_[number]));
        if (index_[slot] == 0) {
            index_[slot] = static_cast<std::uint32_t>(number + 1);
        } else if (warnings_.size() < alias_warnings_max) {
            warnings_.push_back({places_[number].line,
                                 fmt::format("\"{}\" stands in line {} already, which counts: take one out",
                                             excerpt(key(places_[number])), places_[index_[slot] - 1].line)});
        }
    }
}

std::optional<AliasEntry> AliasFile::find(std::string_view wanted) const {
    const auto normal = alias_key(wanted, bare_key_);
    if (!normal) return std::nullopt;
    const auto number = index_[slot_of(*normal)];
    if (number == 0) return std::nullopt;
    return (*this)[number - 1];
}

AliasEntry AliasFile::operator[](std::size_t number) const {
    const auto& place = places_[number];
    return {key(place), std::string_view(text_).substr(place.value_begin, place.value_size), place.line};
}

}  // namespace cursus
