#include "tests/scenarios/program.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "admin/http.h"

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

void Program::reload() {
    const auto reloaded = sim_.run(server_.reload());
    if (!reloaded) throw std::runtime_error("the program does not reload: " + reloaded.error());
}

Task<Result<NextGeneration, std::string>> Program::read_again(std::shared_ptr<const Generation>) {
    co_return NextGeneration{next_generation(), {}, {}};
}

bool Program::tell(const std::string& word) {
    bool is_done = false;
    sim_.run(tell_all(word, is_done));
    return is_done;
}

Task<void> Program::tell_all(std::string word, bool& is_done) {
    constexpr Duration patience = std::chrono::minutes{1};
    auto& clock = sim_.clock();
    std::string from;
    bool is_anybody_busy = false;
    do {
        const auto target = fmt::format("/v1/queue/{}&from={}", word, from);
        auto stream = co_await sim_.network().connect_local(settings_.admin.socket, clock.now() + patience);
        if (!stream) co_return;
        auto answer = co_await http_call(**stream, AdminMethod::Post, target, clock.now() + patience);
        if (!answer || answer->status != 200) co_return;
        const auto step = nlohmann::json::parse(answer->body);
        is_anybody_busy |= step.at("busy").get<std::size_t>() != 0;
        from = step.at("next").get<std::string>();
    } while (!from.empty());
    is_done = !is_anybody_busy;
}

}  // namespace cursus
