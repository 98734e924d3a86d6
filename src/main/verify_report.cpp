#include "main/verify_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include "base/printable.h"
#include "main/route_report.h"
#include "main/text_table.h"

namespace cursus {

namespace {

std::string_view mailbox_word(const VerifyReport::Here& here) {
    if (!here.refusal) return "exists";
    return here.refusal->reply.is_permanent() ? "refused" : "unknown";
}

std::string refusal_text(const RecipientRefusal& refusal) {
    return refusal.why.empty() ? refusal.reply.one_line()
                               : fmt::format("{}: {}", refusal.reply.one_line(), refusal.why);
}

void add_here(TextTable& table, const VerifyReport::Here& here) {
    table.add(
        {"mailbox", std::string(mailbox_word(here)), here.refusal ? refusal_text(*here.refusal) : here.who});
}

void add_domain(TextTable& table, const DomainAnswer& domain) {
    std::string check = "domain", verdict(name(domain.verdict));
    std::size_t number = 0;
    for (const auto& preference : domain.hosts) {
        ++number;
        for (const RemoteHost& host : preference) {
            const std::string shown =
                fmt::format("{}. {}  {}", number, host.name, fmt::join(address_texts(host), ", "));
            table.add({std::exchange(check, ""), std::exchange(verdict, ""), shown});
        }
    }
    if (number == 0) table.add({check, verdict, domain.why});
}

void add_callout(TextTable& table, const CalloutAnswer& callout) {
    std::string check = "callout", verdict(name(callout.verdict));
    const auto add = [&](const std::string& shown) {
        table.add({std::exchange(check, ""), std::exchange(verdict, ""), printable(shown)});
    };
    if (!callout.why.empty()) add(callout.why);
    if (callout.reply) add(callout.reply->one_line());
    if (!callout.host.empty()) add("at " + callout.host);
}

nlohmann::json here_json(const VerifyReport::Here& here) {
    nlohmann::json out{{"verdict", mailbox_word(here)}};
    if (!here.who.empty()) out["who"] = here.who;
    if (here.refusal) out["reply"] = here.refusal->reply.one_line();
    if (here.refusal && !here.refusal->why.empty()) out["why"] = here.refusal->why;
    return out;
}

nlohmann::json domain_json(const DomainAnswer& domain) {
    nlohmann::json out{{"verdict", name(domain.verdict)}, {"hosts", hosts_json(domain.hosts)}};
    if (!domain.why.empty()) out["why"] = domain.why;
    return out;
}

nlohmann::json callout_json(const CalloutAnswer& callout) {
    nlohmann::json out{{"verdict", name(callout.verdict)}};
    if (!callout.why.empty()) out["why"] = callout.why;
    if (callout.reply) out["reply"] = callout.reply->one_line();
    if (!callout.host.empty()) out["host"] = callout.host;
    return out;
}

int domain_exit_code(DomainVerdict verdict) {
    if (verdict == DomainVerdict::Usable) return EX_OK;
    return verdict == DomainVerdict::Unknown ? EX_TEMPFAIL : EX_NOUSER;
}

}  // namespace

std::string as_text(const VerifyReport& report) {
    TextTable table({{"CHECK"}, {"ANSWER"}, {"SHOWN BY"}});
    if (report.here)
        add_here(table, *report.here);
    else
        add_domain(table, report.domain);
    if (report.callout) add_callout(table, *report.callout);
    return report.address + '\n' + table.text();
}

nlohmann::json as_json(const VerifyReport& report) {
    nlohmann::json out{{"address", report.address}};
    if (report.here)
        out["mailbox"] = here_json(*report.here);
    else
        out["domain"] = domain_json(report.domain);
    if (report.callout) out["callout"] = callout_json(*report.callout);
    return out;
}

int exit_code(const VerifyReport& report) {
    if (report.here) {
        if (!report.here->refusal) return EX_OK;
        return report.here->refusal->reply.is_permanent() ? EX_NOUSER : EX_TEMPFAIL;
    }
    const int of_domain = domain_exit_code(report.domain.verdict);
    if (of_domain != EX_OK || !report.callout) return of_domain;
    if (report.callout->verdict == CalloutVerdict::Refused) return EX_NOUSER;
    return is_unknown(report.callout->verdict) ? EX_TEMPFAIL : EX_OK;
}

}  // namespace cursus
