// A table and what a test does to the list behind it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/reactor.h"
#include "runtime/table.h"
#include "tests/contracts/factory.h"

namespace cursus {

using TableContents = std::map<std::string, std::vector<std::string>>;

class TableUnderTest {
public:
    virtual ~TableUnderTest() = default;
    virtual Table& table() = 0;
    // What it holds from now on, or a moment later.
    virtual void fill(const TableContents& contents) = 0;
    // Nobody can know what it holds until it is brought back.
    virtual void take_away() = 0;
    virtual void bring_back() = 0;

    virtual std::vector<Reactor*> reactors() = 0;
    virtual void run(Task<void> task) = 0;  // on the first reactor, until it has ended
};
using MakeTable = Factory<TableUnderTest>;

inline const TableContents contract_contents{
    {"ann", {"ann@example.org"}},       {"staff", {"ann@example.org", "bob@example.org"}},
    {"o'brien", {"brian@example.org"}}, {"100%", {"all@example.org"}},
    {"a*b", {"star@example.org"}},      {"back`tick", {"tick@example.org"}},
};

}  // namespace cursus
