// What an alias or a forward file leads to: the language that sendmail, Postfix and Exim share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "mail/mailbox.h"

namespace cursus {

struct AddressTarget {
    std::string local_part;        // unquoted
    std::optional<MailHost> host;  // none: the domain of the address that leads here
    bool is_final = false;         // "\user": the mailbox itself, without further expansion
    friend bool operator==(const AddressTarget&, const AddressTarget&) = default;
};
struct IncludeTarget {  // ":include:/path"
    std::string path;
    friend bool operator==(const IncludeTarget&, const IncludeTarget&) = default;
};
struct CommandTarget {                   // "|command args"
    std::vector<std::string> arguments;  // split at spaces, quotes and backslashes as a shell would, no more
    friend bool operator==(const CommandTarget&, const CommandTarget&) = default;
};
struct FileTarget {  // "/path": an mbox
    std::string path;
    friend bool operator==(const FileTarget&, const FileTarget&) = default;
};
struct DirectoryTarget {  // "/path/": a Maildir
    std::string path;     // without the final slash
    friend bool operator==(const DirectoryTarget&, const DirectoryTarget&) = default;
};
struct FailTarget {  // ":fail: text"
    std::string text;
    friend bool operator==(const FailTarget&, const FailTarget&) = default;
};
struct DeferTarget {  // ":defer: text"
    std::string text;
    friend bool operator==(const DeferTarget&, const DeferTarget&) = default;
};
struct BlackholeTarget {  // ":blackhole:", "/dev/null"
    friend bool operator==(const BlackholeTarget&, const BlackholeTarget&) = default;
};
using Target = std::variant<AddressTarget, IncludeTarget, CommandTarget, FileTarget, DirectoryTarget,
                            FailTarget, DeferTarget, BlackholeTarget>;

struct PlacedTarget {
    Target target;
    std::uint32_t line = 0;  // in its file, from 1
    friend bool operator==(const PlacedTarget&, const PlacedTarget&) = default;
};
struct TargetError {
    std::uint32_t line = 0;
    std::string what;  // for people: what stands there and what to write instead
};

inline constexpr std::size_t targets_max = 100'000;  // in one list
inline constexpr std::size_t target_list_octets_max = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t target_octets_max = 4096;  // one as written; Linux takes no longer path either

// A list of targets, separated by commas or line ends: the right side of an alias, a forward file, an
// included file. `first_line` is the line on which the text begins. One broken target breaks the list: nobody
// may lose mail because half of it could be read. Where sendmail, Postfix and Exim read a list differently,
// mail/target_list.cpp and mail/target_item.cpp say whom we follow.
Result<std::vector<PlacedTarget>, TargetError> parse_targets(std::string_view text,
                                                             std::uint32_t first_line = 1);

// As it would be written: parse_targets gives the same target back, unless its quotes have made it longer
// than target_octets_max. Nothing but a line end may follow a FailTarget or a DeferTarget, whose text goes to
// the end of its line.
std::string target_text(const Target& target);

}  // namespace cursus
