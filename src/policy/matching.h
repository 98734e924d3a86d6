// Whether a subject is on an operator's list of patterns (config/patterns.h), tables included.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/patterns.h"
#include "runtime/table.h"

namespace cursus {

struct ClientSubject {
    IpAddress address;
    std::string host;  // confirmed both ways, lower-case A-labels; "": none is
};

// What a pattern says without asking anybody; "table:NAME" says no. A regular expression is never looked for
// in the null sender, nor in a client without a host name.
bool matches(const ClientPattern& pattern, const ClientSubject& subject);
bool matches(const AddressPattern& pattern, const ReversePath& subject);
bool matches(const NamePattern& pattern, std::string_view subject);

// The keys that tables are asked for, in this order, until one is there; what its value is does not matter.
// At most table_keys_max: of names with more labels the longest parents are left out.
//   client   "192.0.2.7" or "2001:db8::1", the latter also with quotes around it, as files need them;
//            "mx.b.example"; ".b.example"; ".example"
//   address  "ann@b.example" in lower case; "@b.example"; "@.example"; "<>" for the null sender;
//            "ann@[192.0.2.1]", "@[192.0.2.1]" for an address literal
//   name     the name in lower case
inline constexpr std::size_t table_keys_max = 16;
std::vector<std::string> table_keys(const ClientSubject& subject);
std::vector<std::string> table_keys(const ReversePath& subject);
std::vector<std::string> table_keys(std::string_view subject);

// Whether any of the patterns fits; tables are asked last. The failure is of a table that may hold what was
// asked for, when nothing else does. `tables` and `patterns` outlive the task.
using Matched = Result<bool, TableTrouble>;
Task<Matched> matches_any(const Tables& tables, const std::vector<ClientPattern>& patterns,
                          ClientSubject subject);
Task<Matched> matches_any(const Tables& tables, const std::vector<AddressPattern>& patterns,
                          ReversePath subject);
Task<Matched> matches_any(const Tables& tables, const std::vector<NamePattern>& patterns,
                          std::string subject);

}  // namespace cursus
