#include "sim/sim_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace cursus {

namespace {

// What a reader without TLS sees of encrypted bytes: never the text itself.
void garble(std::string& bytes) {
    for (char& c : bytes) c = static_cast<char>(c ^ 0x9D);
}

// As long as a SHA-256 in hex, and different for different certificates.
std::string fingerprint(const std::string& name) {
    constexpr std::size_t hex_digits = 64;
    std::string text;
    for (const char c : name) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    text.resize(hex_digits, '0');
    return text;
}

}  // namespace

SimStream::SimStream(std::shared_ptr<Connection> connection, SideOf side, Clock& clock)
    : connection_(std::move(connection)), side_(side), clock_(clock) {
    mine().changed = &changed_;
    local_ = mine().address;
    peer_ = connection_->side(other(side)).address;
}

SimStream::~SimStream() {
    connection_->abandon(side_);
}

std::optional<StreamError> SimStream::trouble() {
    if (is_cancelled_) return StreamError::Cancelled;
    if (!tls_failure_.empty()) return StreamError::Tls;
    return std::nullopt;
}

Result<void, StreamError> SimStream::tls_trouble(std::string why) {
    tls_failure_ = std::move(why);
    return failure(StreamError::Tls);
}

bool SimStream::may_be_readable() {
    return trouble() || !mine().arrived.empty() || mine().has_ended || mine().is_broken || mine().is_closed;
}

Task<Result<void, StreamError>> SimStream::wait_readable(Instant deadline) {
    while (true) {
        if (const auto error = trouble()) co_return failure(*error);
        if (may_be_readable()) co_return Result<void, StreamError>{};
        if (clock_.now() >= deadline) co_return failure(StreamError::TimedOut);
        is_expired_ = false;
        co_await changed_.wait_until(clock_, deadline);
        if (is_expired_ && mine().arrived.empty()) co_return failure(StreamError::TimedOut);
    }
}

Task<Result<std::size_t, StreamError>> SimStream::read_some(std::span<char> buffer, Instant deadline) {
    CO_TRY_VOID(co_await wait_readable(deadline));
    auto& side = mine();
    if (side.is_closed) co_return failure(StreamError::Closed);
    if (side.arrived.empty()) {
        if (side.is_broken) co_return failure(StreamError::Reset);
        // A close that TLS did not announce may be an attacker's, RFC 8446 §6.1.
        co_return failure(tls_ && !side.ended_in_order ? StreamError::Reset : StreamError::Closed);
    }
    const Layer layer = side.arrived.front().layer;
    if (tls_ && layer != Layer::Tls) {
        co_return failure(tls_trouble("wrong version number: plain bytes inside TLS").error());
    }
    if (layer == Layer::Handshake) {
        connection_->take_handshake(side_);
        buffer[0] = '\x16';  // the record type of a handshake: all that a plain reader can make of it
        co_return std::size_t{1};
    }
    std::string bytes = connection_->take(side_, buffer.size());
    if (!tls_ && layer == Layer::Tls) garble(bytes);
    std::memcpy(buffer.data(), bytes.data(), bytes.size());
    co_return bytes.size();
}

Task<Result<void, StreamError>> SimStream::write(std::span<const std::string_view> pieces, Instant deadline) {
    for (auto piece : pieces) {
        while (!piece.empty()) {
            if (const auto error = trouble()) co_return failure(*error);
            if (mine().is_broken || mine().is_closed) co_return failure(StreamError::Reset);
            const std::size_t room = connection_->room(side_);
            if (room > 0) {
                const std::size_t part = std::min(room, piece.size());
                connection_->send(side_, tls_ ? Layer::Tls : Layer::Plain, piece.substr(0, part));
                piece.remove_prefix(part);
                continue;
            }
            if (clock_.now() >= deadline) co_return failure(StreamError::TimedOut);
            co_await changed_.wait_until(clock_, deadline);
        }
    }
    if (const auto error = trouble()) co_return failure(*error);
    co_return Result<void, StreamError>{};
}

Task<Result<std::shared_ptr<const SimHandshake>, StreamError>> SimStream::read_handshake(Instant deadline) {
    const auto readable = co_await wait_readable(deadline);
    if (!readable) co_return failure(readable.error());
    auto& side = mine();
    if (side.arrived.empty()) co_return failure(side.is_broken ? StreamError::Reset : StreamError::Closed);
    if (side.arrived.front().layer != Layer::Handshake) {
        co_return failure(
            tls_trouble("wrong version number: plain bytes where the handshake should be").error());
    }
    co_return connection_->take_handshake(side_);
}

void SimStream::note_tls(const std::optional<SimCertificate>& peer_certificate, std::string server_name) {
    TlsFacts facts;
    facts.protocol = "TLSv1.3";
    facts.cipher = "TLS_AES_256_GCM_SHA384";
    facts.server_name = std::move(server_name);
    if (peer_certificate) {
        facts.peer_subject = "CN=" + peer_certificate->name;
        facts.peer_fingerprint = fingerprint(peer_certificate->name);
    }
    tls_ = std::move(facts);
}

Task<Result<void, StreamError>> SimStream::start_tls_server(std::shared_ptr<TlsContext> context,
                                                            Instant deadline) {
    const auto& settings = static_cast<const SimTlsContext&>(*context);
    const auto read = co_await read_handshake(deadline);
    if (!read) co_return failure(read.error());
    const SimHandshake& hello = **read;
    auto answer = std::make_shared<SimHandshake>();
    const auto named = std::ranges::find(settings.others, hello.server_name, &SimCertificate::name);
    answer->certificate = named == settings.others.end() ? settings.certificate : std::optional(*named);
    const bool breaks =
        hello.step != SimHandshake::Step::Hello || !answer->certificate || answer->certificate->breaks;
    answer->step = breaks ? SimHandshake::Step::Failed : SimHandshake::Step::Finished;
    answer->why = breaks ? "handshake failure" : "";
    connection_->send_handshake(side_, answer);
    if (breaks) co_return tls_trouble("handshake failure");
    const auto& shown = settings.asks_for_client_certificate ? hello.certificate : std::nullopt;
    note_tls(shown, hello.server_name);
    tls_->verified = shown && !settings.trusted_issuer.empty() && shown->issuer == settings.trusted_issuer;
    if (!tls_->verified) tls_->verify_error = "unable to get local issuer certificate";
    co_return Result<void, StreamError>{};
}

Task<Result<void, StreamError>> SimStream::start_tls_client(std::shared_ptr<TlsContext> context,
                                                            std::string server_name, Instant deadline) {
    const auto& settings = static_cast<const SimTlsContext&>(*context);
    auto hello = std::make_shared<SimHandshake>();
    hello->server_name = server_name;
    hello->certificate = settings.certificate;
    connection_->send_handshake(side_, hello);
    const auto read = co_await read_handshake(deadline);
    if (!read) co_return failure(read.error());
    const SimHandshake& answer = **read;
    if (answer.step != SimHandshake::Step::Finished) {
        co_return tls_trouble(answer.why.empty() ? "unexpected message" : answer.why);
    }
    const auto& shown = answer.certificate;
    const bool is_named = shown && shown->name == server_name;
    const bool is_trusted = shown && shown->issuer == settings.trusted_issuer;
    if (settings.verify == TlsVerify::Name && !is_named) co_return tls_trouble("hostname mismatch");
    if (settings.verify == TlsVerify::Name && !is_trusted) {
        co_return tls_trouble("unable to get local issuer certificate");
    }
    note_tls(shown, std::move(server_name));
    tls_->verified = settings.verify == TlsVerify::Name;
    if (!tls_->verified) tls_->verify_error = "not asked to verify";
    co_return Result<void, StreamError>{};
}

Task<void> SimStream::close(Instant) {
    connection_->close(side_);
    co_return;
}

void SimStream::cancel() {
    is_cancelled_ = true;
    changed_.pulse();
}

void SimStream::expire() {
    is_expired_ = true;
    changed_.pulse();
}

}  // namespace cursus
