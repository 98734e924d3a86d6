#include "report/reporter.h"

#include <utility>

#include <fmt/format.h>

namespace cursus {

namespace {

DsnAction action_of(OwedKind kind) {
    switch (kind) {
        case OwedKind::Failed:
            return DsnAction::Failed;
        case OwedKind::Delayed:
            return DsnAction::Delayed;
        case OwedKind::Relayed:
            return DsnAction::Relayed;
    }
    std::unreachable();
}

DsnFacts facts_of(const OwedReport& debt, const Mailbox& sender) {
    DsnFacts facts{.action = action_of(debt.kind),
                   .host = {},
                   .sender = sender,
                   .envid = debt.envelope->envid,
                   .arrived = debt.envelope->arrived,
                   .release_request = debt.envelope->release_request,
                   .deliver_by = {},
                   .now = {},
                   .unique = {},
                   .boundary = {},
                   .ret = debt.envelope->ret,
                   .smtputf8 = debt.envelope->smtputf8,
                   .recipients = {},
                   .content = {}};
    if (const auto& deliver_by = debt.envelope->deliver_by) facts.deliver_by = deliver_by->time;
    for (const OwedRecipient& owed : debt.recipients)
        facts.recipients.push_back(
            {owed.address, owed.original, owed.host, owed.reply, owed.last_attempt, owed.will_retry_until});
    return facts;
}

std::string boundary_beside(std::string_view content, Random& chance) {
    while (true) {
        std::string boundary = fmt::format("cursus{:016x}{:016x}", chance.next(), chance.next());
        if (!content.contains(boundary)) return boundary;
    }
}

}  // namespace

Notification compose(const OwedReport& debt, const Mailbox& sender, std::string_view content,
                     const std::string& own_name, WallTime now, Random& chance) {
    DsnFacts facts = facts_of(debt, sender);
    facts.host = own_name;
    facts.now = now;
    facts.unique = fmt::format("{}.{}.{:016x}", debt.message.text(), debt.number, chance.next());
    facts.boundary = boundary_beside(content, chance);
    facts.content = content;
    facts.content_is_whole = content.size() == debt.envelope->size;
    Dsn dsn = make_dsn(facts);

    Notification notification{{}, {sender, {}, Notify{.is_set = true}}, std::move(dsn.message)};
    Envelope& envelope = notification.envelope;
    envelope.service = "report";
    envelope.protocol = Protocol::Local;
    envelope.sender = NullPath{};
    envelope.body = dsn.body;
    envelope.smtputf8 = dsn.smtputf8 || sender.needs_smtputf8();
    envelope.priority = debt.envelope->priority;  // RFC 6710 §4.6; its times are not the report's
    envelope.arrived = now;
    envelope.size = notification.message.size();
    return notification;
}

Reporter::Reporter(ReportNeeds needs) : needs_(needs), paying_(home().executor()) {}

void Reporter::start() {
    for (std::size_t i = 0; i < reports_at_once; ++i) paying_.spawn(pay_debts());
}

Task<void> Reporter::join() {
    co_await paying_.join();
}

Task<void> Reporter::pay_debts() {
    while (true) {
        // Destroyed unpaid, a debt comes again in a while: what the store refuses now is not forgotten.
        const auto debt = co_await needs_.queue.next_owed();
        if (!debt) co_return;
        if (const auto* sender = std::get_if<Mailbox>(&debt->sender))
            co_await tell(*debt, *sender);
        else
            co_await needs_.queue.forgive(*debt);  // RFC 5321 §4.5.5: a notification is never answered by one
    }
}

Task<void> Reporter::tell(const OwedReport& debt, const Mailbox& sender) {
    const std::string content = co_await front_of(debt);
    const std::string own_name = needs_.settings.hostname ? needs_.settings.hostname->text() : "localhost";
    const WallTime now = home().clock().wall_now();
    Notification notification = compose(debt, sender, content, own_name, now, needs_.world.random);
    auto paid = co_await needs_.queue.pay(debt, std::move(notification.envelope), std::move(notification.to),
                                          std::move(notification.message));
    if (!paid) co_return;
    const std::string kind(describe(action_of(debt.kind)));
    needs_.events.emit({now, {}, debt.message, Reported{*paid, sender.text(), kind}});
}

// An unreadable message does not keep its sender from being told.
Task<std::string> Reporter::front_of(const OwedReport& debt) {
    std::string content;
    while (debt.body && content.size() < returned_octets_max) {
        auto piece = co_await debt.body->piece(content.size());
        if (!piece || !*piece || (*piece)->empty()) break;
        content += **piece;
    }
    if (content.size() > returned_octets_max) content.resize(returned_octets_max);
    co_return content;
}

}  // namespace cursus
