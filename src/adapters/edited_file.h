// A file of the operator's, changed by a command: as a whole, so that whoever reads it has the old text or
// the new, and one command after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace cursus {

inline constexpr std::size_t edited_file_bytes_max = 64 << 20;

// Of a file that is made; one that is there keeps its own.
struct NewFileRights {
    unsigned mode = 0600;
    std::optional<std::uint32_t> group;  // none: that of whoever makes it
};
// The new text; nothing: it stays as it is. An absent file is an empty text.
using ChangeText = std::function<std::optional<std::string>(const std::string& text)>;

// Returns once it is on stable storage. The error is for people: it names the file.
Result<void, std::string> edit_file(const std::string& path, const NewFileRights& rights,
                                    const ChangeText& change);

}  // namespace cursus
