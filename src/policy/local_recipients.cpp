#include "policy/local_recipients.h"

#include <utility>

#include "mail/replies.h"
#include "mail/target.h"
#include "route/expansion_replies.h"

namespace cursus {

namespace {

using Refusal = std::optional<RecipientRefusal>;

// A longer list is no lone refusal, and reading it for each RCPT would be a stranger's way to keep us busy.
constexpr std::size_t parsed_at_rcpt_max = 4096;

Refusal unknown_now(std::string why) {
    return RecipientRefusal{replies::cannot_tell_now, "no-answer", std::move(why)};
}

// Of what the operator has written for the address itself: what lies behind its targets is found out when the
// message is here.
Refusal refusal_of(const AliasHit& alias) {
    if (alias.row.value.size() > parsed_at_rcpt_max) return std::nullopt;
    const auto targets = parse_targets(alias.row.value);
    if (!targets) return unknown_now(alias.row.place + ": " + targets.error().what);
    if (targets->empty()) return unknown_now(list_empty(alias.row.place).text());
    for (const PlacedTarget& placed : *targets) {
        if (const auto* deferred = std::get_if<DeferTarget>(&placed.target))
            return RecipientRefusal{{450, Status{4, 2, 1}, deferred->text}, "deferred-by-alias", {}};
    }
    if (targets->size() != 1) return std::nullopt;
    if (const auto* failed = std::get_if<FailTarget>(&targets->front().target))
        return RecipientRefusal{refused_by_list(failed->text), "refused-by-alias", {}};
    return std::nullopt;
}

}  // namespace

Task<std::optional<RecipientRefusal>> LocalRecipients::refusal(Mailbox recipient, ReversePath sender) const {
    if (local_.destinations().locality(recipient) == Locality::Elsewhere) co_return std::nullopt;
    auto hit = co_await local_.lookup().find(std::move(recipient), std::move(sender));
    if (auto* alias = std::get_if<AliasHit>(&hit)) co_return refusal_of(*alias);
    if (auto* refused = std::get_if<Refused>(&hit))
        co_return RecipientRefusal{std::move(refused->reply), "return-path", {}};
    if (auto* nothing = std::get_if<NoAnswer>(&hit)) co_return unknown_now(std::move(nothing->why));
    if (std::holds_alternative<Nobody>(hit))
        co_return RecipientRefusal{replies::no_such_mailbox, "no-mailbox", {}};
    co_return std::nullopt;
}

}  // namespace cursus
