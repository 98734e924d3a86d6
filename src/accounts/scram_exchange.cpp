#include "accounts/scram_exchange.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "accounts/account_name.h"
#include "mail/base64.h"

namespace cursus {

namespace {

constexpr std::size_t secret_words = 4;
constexpr std::size_t digest_octets = 32;

struct Finish {
    void operator()(Gsasl_session* session) const { gsasl_finish(session); }
};
using SessionPointer = std::unique_ptr<Gsasl_session, Finish>;

ScramHash hash_of(Mechanism mechanism) {
    const bool is_sha1 = mechanism == Mechanism::ScramSha1 || mechanism == Mechanism::ScramSha1Plus;
    return is_sha1 ? ScramHash::Sha1 : ScramHash::Sha256;
}

// All that a mechanism asks for is set before it asks.
int know_nothing_more(Gsasl*, Gsasl_session*, Gsasl_property) {
    return GSASL_NO_CALLBACK;
}

std::string text_property(Gsasl_session* session, Gsasl_property property) {
    const char* const text = gsasl_property_fast(session, property);
    return text == nullptr ? std::string() : std::string(text);
}

void set(Gsasl_session* session, Gsasl_property property, const std::string& text) {
    if (gsasl_property_set(session, property, text.c_str()) != GSASL_OK) throw std::bad_alloc();
}

void set_binary(Gsasl_session* session, Gsasl_property property, std::string_view octets) {
    if (!octets.empty()) set(session, property, to_base64(octets));
}

struct Outcome {
    int code = GSASL_OK;
    std::string octets;
};
Outcome advance(Gsasl_session* session, const std::string& response) {
    char* octets = nullptr;
    std::size_t size = 0;
    const int code = gsasl_step(session, response.data(), response.size(), &octets, &size);
    const std::unique_ptr<char, decltype(&gsasl_free)> owned(octets, &gsasl_free);
    if (code == GSASL_MALLOC_ERROR) throw std::bad_alloc();
    return {code, octets == nullptr ? std::string() : std::string(octets, size)};
}

SaslFailure failed(int code, std::string account) {
    if (code == GSASL_MECHANISM_PARSE_ERROR)
        return {SaslRefusal::Malformed, std::move(account), gsasl_strerror(code)};
    return {SaslRefusal::Wrong, std::move(account), gsasl_strerror(code)};
}

}  // namespace

class ScramServer::Exchange final : public SaslExchange {
public:
    Exchange(ScramServer& server, Mechanism mechanism, LoginScene scene, Binding binding)
        : server_(server), mechanism_(mechanism), binding_(binding), scene_(std::move(scene)) {}

    Task<SaslStep> step(std::string response) override {
        switch (stage_) {
            case Stage::First:
                co_return co_await greet(std::move(response));
            case Stage::Proof:
                co_return prove(response);
            case Stage::Done:
                break;
        }
        co_return SaslFailure{SaslRefusal::Malformed, account_, "the exchange has ended"};
    }

private:
    enum class Stage : std::uint8_t { First, Proof, Done };

    SessionPointer start() const {
        Gsasl_session* raw = nullptr;
        const std::string wanted(name(mechanism_));
        if (gsasl_server_start(server_.gsasl_, wanted.c_str(), &raw) != GSASL_OK) throw std::bad_alloc();
        SessionPointer session(raw);
        if (binds_channel(mechanism_) && scene_.tls) {  // RFC 9266, RFC 5929
            set_binary(raw, GSASL_CB_TLS_EXPORTER, scene_.tls->exporter);
            set_binary(raw, GSASL_CB_TLS_UNIQUE, scene_.tls->unique);
        }
        return session;
    }

    // RFC 5802 §6. The library looks at this only where there is a channel to bind.
    std::optional<SaslFailure> refusal_of_binding(std::string_view first) const {
        if (binds_channel(mechanism_)) return std::nullopt;
        if (first.starts_with("p="))
            return SaslFailure{SaslRefusal::Malformed, {}, "a channel bound by a mechanism that cannot"};
        if (binding_ == Binding::Offered && first.starts_with("y,"))
            return SaslFailure{SaslRefusal::Wrong, {}, "somebody kept the names of -PLUS from the client"};
        return std::nullopt;
    }

    // Who the client is stands in its first message, but the mechanism wants that account's salt to answer
    // it: so one session reads the name, and another, which knows the keys, goes on.
    Task<SaslStep> greet(std::string first) {
        if (const auto refused = refusal_of_binding(first)) co_return *refused;
        const SessionPointer reader = start();
        const Outcome read = advance(reader.get(), first);
        account_ = text_property(reader.get(), GSASL_AUTHID);
        if (read.code != GSASL_NEEDS_MORE) co_return failed(read.code, account_);
        const std::string acts_for = text_property(reader.get(), GSASL_AUTHZID);
        if (!acts_for.empty() && acts_for != account_)
            co_return SaslFailure{SaslRefusal::Wrong, account_, "nobody may act for another here"};
        // One name from here on: else each way of writing it would be an account with limits of its own.
        auto name_known = account_name(account_);
        if (!name_known) co_return SaslFailure{SaslRefusal::Wrong, account_, "no account has such a name"};
        account_ = *std::move(name_known);
        auto found = co_await server_.credentials_.keys(account_, hash_of(mechanism_));
        if (!found) co_return SaslFailure{SaslRefusal::Unavailable, account_, std::move(found).error().why};
        if (*found) server_.note_shape(**found);
        is_decoy_ = !*found;
        co_return challenge(first, is_decoy_ ? server_.decoy(account_) : **found);
    }

    SaslStep challenge(const std::string& first, const ScramKeys& keys) {
        session_ = start();
        set(session_.get(), GSASL_SCRAM_ITER, fmt::format("{}", keys.iterations));
        set_binary(session_.get(), GSASL_SCRAM_SALT, keys.salt);
        set_binary(session_.get(), GSASL_SCRAM_STOREDKEY, keys.stored_key);
        set_binary(session_.get(), GSASL_SCRAM_SERVERKEY, keys.server_key);
        Outcome outcome = advance(session_.get(), first);
        if (outcome.code != GSASL_NEEDS_MORE) return failed(outcome.code, account_);
        stage_ = Stage::Proof;
        return SaslChallenge{std::move(outcome.octets)};
    }

    SaslStep prove(const std::string& response) {
        stage_ = Stage::Done;
        Outcome outcome = advance(session_.get(), response);
        if (outcome.code != GSASL_OK) return failed(outcome.code, account_);
        // No client knows a password that makes a decoy's keys.
        if (is_decoy_) return SaslFailure{SaslRefusal::Wrong, account_, "no such account"};
        return SaslSuccess{account_, std::move(outcome.octets)};
    }

    ScramServer& server_;
    Mechanism mechanism_;
    Binding binding_;
    LoginScene scene_;
    Stage stage_ = Stage::First;
    bool is_decoy_ = false;
    std::string account_;
    SessionPointer session_;
};

ScramServer::ScramServer(Credentials& credentials, Random& random) : credentials_(credentials) {
    if (gsasl_init(&gsasl_) != GSASL_OK) throw std::bad_alloc();
    gsasl_callback_set(gsasl_, know_nothing_more);
    for (std::size_t i = 0; i < secret_words; ++i) secret_ += fmt::format("{:016x}", random.next());
}

ScramServer::~ScramServer() {
    gsasl_done(gsasl_);
}

std::unique_ptr<SaslExchange> ScramServer::begin(Mechanism mechanism, LoginScene scene, Binding binding) {
    return std::make_unique<Exchange>(*this, mechanism, std::move(scene), binding);
}

// What an account that is not there is made to have: always the same, so that asking twice tells nothing.
ScramKeys ScramServer::decoy(std::string_view account) const {
    const auto derive = [&](char use) {
        const std::string what = use + std::string(account);
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
             reinterpret_cast<const unsigned char*>(what.data()), what.size(), digest.data(), &size);
        return std::string(reinterpret_cast<const char*>(digest.data()), size);
    };
    const std::scoped_lock lock(mutex_);
    return {derive('s').substr(0, salt_octets_), derive('k'), derive('v'), iterations_};
}

void ScramServer::note_shape(const ScramKeys& keys) {
    const std::scoped_lock lock(mutex_);
    salt_octets_ = std::min(keys.salt.size(), digest_octets);
    iterations_ = keys.iterations;
}

}  // namespace cursus
