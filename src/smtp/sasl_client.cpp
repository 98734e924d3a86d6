#include "smtp/sasl_client.h"

#include <gsasl.h>

#include <algorithm>
#include <new>
#include <ranges>

#include <fmt/format.h>

#include "base/number.h"

namespace cursus {

namespace {

struct GsaslFree {
    void operator()(char* text) const { gsasl_free(text); }
    void operator()(Gsasl* library) const { gsasl_done(library); }
    void operator()(Gsasl_session* session) const { gsasl_finish(session); }
};
using GsaslText = std::unique_ptr<char, GsaslFree>;

template <class Values, class Value>
bool holds(const Values& values, const Value& value) {
    return std::ranges::find(values, value) != std::ranges::end(values);
}

bool is_by_password(Mechanism mechanism) {
    return is_scram(mechanism) || mechanism == Mechanism::Plain || mechanism == Mechanism::Login;
}

GsaslText base64_of(std::string_view octets) {
    char* text = nullptr;
    if (gsasl_base64_to(octets.data(), octets.size(), &text, nullptr) != GSASL_OK) throw std::bad_alloc();
    return GsaslText(text);
}

std::string describe(int error) {
    if (error == GSASL_BASE64_ERROR) return "its challenge is not base64";
    if (error == GSASL_AUTHENTICATION_ERROR) return "it does not prove that it knows the password";
    return gsasl_strerror(error);
}

// "r=NONCE,s=SALT,i=COUNT", RFC 5802 §7: neither of the first two holds a comma.
Result<void, std::string> check_iterations(const std::string& challenge) {
    char* octets = nullptr;
    std::size_t size = 0;
    if (gsasl_base64_from(challenge.data(), challenge.size(), &octets, &size) != GSASL_OK)
        return failure(describe(GSASL_BASE64_ERROR));
    const GsaslText held(octets);
    const std::string_view message(octets, size);
    if (!message.starts_with("r=")) return {};  // its last word
    std::size_t at = 0;
    for (const auto part : message | std::views::split(',')) {
        if (at++ < 2) continue;
        const std::string_view attribute(part.begin(), part.end());
        if (!attribute.starts_with("i=")) break;
        const auto count = parse_number<std::uint32_t>(attribute.substr(2));
        if (!count || *count > peer_iterations_max)
            return failure(fmt::format("it asks for more than {} iterations", peer_iterations_max));
        if (*count < peer_iterations_min)
            return failure(
                fmt::format("it asks for {} iterations, fewer than {}", *count, peer_iterations_min));
        return {};
    }
    return failure(std::string("its challenge names no iterations"));
}

}  // namespace

std::optional<Mechanism> choose_mechanism(const MechanismChoice& choice) {
    const auto found = std::ranges::find_if(all_mechanisms, [&choice](Mechanism mechanism) {
        return is_by_password(mechanism) && holds(choice.offered, name(mechanism)) &&
               (choice.wanted.empty() || holds(choice.wanted, mechanism)) &&
               (choice.may_show_secret || !shows_secret(mechanism)) &&
               (choice.can_bind_channel || !binds_channel(mechanism));
    });
    return found == all_mechanisms.end() ? std::nullopt : std::optional(*found);
}

struct SaslClient::State {
    std::unique_ptr<Gsasl, GsaslFree> library;
    std::unique_ptr<Gsasl_session, GsaslFree> session;

    void set(Gsasl_property property, const char* text) {
        if (gsasl_property_set(session.get(), property, text) != GSASL_OK) throw std::bad_alloc();
    }
    void bind(Gsasl_property property, const std::string& octets) {
        if (!octets.empty()) set(property, base64_of(octets).get());
    }
};

SaslClient::SaslClient(Mechanism mechanism, const LoginAs& who, const std::optional<TlsFacts>& tls)
    : mechanism_(mechanism), state_(std::make_unique<State>()) {
    Gsasl* library = nullptr;
    if (gsasl_init(&library) != GSASL_OK) throw std::bad_alloc();
    state_->library.reset(library);
    Gsasl_session* session = nullptr;
    const std::string its_name(name(mechanism));
    if (gsasl_client_start(library, its_name.c_str(), &session) != GSASL_OK) throw std::bad_alloc();
    state_->session.reset(session);
    state_->set(GSASL_AUTHID, who.username.c_str());
    state_->set(GSASL_PASSWORD, who.password.c_str());
    // GNU SASL 2.2.0 takes a binding for an error where the mechanism has no use for it.
    if (!tls || !binds_channel(mechanism)) return;
    state_->bind(GSASL_CB_TLS_EXPORTER, tls->exporter);
    state_->bind(GSASL_CB_TLS_UNIQUE, tls->unique);
}

SaslClient::~SaslClient() = default;

bool SaslClient::speaks_first() const {
    return mechanism_ != Mechanism::Login;
}

Result<std::string, std::string> SaslClient::answer(const std::string& challenge) {
    if (is_satisfied_) return failure(std::string("it asks for more than the mechanism has"));
    if (is_scram(mechanism_) && !challenge.empty()) {
        TRY_VOID(check_iterations(challenge));
    }
    char* output = nullptr;
    const int outcome = gsasl_step64(state_->session.get(), challenge.c_str(), &output);
    const GsaslText held(output);
    if (outcome != GSASL_OK && outcome != GSASL_NEEDS_MORE) return failure(describe(outcome));
    is_satisfied_ = outcome == GSASL_OK;
    return std::string(output != nullptr ? output : "");
}

}  // namespace cursus
