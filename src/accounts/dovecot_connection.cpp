#include "accounts/dovecot_connection.h"

#include <utility>

#include <fmt/format.h>

#include "accounts/dovecot_authenticator.h"
#include "base/wipe.h"
#include "runtime/calling_reactor.h"

namespace cursus {

Task<Result<std::unique_ptr<DovecotConnection>, std::string>> DovecotConnection::open(World& world,
                                                                                      std::string path) {
    Reactor* const reactor = co_await calling_reactor(world);
    const Instant deadline = reactor->clock().now() + dovecot_greeting_time_max;
    auto stream = co_await reactor->network().connect_local(path, deadline);
    if (!stream) co_return failure(fmt::format("Dovecot: {}", stream.error().what));
    std::unique_ptr<DovecotConnection> made(new DovecotConnection(*std::move(stream), reactor->clock()));
    // Dovecot takes it for a process number, and no second connection of the same.
    const auto number = static_cast<std::uint32_t>(1 + world.random.below(0x7fff'ffff));
    const auto greeted = co_await made->greet(number);
    if (!greeted) co_return failure(fmt::format("Dovecot, at {}: {}", path, greeted.error()));
    co_return std::move(made);
}

Task<Result<void, std::string>> DovecotConnection::greet(std::uint32_t number) {
    const Instant deadline = clock_.now() + dovecot_greeting_time_max;
    const std::string ours = dovecot_greeting(number);
    const auto written = co_await stream_->write(ours, deadline);
    if (!written) co_return failure(std::string(describe(written.error())));
    while (!greeting_.is_over()) {
        CO_TRY(line, co_await next_line(deadline));
        CO_TRY_VOID(greeting_.take(line));
    }
    co_return Result<void, std::string>();
}

Task<Result<SaslStep, std::string>> DovecotConnection::ask(std::string line) {
    const WipedAtEnd wiped(line);
    const Instant deadline = clock_.now() + dovecot_answer_time_max;
    const auto written = co_await stream_->write(line, deadline);
    if (!written) co_return failure(std::string(describe(written.error())));
    CO_TRY(answer, co_await next_line(deadline));
    co_return parse_dovecot_answer(answer);
}

Task<Result<std::string, std::string>> DovecotConnection::next_line(Instant deadline) {
    std::array<char, 4096> buffer;
    while (true) {
        const auto end = received_.find('\n');
        if (end != std::string::npos) {
            std::string line = received_.substr(0, end);
            received_.erase(0, end + 1);
            co_return line;
        }
        // A challenge as long as SASL's may be, in base64.
        if (received_.size() > 2 * sasl_octets_max) co_return failure(std::string("its line does not end"));
        const auto got = co_await stream_->read_some(buffer, deadline);
        if (!got) co_return failure(std::string(describe(got.error())));
        received_.append(buffer.data(), *got);
    }
}

}  // namespace cursus
