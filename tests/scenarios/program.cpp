#include "tests/scenarios/program.h"

#include <stdexcept>

namespace cursus {

bool Program::start() {
    const auto bound = server_.bind();
    if (!bound) throw std::runtime_error("the program does not bind: " + bound.error());
    const auto started = sim_.run(server_.start({sim_.store(), archive_, metrics_}));
    return started.has_value();
}

void Program::stop() {
    sim_.run(server_.stop());
}

}  // namespace cursus
