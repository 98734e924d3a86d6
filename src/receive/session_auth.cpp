// AUTH, RFC 4954: an exchange of SASL, line by line.
#include <algorithm>
#include <utility>

#include "accounts/account_name.h"
#include "mail/base64.h"
#include "receive/session.h"

namespace cursus {

namespace {

const Reply& reply_to(SaslRefusal refusal) {
    switch (refusal) {
        case SaslRefusal::Wrong:
            return replies::auth_failed;
        case SaslRefusal::Malformed:
            return replies::auth_malformed;
        case SaslRefusal::Unavailable:
            return replies::auth_unavailable;
    }
    std::unreachable();
}

// RFC 4954 §4: "=" is an initial response of no octets.
std::optional<std::string> initial_response(std::string_view text) {
    return text == "=" ? std::string() : from_base64(text);
}

}  // namespace

LoginScene Session::scene() const {
    return {.service = listener_.name,
            .client = identity_.client(),
            .server = identity_.server(),
            .peer = identity_.proxy().value_or(identity_.origin()),
            .tls = stream_->tls(),
            .has_accepted_certificate = relay_client().shows_accepted_certificate};
}

// What the accounts' store can serve may have changed since it was asked last.
Task<void> Session::refresh_offer() {
    if (!listener_.auth || rules_->authenticator == nullptr) co_return;
    input_.release();
    co_await rules_->authenticator->refresh();
}

std::vector<Mechanism> Session::offered_mechanisms() const {
    if (!listener_.auth || rules_->authenticator == nullptr) return {};
    return rules_->authenticator->offered(scene());
}

const Reply* Session::refusal_of(const AuthCommand& command) const {
    if (!listener_.auth || rules_->authenticator == nullptr || !is_extended(hello_))
        return phase_ == Phase::Connected ? &replies::hello_first : &replies::auth_not_offered;
    if (!account_.empty()) return &replies::auth_already;
    if (phase_ != Phase::Greeted) return &replies::auth_within_transaction;
    const auto offered = offered_mechanisms();
    const auto wanted = mechanism_named(command.mechanism);
    if (wanted && std::ranges::find(offered, *wanted) != offered.end()) return nullptr;
    const bool tls_would_help = wanted && shows_secret(*wanted) && !stream_->tls();
    return tls_would_help ? &replies::auth_needs_tls : &replies::auth_mechanism_not_offered;
}

Task<void> Session::perform(const AuthCommand& command) {
    if (const Reply* const refusal = refusal_of(command)) {
        refuse_command("AUTH", *refusal);
        co_return co_await flush();
    }
    const Mechanism mechanism = mechanism_named(command.mechanism).value();
    ++fruitless_;
    if (needs_.guard.is_client_blocked(identity_.client().address, needs_.clock().now())) {
        refuse_auth(name(mechanism), {}, replies::auth_blocked);
        co_return co_await flush();
    }
    lines_.set_line_octets_max(auth_line_octets_max);
    auto outcome = co_await exchange(mechanism, command.initial);
    lines_.set_line_octets_max(command_line_octets_max);
    if (!outcome) co_return;
    if (auto* const success = std::get_if<SaslSuccess>(&*outcome)) {
        succeed(mechanism, std::move(*success));
    } else if (auto* const failed = std::get_if<SaslFailure>(&*outcome)) {
        co_await fail(mechanism, std::move(*failed));
    }
    co_await flush();
}

// Nothing: it was answered already, or the session is over.
Task<std::optional<SaslStep>> Session::exchange(Mechanism mechanism, std::optional<std::string> initial) {
    const auto exchange = rules_->authenticator->begin(mechanism, scene());
    std::optional<std::string> response = std::string();
    if (initial) {
        response = initial_response(*initial);
        if (!response)
            co_return SaslFailure{SaslRefusal::Malformed, {}, "an initial response that is no base64"};
    } else if (mechanism != Mechanism::Login) {
        response = co_await hear_response(std::string());
    }
    for (std::size_t i = 0; response && i < sasl_steps_max; ++i) {
        SaslStep step = co_await exchange->step(*std::move(response));
        step = judged(std::move(step));
        auto* const challenge = std::get_if<SaslChallenge>(&step);
        auto* const success = std::get_if<SaslSuccess>(&step);
        const bool has_last_word = success != nullptr && !success->last_word.empty();
        if (challenge == nullptr && !has_last_word) co_return step;
        if (challenge != nullptr && challenge->failure) {
            co_await tell(challenge->octets);
            co_return *std::move(challenge->failure);
        }
        response = co_await hear_response(std::move(has_last_word ? success->last_word : challenge->octets));
        // RFC 4954 §4: what the server says last is a challenge too, and is answered by an empty line.
        if (has_last_word && response && response->empty()) co_return step;
        if (has_last_word && response) break;
    }
    if (!response) co_return std::nullopt;
    co_return SaslFailure{SaslRefusal::Malformed, {}, "an exchange that does not end"};
}

// A right guess while the client or the account is kept out must look like a wrong one, and before the last
// word of SCRAM has proven it.
SaslStep Session::judged(SaslStep step) {
    auto* const success = std::get_if<SaslSuccess>(&step);
    if (success == nullptr) return step;
    auto account = account_name(success->account);
    if (!account) return SaslFailure{SaslRefusal::Wrong, success->account, "no account has such a name"};
    success->account = *std::move(account);
    if (is_kept_out(success->account) || is_kept_out(success->claimed))
        return SaslFailure{SaslRefusal::Wrong, success->account, "the client or the account is blocked"};
    return step;
}

bool Session::is_kept_out(const std::string& account) {
    const IpAddress client = identity_.client().address;
    const Instant now = needs_.clock().now();
    return needs_.guard.is_client_blocked(client, now) ||
           needs_.guard.is_account_blocked(account, client, now);
}

// RFC 7628 §3.2.3: why the attempt has failed. The client answers with anything, or cancels, or goes away.
Task<void> Session::tell(const std::string& why) {
    send(replies::auth_challenge(why));
    const auto line = co_await next_line();
    if (line && !*line && line->error() != LineViolation::TooLong) close_after_reply("bad line end");
}

Task<std::optional<std::string>> Session::hear_response(std::string challenge) {
    send(replies::auth_challenge(challenge));
    const auto line = co_await next_line();
    if (!line) co_return std::nullopt;
    if (!*line) {
        const bool is_long = line->error() == LineViolation::TooLong;
        refuse_auth({}, {}, is_long ? replies::auth_line_too_long : replies::reply_to(line->error()));
        if (!is_long) close_after_reply("bad line end");
        co_return std::nullopt;
    }
    if (**line == "*") {
        refuse_auth({}, {.why = "the client has cancelled"}, replies::auth_cancelled);
        co_return std::nullopt;
    }
    auto response = from_base64(**line);
    if (!response) refuse_auth({}, {.why = "a response that is no base64"}, replies::auth_malformed);
    co_return response;
}

void Session::succeed(Mechanism mechanism, SaslSuccess success) {
    const IpAddress& client = identity_.client().address;
    needs_.guard.succeeded(success.account, client);
    mechanism_ = name(mechanism);
    account_ = std::move(success.account);
    const auto country =
        rules_->countries != nullptr ? rules_->countries->of(client) : std::optional<Country>();
    emit(Authenticated{std::string(name(mechanism)), account_, country ? country->text() : std::string()});
    if (country) note_country(*country);
    send(replies::auth_ok);
}

// Whoever is held by this has logged in all the same, and hears of it at MAIL.
void Session::note_country(Country country) {
    const auto why =
        needs_.accounts.came_from(account_, country, needs_.clock().now(), needs_.clock().wall_now());
    if (why) emit(AccountHeld{account_, *why});
}

Task<void> Session::fail(Mechanism mechanism, SaslFailure failure) {
    if (failure.refusal != SaslRefusal::Wrong) {
        const Reply& reply = reply_to(failure.refusal);
        refuse_auth(name(mechanism), std::move(failure), reply);
        co_return;
    }
    const IpAddress client = identity_.client().address;
    LoginGuard& guard = needs_.guard;
    const bool was_blocked = is_kept_out(failure.account);
    auto consequence = guard.failed(failure.account, client, needs_.clock().now(), needs_.clock().wall_now());
    for (auto& block : consequence.blocks) emit(std::move(block));
    input_.release();
    co_await needs_.clock().sleep_for(consequence.delay);
    refuse_auth(name(mechanism), std::move(failure),
                was_blocked ? replies::auth_blocked : replies::auth_failed);
}

void Session::refuse_auth(std::string_view mechanism, SaslFailure failure, const Reply& reply) {
    emit(AuthenticationFailed{std::string(mechanism), shown_account(failure.account), std::move(failure.why),
                              reply});
    send(reply);
    ++bad_commands_;
    unread_ = Unread::MayBeSecrets;
}

}  // namespace cursus
