// cursus verify: what is known of an address before mail goes there or comes from there.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "base/overloaded.h"
#include "base/printable.h"
#include "main/command.h"
#include "main/route_report.h"
#include "main/standalone.h"
#include "main/verify_report.h"
#include "policy/callouts.h"

namespace cursus {
namespace {

constexpr std::string_view callout_warning =
    "cursus: a host is being asked for this mailbox, from here and now. To many sites that looks like the\n"
    "harvesting of addresses: they block hosts that do it often.\n";

struct VerifyOptions {
    std::string address;
    bool callout = false, json = false;
};

std::string who(const LocalHit& hit, const LocalRouting& local) {
    const Overloaded handle{
        [](const AliasHit& alias) { return "an alias (" + alias.row.place + ")"; },
        [&](const PersonHit& person) { return person_text(person, local); },
        [](const ReturnPath&) { return std::string("a return path of this host"); },
        [](const auto&) { return std::string(); },
    };
    return std::visit(handle, hit);
}

Task<VerifyReport::Here> look_here(const Standalone& here, Mailbox address) {
    const LocalRouting& local = here.local();
    const LocalRecipients recipients(local);
    VerifyReport::Here found;
    ReversePath sender = NullPath{};
    found.refusal = co_await recipients.refusal(address, sender);
    const auto hit = co_await local.lookup().find(std::move(address), std::move(sender));
    found.who = who(hit, local);
    co_return found;
}

Task<CalloutAnswer> call_out(Standalone& here, Mailbox address) {
    const CalloutTargets targets(here.router(), here.local().destinations(), here.settings());
    Callouts callouts(here.world(), here.settings().callout);
    co_return co_await callouts.ask(targets, std::move(address), CalloutSubject::Sender);
}

Task<void> look_at(Standalone& here, Mailbox address, bool with_callout, VerifyReport& found) {
    const Destinations& destinations = here.local().destinations();
    found.address = address.text();
    if (destinations.locality(address) != Locality::Elsewhere) {
        found.here = co_await look_here(here, std::move(address));
        co_return;
    }
    const SenderDomains domains(here.router(), destinations, here.settings());
    found.domain = co_await domains.look_up(address);
    if (!with_callout || found.domain.verdict != DomainVerdict::Usable) co_return;
    fmt::print(stderr, "{}", callout_warning);
    found.callout = co_await call_out(here, std::move(address));
}

int verify(const std::string& path, const VerifyOptions& options) {
    auto address = Mailbox::parse(options.address);
    if (!address)
        return report({EX_DATAERR, fmt::format("cursus: \"{}\" is no address; write user@domain\n",
                                               printable(options.address))});
    const auto here = Standalone::open(path);
    if (!here) return report(here.error());
    VerifyReport found;
    (*here)->run(look_at(**here, *std::move(address), options.callout, found));
    if (options.json)
        fmt::print("{}\n", as_json(found).dump(2));
    else
        fmt::print("{}", as_text(found));
    return exit_code(found);
}

}  // namespace

void add_verify(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* command = app.add_subcommand("verify", "Show what is known of an address: domain, mailbox.");
    auto options = std::make_shared<VerifyOptions>();
    command->add_option("address", options->address, "The address: user@domain.")->required();
    command->add_flag(
        "--callout", options->callout,
        "Ask its mail host for the mailbox, now and from here; many sites treat that as abuse.");
    command->add_flag("--json", options->json, "For programs.");
    command->callback([&common, &action, options] {
        action = [&common, options] { return verify(common.configuration, *options); };
    });
}

}  // namespace cursus
