// A connection to Dovecot's auth-client socket, of one exchange.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "accounts/dovecot_protocol.h"
#include "runtime/reactor.h"

namespace cursus {

class DovecotConnection {
public:
    // Of one reactor; connected and greeted, within a limited time. The error is for people.
    static Task<Result<std::unique_ptr<DovecotConnection>, std::string>> open(World& world, std::string path);

    const std::vector<Mechanism>& mechanisms() const { return greeting_.mechanisms(); }
    // `line` ends in LF, and is wiped.
    Task<Result<SaslStep, std::string>> ask(std::string line);

private:
    DovecotConnection(std::unique_ptr<Stream> stream, Clock& clock)
        : stream_(std::move(stream)), clock_(clock) {}
    Task<Result<void, std::string>> greet(std::uint32_t number);
    Task<Result<std::string, std::string>> next_line(Instant deadline);

    std::unique_ptr<Stream> stream_;
    Clock& clock_;
    DovecotGreeting greeting_;
    std::string received_;  // what is not yet a whole line
};

}  // namespace cursus
