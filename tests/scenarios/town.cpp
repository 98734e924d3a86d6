#include "tests/scenarios/town.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace cursus {

namespace {

constexpr auto client_address = "198.51.100.7";
constexpr std::uint16_t smtp_port = 25;

IpAddress parsed(const std::string& text) {
    return IpAddress::parse(text).value();
}

bool is_settled(const SubmissionOutcome& outcome) {
    switch (outcome.fate) {
        case SentFate::Acknowledged:
        case SentFate::Refused:
        case SentFate::Unknown:
            return true;
        case SentFate::Deferred:
            return false;
        case SentFate::NotSent:
            break;
    }
    return std::ranges::any_of(outcome.replies,
                               [](const std::string& reply) { return reply.starts_with('5'); });
}

}  // namespace

Town::Town(SimWorld& sim, const Plan& plan)
    : sim_(sim),
      plan_(plan),
      start_(sim.now()),
      client_(sim.machine(client_address)),
      aliases_(std::make_shared<SimTable>(sim, "aliases")),
      scanners_(sim, plan) {
    if (!sim_.files().make_directory("/mail", 0700) || !sim_.files().sync_directory("/")) {
        throw std::runtime_error("no directory for mailboxes");
    }
    build_hosts();
    build_names();
    build_lists();
    plan_faults();
    for (const auto& message : plan_.messages) posted_.push_back({&message, {}, {}, false});
    for (std::size_t i = 0; i < posted_.size(); ++i) client_.spawn(post(i));
}

Settings Town::settings() const {
    Settings settings;
    settings.hostname = Domain::parse("relay.ancient-rome.example").value();
    settings.listeners = {{.name = "mx",
                           .addresses = {Endpoint{sim_.address(), smtp_port}},
                           .service = Service::Mx,
                           .tls = ListenerTls::None}};
    settings.domains.local = {Domain::parse(local_domain).value()};
    settings.relay.hosts = {IpNetwork::parse(std::string(client_address) + "/32").value()};
    settings.local.mailbox = "maildir:/mail/{domain}/{local_part}";
    settings.local.users = plan_.lists.users.empty() ? "any" : "system";
    settings.local.aliases = {"table:aliases"};
    settings.admin.socket = "/run/cursus/admin.sock";
    scanners_.settle(settings);
    return settings;
}

void Town::build_hosts() {
    for (const auto& host : plan_.hosts) {
        auto behaviour = host.behaviour;
        for (auto& trouble : behaviour.troubles) {
            trouble.window.from = start_ + (trouble.window.from - Instant{});
            trouble.window.until = start_ + (trouble.window.until - Instant{});
        }
        sinks_.push_back(std::make_unique<SmtpSink>(sim_.machine(host.address),
                                                    Endpoint{parsed(host.address), smtp_port}, host.name,
                                                    std::move(behaviour), sim_.random().next(), sim_.tls()));
        sim_.dns().address(host.name, {host.address});
    }
}

void Town::build_names() {
    for (const auto& domain : plan_.domains) {
        std::vector<std::pair<int, std::string>> hosts;
        for (const auto& host : domain.hosts)
            hosts.emplace_back(10 * static_cast<int>(hosts.size() + 1), host);
        if (!hosts.empty()) sim_.dns().mx(domain.name, hosts);
    }
}

void Town::build_lists() {
    std::uint32_t uid = 1000;
    for (const auto& user : plan_.lists.users) {
        sim_.accounts().put({user, uid, uid, "/users/" + user});
        ++uid;
    }
    for (const auto& [name, members] : plan_.lists.aliases)
        aliases_->put(name, fmt::format("{}", fmt::join(members, ", ")));
    for (const auto& [user, members] : plan_.lists.forwards)
        sim_.homes().file("/users/" + user + "/.forward", fmt::format("{}\n", fmt::join(members, "\n")));
}

void Town::plan_faults() {
    for (const auto& outage : plan_.outages) {
        sim_.faults().outage(parsed(outage.address), outage.kind, window(outage.span));
    }
    for (const auto& drip : plan_.drips) {
        sim_.faults().slow(parsed(drip.address), drip.bytes_per_second, window(drip.span));
    }
    for (const auto& fuse : plan_.fuses) {
        sim_.faults().reset_after(parsed(fuse.address), fuse.bytes, window(fuse.span));
    }
    for (const auto& fault : plan_.dns_faults)
        sim_.dns().fault(fault.suffix, fault.status, window(fault.span));
    for (const Span& span : plan_.alias_troubles)
        aliases_->trouble_during(start_ + span.from, start_ + span.until);
    for (const Span& span : plan_.deputy_troubles)
        sim_.homes().fault("", {DeputyOutcome::Later, "nobody can be become"}, window(span));
    for (const auto& trouble : plan_.disk_troubles) client_.spawn(trouble_disk(trouble));
}

Task<void> Town::trouble_disk(PlannedDiskTrouble trouble) {
    co_await client_.clock().sleep_until(start_ + trouble.span.from);
    sim_.disk().trouble = trouble.kind;
    co_await client_.clock().sleep_until(start_ + trouble.span.until);
    sim_.disk().trouble.reset();
}

Task<void> Town::post(std::size_t number) {
    Posted& posted = posted_[number];
    const Endpoint to{sim_.address(), smtp_port};
    co_await client_.clock().sleep_until(start_ + posted.planned->at);
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const Instant began = sim_.now();
        posted.outcome = co_await submit(client_, to, posted.planned->submission, posted.planned->patience);
        posted.attempts.push_back({began, posted.outcome.at, posted.outcome.fate});
        if (is_settled(posted.outcome)) break;
        co_await client_.clock().sleep_for(between_attempts);
    }
    posted.has_ended = true;
}

bool Town::everything_is_posted() const {
    return std::ranges::all_of(posted_, &Posted::has_ended);
}

}  // namespace cursus
