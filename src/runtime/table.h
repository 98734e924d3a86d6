// A key and its value: what alias lists, user lists and route lists are looked up in, whatever holds them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

struct TableRow {
    std::string value;
    std::string place;       // where it stands, for people: "/etc/aliases:12", "table people"
    std::uint32_t line = 0;  // where the value begins in its file, from 1; 0: it is in none
};
// The table gives no answer now: absent, broken, or slow. Never to be read as "not there" (invariant 4).
struct TableTrouble {
    std::string why;  // for people: names the table
};
using TableAnswer = Result<std::optional<TableRow>, TableTrouble>;  // nullopt: the key is not there

class Table {
public:
    virtual ~Table() = default;
    // From any reactor; resumes on the caller's. Within the table's own time limit. The key reaches a
    // database only as a bound value; a table that has no use for the octets of a key says that it is not
    // there.
    virtual Task<TableAnswer> find(std::string key) = 0;
    virtual const std::string& name() const = 0;  // for people
};

using Tables = std::map<std::string, std::shared_ptr<Table>, std::less<>>;  // by name in the configuration

}  // namespace cursus
