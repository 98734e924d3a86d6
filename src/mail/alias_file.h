// A file of "key: value", as /etc/aliases is one; user lists and route lists are written the same way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/target.h"

namespace cursus {

inline constexpr std::size_t alias_file_octets_max = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t aliases_max = 10'000'000;
inline constexpr std::size_t alias_key_octets_max = 1024;
inline constexpr std::size_t alias_warnings_max = 100;

// What a key without "@" is: the name of a user or list, or a domain.
enum class BareKey : std::uint8_t { Name, Domain };

struct AliasEntry {
    std::string_view key;
    // As it stands there, continuation lines and the comments between them included, without the white space
    // around it; it begins with a line end if nothing stood behind the colon. So parse_targets(value, line)
    // gives each target its own line.
    std::string_view value;
    std::uint32_t line = 0;  // of the key
};

// The file is kept as it was read, with 20 octets for each entry and 8 to 16 in the index beside it: a
// million mailboxes of a virtual domain take 70 MB and are read in half a second.
class AliasFile {
public:
    // Keys are names, quoted names, "user@domain", "@domain", "domain" or "*.domain", in any case. The first
    // line that is no "key: value", no continuation and no comment is the error.
    static Result<AliasFile, TargetError> parse(std::string text, BareKey bare_key = BareKey::Name);

    // `key` as it would stand in the file: a local part has been through local_part_text, or Mailbox::text
    // has written it, so that the quoted "root@a.example" of a stranger is not the mailbox root@a.example.
    std::optional<AliasEntry> find(std::string_view key) const;

    // Every entry in the file's order, those that an earlier one of the same key hides included.
    std::size_t size() const { return places_.size(); }
    AliasEntry operator[](std::size_t number) const;

    // Keys that stand there twice: the first one counts, as for sendmail, Postfix and Exim. The first
    // alias_warnings_max of them.
    const std::vector<TargetError>& warnings() const { return warnings_; }

private:
    friend class AliasFileReader;
    struct Place {  // offsets into text_, which has room for no more than 32 bits of them
        std::uint32_t key_begin, key_size, value_begin, value_size, line;
    };
    AliasFile() = default;
    std::string_view key(const Place& place) const;
    std::size_t slot_of(std::string_view key) const;  // where it is in the index, or belongs
    void build_index();

    BareKey bare_key_ = BareKey::Name;
    std::string text_;  // the file, keys lowered in place; behind it the keys that became longer
    std::vector<Place> places_;
    std::vector<std::uint32_t> index_;  // open addressing: 1 + number in places_, 0 for a free slot
    std::vector<TargetError> warnings_;
};

}  // namespace cursus
