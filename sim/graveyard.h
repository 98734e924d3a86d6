// Where killed programs rest: kept for ever and never destroyed, because a killed process runs no destructor.
// Leak checkers see everything here as reachable, pointers to what coroutine frames own among themselves
// included.
#pragma once

#include <memory>
#include <utility>

namespace cursus {

class Grave {
public:
    virtual ~Grave() = default;
};

namespace graveyard {

void bury(std::unique_ptr<Grave> grave);

template <class T>
void keep(T remains) {
    struct Holder : Grave {
        explicit Holder(T value) : held(std::move(value)) {}
        T held;
    };
    bury(std::make_unique<Holder>(std::move(remains)));
}

}  // namespace graveyard
}  // namespace cursus
