// What a domain's MX records say, before any address is known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/resolver.h"

namespace cursus {

inline constexpr std::size_t mx_hosts_max = 20;  // the best ones; further records are not looked at

enum class MxKind : std::uint8_t {
    Hosts,      // `hosts` is not empty
    NullMx,     // RFC 7505: takes no mail
    Malformed,  // there are records, and none can be used
};
struct MxList {
    MxKind kind = MxKind::Malformed;
    std::vector<MxRecord> hosts;  // by preference, then name; every name once, with its best preference
};

// Records that are not MX records, or that name no host, are left out. A null MX beside real ones is left out
// too: RFC 7505 §3 forbids it, and the real ones show that mail is wanted.
MxList read_mx(const std::vector<std::string>& records);

// The rule of secondary MX hosts (RFC 5321 §5.1): every record whose preference is `own` or worse goes.
void drop_from(std::vector<MxRecord>& hosts, std::uint16_t own);

}  // namespace cursus
