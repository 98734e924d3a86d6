#include "journal/event_fields.h"

#include <fmt/compile.h>
#include <fmt/format.h>

namespace cursus {
namespace {

using Fields = std::vector<std::pair<std::string_view, FieldValue>>;

std::string seconds_text(Duration duration) {
    return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
}

EventFields describe(const Connected& e) {
    EventFields fields{"connected",
                       {{"listener", e.listener}, {"client", e.client.text()}, {"server", e.server.text()}}};
    if (e.proxy) fields.fields.emplace_back("proxy", e.proxy->text());
    return fields;
}
EventFields describe(const ClientRestated& e) {
    return {"client_restated",
            {{"client", e.client.text()}, {"by", e.by.text()}, {"name", e.name}, {"helo", e.helo}}};
}
EventFields describe(const TlsStarted& e) {
    return {"tls_started",
            {{"protocol", e.protocol},
             {"cipher", e.cipher},
             {"verified", e.verified},
             {"peer", e.peer_subject},
             {"fingerprint", e.peer_fingerprint}}};
}
EventFields describe(const Authenticated& e) {
    return {"authenticated", {{"mechanism", e.mechanism}, {"account", e.account}, {"country", e.country}}};
}
EventFields describe(const AuthenticationFailed& e) {
    return {
        "authentication_failed",
        {{"mechanism", e.mechanism}, {"account", e.account}, {"why", e.why}, {"reply", e.reply.one_line()}}};
}
EventFields describe(const LoginBlocked& e) {
    return {"login_blocked",
            {{"what", e.what}, {"until", time_text(e.until)}, {"failures", std::uint64_t{e.failures}}}};
}
EventFields describe(const AccountHeld& e) {
    return {"account_held", {{"account", e.account}, {"why", e.why}}};
}
EventFields describe(const AccountReleased& e) {
    return {"account_released", {{"account", e.account}, {"by", e.by}}};
}
EventFields describe(const TlsFailed& e) {
    return {"tls_failed", {{"why", e.why}}};
}
EventFields describe(const Greeted& e) {
    return {"greeted", {{"helo", e.helo}, {"extended", e.extended}}};
}
EventFields describe(const CommandRefused& e) {
    return {"command_refused", {{"command", e.command}, {"reply", e.reply.one_line()}}};
}
EventFields with_size(EventFields fields, std::uint64_t declared) {
    if (declared != 0) fields.fields.emplace_back("declared_size", declared);
    return fields;
}
EventFields describe(const SenderRefused& e) {
    return with_size(
        {"sender_refused", {{"sender", e.sender}, {"rule", e.rule}, {"reply", e.reply.one_line()}}},
        e.declared_size);
}
EventFields describe(const Rewritten& e) {
    EventFields fields{"rewritten", {{"field", e.field}, {"before", e.before}, {"after", e.after}}};
    if (e.untold > 0) fields.fields.emplace_back("untold", e.untold);
    return fields;
}
EventFields describe(const RecipientRefused& e) {
    return {"recipient_refused",
            {{"recipient", e.recipient}, {"rule", e.rule}, {"reply", e.reply.one_line()}}};
}
EventFields describe(const DataRefused& e) {
    return with_size({"data_refused",
                      {{"sender", e.sender},
                       {"recipients", &e.recipients},
                       {"rule", e.rule},
                       {"reply", e.reply.one_line()},
                       {"bytes", e.bytes}}},
                     e.declared_size);
}
EventFields describe(const Abandoned& e) {
    return with_size({"abandoned", {{"sender", e.sender}, {"recipients", &e.recipients}}}, e.declared_size);
}
EventFields describe(const LookedUp& e) {
    EventFields fields{"looked_up", {{"what", e.what}, {"subject", e.subject}, {"words", &e.words}}};
    if (e.number != 0) fields.fields.emplace_back("number", fmt::format("{}", e.number));
    if (!e.detail.empty()) fields.fields.emplace_back("detail", e.detail);
    if (!e.trouble.empty()) fields.fields.emplace_back("trouble", e.trouble);
    fields.fields.emplace_back("seconds", seconds_text(e.took));
    return fields;
}
EventFields describe(const RuleMatched& e) {
    return {"rule_matched",
            {{"rule", e.rule},
             {"origin", e.origin},
             {"line", std::uint64_t{e.line}},
             {"stage", e.stage},
             {"action", e.action},
             {"recipient", e.recipient}}};
}
EventFields describe(const RuleUndecided& e) {
    return {"rule_undecided",
            {{"rule", e.rule},
             {"origin", e.origin},
             {"line", std::uint64_t{e.line}},
             {"stage", e.stage},
             {"on_error", e.on_error},
             {"recipient", e.recipient}}};
}
EventFields describe(const Overruled& e) {
    return {"overruled", {{"recipient", e.recipient}, {"rule", e.rule}}};
}
EventFields describe(const Surveyed& e) {
    return {"surveyed",
            {{"size", e.size},
             {"attachments", &e.attachments},
             {"findings", &e.findings},
             {"uri_hosts", &e.uri_hosts}}};
}
EventFields describe(const Discarded& e) {
    return {"discarded",
            {{"sender", e.sender}, {"recipients", &e.recipients}, {"rule", e.rule}, {"why", e.why}}};
}
EventFields describe(const ConnectionRefused& e) {
    EventFields fields{"connection_refused", {{"rule", e.rule}, {"reply", e.reply.one_line()}}};
    if (!e.why.empty()) fields.fields.emplace_back("why", e.why);
    return fields;
}
EventFields describe(const Disconnected& e) {
    return {"disconnected",
            {{"how", e.how},
             {"commands", std::uint64_t{e.commands}},
             {"accepted", std::uint64_t{e.accepted}},
             {"seconds", seconds_text(e.lasted)}}};
}
EventFields describe(const Accepted& e) {
    EventFields fields{
        "accepted",
        {{"sender", e.sender}, {"recipients", &e.recipients}, {"size", e.size}, {"protocol", e.protocol}}};
    if (e.priority != 0) fields.fields.emplace_back("priority", fmt::format("{}", e.priority));
    if (e.not_before) fields.fields.emplace_back("not_before", time_text(*e.not_before));
    if (e.deliver_by) {
        fields.fields.emplace_back("deliver_by", time_text(e.deliver_by->time));
        const std::string_view late = e.deliver_by->mode == ByMode::Return ? "return" : "notify";
        fields.fields.emplace_back("late", late);
    }
    return fields;
}
EventFields describe(const Routed& e) {
    return {"routed", {{"recipient", e.recipient}, {"destination", e.destination}, {"site", e.site}}};
}
EventFields describe(const Expanded& e) {
    return {
        "expanded",
        {{"recipient", e.recipient}, {"to", &e.to}, {"members", e.members}, {"duplicates", e.duplicates}}};
}
EventFields describe(const Attempted& e) {
    return {"attempted",
            {{"recipient", e.recipient},
             {"host", e.host},
             {"address", e.address ? text(*e.address) : std::string()},
             {"tls", e.tls},
             {"protocol", e.protocol},
             {"cipher", e.cipher},
             {"verified", e.verified},
             {"stage", e.stage},
             {"reply", e.reply.one_line()}}};
}
EventFields describe(const Delivered& e) {
    return {"delivered",
            {{"recipient", e.recipient},
             {"where", e.where},
             {"reply", e.reply.one_line()},
             {"age", seconds_text(e.age)}}};
}
EventFields describe(const Deferred& e) {
    return {"deferred",
            {{"recipient", e.recipient},
             {"why", e.why},
             {"reply", e.reply.one_line()},
             {"until", time_text(e.until)}}};
}
EventFields describe(const Bounced& e) {
    return {"bounced", {{"recipient", e.recipient}, {"why", e.why}, {"reply", e.reply.one_line()}}};
}
EventFields describe(const DelayWarned& e) {
    return {"delay_warned", {{"recipient", e.recipient}}};
}
EventFields describe(const Reported& e) {
    return {"reported", {{"report", e.report.text()}, {"to", e.to}, {"kind", e.kind}}};
}
EventFields describe(const Removed& e) {
    return {"removed", {{"recipient", e.recipient}, {"by", e.by}}};
}
EventFields describe(const RecipientHeld& e) {
    EventFields fields{"recipient_held", {{"recipient", e.recipient}, {"by", e.by}, {"why", e.why}}};
    if (e.until) fields.fields.emplace_back("until", time_text(*e.until));
    return fields;
}
EventFields describe(const RecipientReleased& e) {
    return {"recipient_released", {{"recipient", e.recipient}, {"by", e.by}}};
}
EventFields describe(const HoldExpired& e) {
    return {"hold_expired", {{"recipient", e.recipient}}};
}
EventFields describe(const Completed& e) {
    return {"completed", {{"age", seconds_text(e.age)}}};
}
EventFields describe(const SiteDown& e) {
    return {"site_down", {{"site", e.site}, {"why", e.why}, {"until", time_text(e.until)}}};
}
EventFields describe(const SiteUp& e) {
    return {"site_up", {{"site", e.site}}};
}
EventFields describe(const QueueStateChanged& e) {
    return {"queue_state_changed", {{"state", e.state}, {"why", e.why}}};
}
EventFields describe(const Reloaded& e) {
    return {"reloaded", {{"changed", &e.changed}, {"needs_restart", &e.needs_restart}}};
}
EventFields describe(const CertificateRead& e) {
    return {"certificate_read", {{"path", e.path}, {"names", &e.names}, {"until", time_text(e.until)}}};
}
EventFields describe(const Started& e) {
    EventFields fields{"started", {{"version", e.version}}};
    if (!e.why_no_deputy.empty()) fields.fields.emplace_back("without_deputy", e.why_no_deputy);
    return fields;
}
EventFields describe(const Stopped& e) {
    return {"stopped", {{"why", e.why}}};
}
EventFields describe(const Trouble& e) {
    return {"trouble", {{"where", e.where}, {"what", e.what}}};
}

}  // namespace

EventFields fields_of(const EventBody& body) {
    return std::visit([](const auto& event) { return describe(event); }, body);
}

std::string time_text(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z"),
                       static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count(), clock.subseconds().count());
}

}  // namespace cursus
