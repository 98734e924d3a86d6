#include "policy/sender_rights.h"

#include <algorithm>

#include "base/text.h"

namespace cursus {

namespace {

bool is_entry_for(std::string_view entry, const Mailbox& sender) {
    if (entry == "*") return true;
    if (entry.starts_with('@')) {
        const auto domain = Domain::parse(entry.substr(1));
        return domain && sender.domain() != nullptr && *domain == *sender.domain();
    }
    const auto mailbox = Mailbox::parse(entry);
    return mailbox && equal_ignoring_case(mailbox->text(), sender.text());
}

bool is_between(char c) {
    return c == ' ' || c == '\t' || c == ',';
}

bool has_entry_for(std::string_view entries, const Mailbox& sender) {
    while (!entries.empty()) {
        const auto end = std::ranges::find_if(entries, is_between);
        const auto size = static_cast<std::size_t>(end - entries.begin());
        if (size > 0 && is_entry_for(entries.substr(0, size), sender)) return true;
        entries.remove_prefix(std::min(size + 1, entries.size()));
    }
    return false;
}

}  // namespace

SenderRights::SenderRights(const Settings& settings, const Tables& tables)
    : policy_(settings.submission.senders), subaddress_(settings.local.subaddress) {
    for (const auto& domain : settings.domains.local) local_domains_.insert(domain.text());
    const auto table = tables.find(settings.submission.senders_table);
    if (table != tables.end()) table_ = table->second;
}

bool SenderRights::is_own(std::string_view account, const Mailbox& sender) const {
    const Domain* const domain = sender.domain();
    if (domain == nullptr) return false;
    std::string_view name = account;
    const auto at = account.rfind('@');
    if (at != std::string_view::npos) {
        name = account.substr(0, at);
        const auto own_domain = Domain::parse(account.substr(at + 1));
        if (!own_domain || *own_domain != *domain) return false;
    } else if (!local_domains_.contains(domain->text())) {
        return false;
    }
    std::string_view local_part = sender.local_part();
    if (equal_ignoring_case(local_part, name)) return true;
    if (subaddress_.empty() || local_part.size() <= name.size()) return false;
    return equal_ignoring_case(local_part.substr(0, name.size()), name) &&
           subaddress_.contains(local_part[name.size()]);
}

Task<Result<bool, TableTrouble>> SenderRights::may_send_as(std::string account, Mailbox sender) const {
    if (policy_ == SenderPolicy::Any || is_own(account, sender)) co_return true;
    if (!table_) co_return false;
    const TableAnswer answer = co_await table_->find(std::move(account));
    if (!answer) co_return failure(answer.error());
    co_return *answer&& has_entry_for((**answer).value, sender);
}

}  // namespace cursus
