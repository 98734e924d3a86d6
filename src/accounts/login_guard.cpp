#include "accounts/login_guard.h"

#include <algorithm>

#include "accounts/account_name.h"
#include "base/text.h"

namespace cursus {

void LoginGuard::adopt(const AuthSettings& settings) {
    const std::scoped_lock lock(mutex_);
    per_client_max_ = settings.failures_per_client;
    per_account_max_ = settings.failures_per_account;
    window_ = settings.failure_window;
    block_ = settings.block;
}

bool LoginGuard::is_blocked(Record* record, Instant now) {
    return record != nullptr && record->blocked_until && now < *record->blocked_until;
}

bool LoginGuard::is_client_blocked(const IpAddress& client, Instant now) {
    const std::scoped_lock lock(mutex_);
    return is_blocked(clients_.find(client_of(client)), now);
}

bool LoginGuard::is_account_blocked(const std::string& account, const IpAddress& client, Instant now) {
    const std::scoped_lock lock(mutex_);
    return is_blocked(accounts_.find(key_of(account)), now) &&
           acquaintances_.find(acquaintance(account, client)) == nullptr;
}

// True when a block begins.
bool LoginGuard::note(Record& record, std::uint32_t failures_max, Instant now) const {
    ++record.failures;
    if (is_blocked(&record, now)) return false;
    if (record.failures == 1 || now - record.since > window_) record = {1, now, std::nullopt};
    if (record.failures < failures_max) return false;
    record.blocked_until = now + block_;
    return true;
}

LoginGuard::Consequence LoginGuard::failed(const std::string& account, const IpAddress& client, Instant now,
                                           WallTime wall_now) {
    const std::scoped_lock lock(mutex_);
    Consequence consequence;
    const WallTime until = wall_now + std::chrono::duration_cast<WallTime::duration>(block_);
    Record& of_client = clients_.at(client_of(client));
    if (note(of_client, per_client_max_, now))
        consequence.blocks.push_back({client_of(client).text(), until, of_client.failures});
    consequence.delay = delay_step * std::min(of_client.failures, delay_steps_max);
    if (!is_account_name(account)) return consequence;
    Record& of_account = accounts_.at(key_of(account));
    if (note(of_account, per_account_max_, now))
        consequence.blocks.push_back({"account " + account, until, of_account.failures});
    return consequence;
}

void LoginGuard::succeeded(const std::string& account, const IpAddress& client) {
    const std::scoped_lock lock(mutex_);
    // Its failures stay: whoever has one account could else guess at the others for ever.
    acquaintances_.at(acquaintance(account, client)) = true;
}

// However it is written: each way of writing it would else have guesses of its own.
std::string LoginGuard::key_of(const std::string& account) {
    return to_lower(account_name(account).value_or(account));
}

std::string LoginGuard::acquaintance(const std::string& account, const IpAddress& client) {
    return client_of(client).text() + ' ' + key_of(account);
}

}  // namespace cursus
