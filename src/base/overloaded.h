// One callable of several, for std::visit.
#pragma once

namespace cursus {

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace cursus
