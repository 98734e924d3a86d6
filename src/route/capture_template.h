// The value of a regular expression's line: fixed text, or addresses into which captured text is filled.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "mail/mailbox.h"

namespace cursus {

inline constexpr std::size_t captures_max = 9;

// What was captured comes from a stranger (invariant 5). It is filled into addresses that have been parsed
// already, each capture into one local part or one domain, and these are written anew: it cannot become a
// command, a path, or another address, whatever characters it has.
class CaptureTemplate {
public:
    // \1 to \9, $1, ${1}, $(1) stand for captures, $$ for a dollar sign. The error is a sentence.
    static Result<CaptureTemplate, std::string> parse(std::string_view text, std::size_t captures);

    // `captured[0]` is \1. Nullopt: it gives no address.
    std::optional<std::string> fill(std::span<const std::string_view> captured) const;

private:
    struct Capture {
        std::size_t number;  // from 0
    };
    using Piece = std::variant<std::string, Capture>;
    using Pieces = std::vector<Piece>;
    struct Address {
        Pieces local_part;  // unquoted
        std::optional<MailHost> host;
        Pieces domain;  // in the host's place, where it has captures
        bool is_final = false;
    };
    class Reader;

    static std::string filled(const Pieces& pieces, std::span<const std::string_view> captured);
    static std::optional<std::string> filled(const Address& address,
                                             std::span<const std::string_view> captured);

    std::variant<std::string, std::vector<Address>> value_;
};

}  // namespace cursus
