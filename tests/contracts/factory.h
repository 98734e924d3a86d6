// What makes the world that a suite is held against.
#pragma once

#include <memory>
#include <ostream>

namespace cursus {

template <class World>
struct Factory {
    std::unique_ptr<World> (*make)();
    // A part of the test's name: the address of a function would give it another one in each run.
    friend void PrintTo(const Factory&, std::ostream* out) { *out << "world"; }
};

}  // namespace cursus
