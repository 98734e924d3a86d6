// What an operator writes to name clients, addresses and other names. Values: what is asked of tables is
// policy/matching.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/ip.h"
#include "base/result.h"
#include "config/glob.h"
#include "config/regex_pattern.h"
#include "mail/domain.h"
#include "mail/mailbox.h"

namespace cursus {

// "table:NAME": what has an entry there.
struct TablePattern {
    std::string table;
    friend bool operator==(const TablePattern&, const TablePattern&) = default;
};

enum class HostReach : std::uint8_t { Itself, Below };
// "b.example" or "*.b.example"; the latter is not b.example itself.
struct HostPattern {
    Domain name;
    HostReach reach = HostReach::Itself;
    bool matches(std::string_view host) const;  // lower-case A-labels
    friend bool operator==(const HostPattern&, const HostPattern&) = default;
};

// "192.0.2.0/24", "2001:db8::1", "mail.b.example", "*.dialup.example", "/regex/" over the host name,
// "table:NAME".
using ClientPattern = std::variant<IpNetwork, HostPattern, RegexPattern, TablePattern>;
Result<ClientPattern, std::string> parse_client_pattern(std::string_view text);

// "postmaster@": this local part anywhere.
struct LocalPartPattern {
    std::string local_part;  // unquoted, lower case
    friend bool operator==(const LocalPartPattern&, const LocalPartPattern&) = default;
};
// "@[192.0.2.1]"
struct LiteralPattern {
    IpAddress address;
    friend bool operator==(const LiteralPattern&, const LiteralPattern&) = default;
};
// "<>", "ann@b.example", "@b.example", "@*.b.example", "@[192.0.2.1]", "postmaster@", "/regex/" over
// ann@b.example, "table:NAME". The case of a local part's ASCII letters does not matter.
using AddressPattern = std::variant<NullPath, Mailbox, HostPattern, LiteralPattern, LocalPartPattern,
                                    RegexPattern, TablePattern>;
Result<AddressPattern, std::string> parse_address_pattern(std::string_view text);

// A name or value that is neither of these: "invoice.exe", "*.exe", "/regex/", "table:NAME".
using NamePattern = std::variant<Glob, RegexPattern, TablePattern>;
Result<NamePattern, std::string> parse_name_pattern(std::string_view text);

}  // namespace cursus
