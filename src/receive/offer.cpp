#include "receive/offer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mail/replies.h"
#include "mail/xclient.h"
#include "receive/timing.h"

namespace cursus {

namespace {

// RFC 5321 §4.1.1.11: one that is not known here and one that was not offered are the same to the client.
bool has_parameter_not_offered(const MailParameters& parameters, const Offering& offering) {
    const bool asks_for_dsn = parameters.ret.has_value() || parameters.envid.has_value();
    return !parameters.unknown.empty() || asks_for_dsn || parameters.require_tls ||
           (parameters.auth.has_value() && offering.mechanisms.empty()) ||
           parameters.body == Body::BinaryMime || (parameters.asks_for_time() && !offering.timed);
}

bool has_any_parameter(const MailParameters& parameters) {
    return parameters.size.has_value() || parameters.body.has_value() || parameters.smtputf8 ||
           parameters.auth.has_value() || parameters.asks_for_time();
}

}  // namespace

Reply ehlo_reply(const Settings& settings, const IpAddress& client, const Offering& offering, WallTime now) {
    const LimitSettings& limits = settings.limits;
    const std::string& own_name = settings.hostname.value().text();
    std::vector<std::string> lines = {
        client.is_unspecified() ? own_name : fmt::format("{} greets {}", own_name, client.literal()),
        fmt::format("SIZE {}", limits.message_size),
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "CHUNKING",
        "ENHANCEDSTATUSCODES",
        fmt::format("LIMITS RCPTMAX={} MAILMAX={}", std::min(limits.recipients, announced_limit_max),
                    std::min(limits.messages_per_session, announced_limit_max)),
    };
    if (offering.timed)
        for (std::string& line : timing_lines(settings.submission, now)) lines.push_back(std::move(line));
    if (offering.tls) lines.emplace_back("STARTTLS");
    if (!offering.mechanisms.empty()) {
        std::vector<std::string_view> names;
        for (const Mechanism mechanism : offering.mechanisms) names.push_back(name(mechanism));
        lines.push_back(fmt::format("AUTH {}", fmt::join(names, " ")));
    }
    if (offering.xclient) lines.push_back(fmt::format("XCLIENT {}", xclient_attributes));
    lines.emplace_back("HELP");
    return Reply(250, std::move(lines));
}

std::optional<Objection> objection(const MailCommand& command, Hello hello, const Settings& settings,
                                   const Offering& offering, WallTime now) {
    const MailParameters& parameters = command.parameters;
    if (has_parameter_not_offered(parameters, offering))
        return Objection{replies::parameter_not_offered, "not-offered"};
    // Nothing was offered in answer to HELO, RFC 5321 §2.2.1.
    if (!is_extended(hello) && has_any_parameter(parameters))
        return Objection{replies::parameter_not_offered, "not-offered"};
    if (parameters.size && *parameters.size > settings.limits.message_size)
        return Objection{replies::message_too_big, "declared-size"};
    if (const Reply* const refusal = refusal_of_timing(parameters, settings.submission, now))
        return Objection{*refusal, "timing"};
    const auto* const sender = std::get_if<Mailbox>(&command.sender);
    if (sender != nullptr && sender->needs_smtputf8() && !parameters.smtputf8)
        return Objection{replies::sender_needs_smtputf8, "smtputf8"};
    return std::nullopt;
}

std::optional<Objection> objection(const RcptCommand& command, bool smtputf8) {
    const RcptParameters& parameters = command.parameters;
    const bool asks_for_dsn = parameters.notify.has_value() || parameters.orcpt.has_value();
    if (asks_for_dsn || !parameters.unknown.empty())
        return Objection{replies::parameter_not_offered, "not-offered"};
    if (command.recipient.needs_smtputf8() && !smtputf8)
        return Objection{replies::recipient_needs_smtputf8, "smtputf8"};
    return std::nullopt;
}

}  // namespace cursus
