// A login at a hostile server: whatever it says, what is said to it is well formed and bounded, nothing
// secret is told of what went wrong, and who does not know the password cannot let us in by SCRAM. The first
// octet chooses the mechanism; then come the replies, in which an octet 1 stands for a good first message of
// SCRAM.
#include <array>
#include <exception>
#include <string>

#include <gsasl.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "fuzz/fuzz.h"
#include "smtp/client.h"
#include "smtp/tests/scripted_stream.h"

namespace cursus::fuzz {
namespace {

constexpr std::string_view password = "Et tu, Brute?", coded_password = "RXQgdHUsIEJydXRlPw==",
                           plain_response = "AGp1bGl1cwBFdCB0dSwgQnJ1dGU/";
constexpr std::string_view greeting =
    "220 mx\r\n250-mx\r\n250 AUTH PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256\r\n";
constexpr std::size_t lines_max = 16;
constexpr char good_challenge = '\1';

std::string base64(std::string_view octets, decltype(&gsasl_base64_to) code) {
    char* text = nullptr;
    std::size_t size = 0;
    require(code(octets.data(), octets.size(), &text, &size) == GSASL_OK);
    std::string copy(text, size);
    gsasl_free(text);
    return copy;
}

// Says what the fuzzer says, and keeps what it hears.
class HostileServer : public Stream {
public:
    HostileServer(std::string_view says, std::string& heard) : says_(says), heard_(heard) {}

    Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant) override {
        if (says_.empty()) co_return failure(StreamError::Closed);
        if (says_.front() == good_challenge) {
            const std::string text = challenge();
            says_.remove_prefix(1);
            std::ranges::copy(text, buffer.begin());
            co_return text.size();
        }
        const auto piece = says_.substr(0, std::min(says_.find(good_challenge), buffer.size()));
        std::ranges::copy(piece, buffer.begin());
        says_.remove_prefix(piece.size());
        co_return piece.size();
    }
    Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces, Instant) override {
        for (const auto piece : pieces) heard_ += piece;
        co_return Result<void, StreamError>{};
    }
    Task<Result<void, StreamError>> wait_readable(Instant) override { co_return Result<void, StreamError>{}; }
    Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext>, Instant) override {
        co_return failure(StreamError::Tls);
    }
    Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext>, std::string,
                                                     Instant) override {
        co_return failure(StreamError::Tls);
    }
    const std::optional<TlsFacts>& tls() const override { return tls_; }
    std::string tls_failure() const override { return {}; }
    Task<void> close(Instant) override { co_return; }
    void cancel() override {}
    const Endpoint& peer() const override { return endpoint_; }
    const Endpoint& local() const override { return endpoint_; }

private:
    // RFC 5802 §7, of a server that does all right but knows no password.
    std::string challenge() const {
        const auto at = heard_.find("AUTH SCRAM");
        const auto begin = heard_.find(' ', at == std::string::npos ? at : at + 5);
        if (begin == std::string::npos) return "334 \r\n";
        const auto first = std::string_view(heard_).substr(begin + 1);
        const auto message = base64(first.substr(0, first.find('\r')), gsasl_base64_from);
        const auto nonce = message.substr(message.find("r="));
        return "334 " + base64(nonce + "x,s=c2FsdA==,i=4096", gsasl_base64_to) + "\r\n";
    }

    std::string_view says_;
    std::string& heard_;
    std::optional<TlsFacts> tls_;
    Endpoint endpoint_;
};

struct Outcome {
    bool is_in = false;
    std::string told;
};

Task<void> log_in(SmtpClient& client, Mechanism mechanism, Outcome& outcome) {
    const auto greeted = co_await client.greet();
    require(greeted.has_value());
    LoginAs who{"julius", std::string(password)};
    auto done = co_await client.log_in(mechanism, std::move(who));
    outcome.is_in = done.has_value();
    if (!done) outcome.told = done.error().what + (done.error().reply ? done.error().reply->text() : "");
    co_await client.quit();
}

void check(const Outcome& outcome, const std::string& heard, Mechanism mechanism) {
    require(heard.ends_with("\r\n"));
    require(static_cast<std::size_t>(std::ranges::count(heard, '\n')) <= lines_max);
    const std::string_view secret = mechanism == Mechanism::Plain ? plain_response : coded_password;
    const bool was_said = heard.contains(secret);
    require(!outcome.told.contains(password) && !(was_said && outcome.told.contains(secret)));
    require(!heard.contains(password));
    require(was_said ? !is_scram(mechanism) : !outcome.is_in);
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    constexpr std::array mechanisms{Mechanism::Plain, Mechanism::Login, Mechanism::ScramSha1,
                                    Mechanism::ScramSha256};
    fuzz::Input input(data, size);
    const Mechanism mechanism = mechanisms[input.number() % mechanisms.size()];
    const std::string says = std::string(fuzz::greeting) + std::string(input.rest());
    std::string heard;
    fuzz::Outcome outcome;
    ScriptClock clock;
    SmtpClient client(std::make_unique<fuzz::HostileServer>(says, heard), clock, Dialect::Smtp, "own.example",
                      SmtpTimeouts{});
    boost::asio::io_context context;
    boost::asio::co_spawn(context, fuzz::log_in(client, mechanism, outcome), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    context.run();
    fuzz::check(outcome, heard, mechanism);
    return 0;
}
