#include "deliver/login_policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cursus {

namespace {

constexpr std::size_t offer_shown_max = 200;  // octets
// The IANA registry of enhanced status codes.
constexpr Status not_set_up{4, 3, 5}, unsupported{4, 7, 4}, not_proven{4, 7, 5}, invalid{4, 7, 8},
    needs_encryption{4, 7, 11};

bool is_on_this_host(const ServiceAddress& address) {
    const auto* endpoint = std::get_if<Endpoint>(&address);
    return endpoint == nullptr || endpoint->address.is_loopback();
}

DialogueFailure at_login(Status status, std::string text) {
    Reply reply{451, status, std::move(text)};
    auto what = reply.one_line();
    return {SmtpStage::Auth, std::move(reply), std::nullopt, std::move(what)};
}

// `detail` is for the operator alone; the text may reach whoever sent the message, in a report.
DialogueFailure at_login(Status status, std::string text, std::string_view detail) {
    DialogueFailure failure = at_login(status, std::move(text));
    failure.what += fmt::format(" ({})", detail);
    return failure;
}

DialogueFailure no_mechanism(const Candidate& where, MechanismChoice choice) {
    if (choice.offered.empty())
        return at_login(unsupported,
                        fmt::format("{} does not offer AUTH, and its route logs in", where.host));
    choice.may_show_secret = true;
    if (choose_mechanism(choice))
        return at_login(
            needs_encryption,
            fmt::format("{} would be shown the password in the clear, which is never done", where.host));
    const auto offer = fmt::format("{}", fmt::join(choice.offered, " ")).substr(0, offer_shown_max);
    return at_login(unsupported, fmt::format("{} offers no way to log in that its route may use, only {}",
                                             where.host, offer));
}

}  // namespace

Result<Mechanism, DialogueFailure> login_mechanism(const Candidate& where, const SmtpClient& client) {
    const auto& tls = client.stream().tls();
    MechanismChoice choice;
    choice.offered = client.extensions().auth;
    choice.wanted = where.terms.mechanisms;
    choice.may_show_secret = tls || is_on_this_host(where.address);
    choice.can_bind_channel = can_bind_channel(tls);
    if (const auto mechanism = choose_mechanism(choice)) return *mechanism;
    return failure(no_mechanism(where, std::move(choice)));
}

DialogueFailure no_password(const Candidate& where, std::string_view why) {
    return at_login(not_set_up, fmt::format("There is no password to log in with at {}", where.host), why);
}

DialogueFailure login_failed(const Candidate& where, DialogueFailure failure) {
    if (failure.stream) return failure;
    if (!failure.reply)
        return at_login(not_proven, fmt::format("The login at {} failed: {}", where.host, failure.what));
    if (!failure.reply->is_permanent()) return failure;
    return at_login(invalid,
                    fmt::format("{} does not let this server in: {}", where.host, failure.reply->one_line()),
                    fmt::format("as {}", where.terms.username));
}

bool is_login_refused(const DialogueFailure& failure) {
    return failure.stage == SmtpStage::Auth && failure.reply && failure.reply->status() == invalid;
}

}  // namespace cursus
