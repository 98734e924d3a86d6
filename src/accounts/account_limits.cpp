#include "accounts/account_limits.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/account_name.h"
#include "base/number.h"

namespace cursus {

namespace {

constexpr char between = '\t';  // no account's name and no reason has one

std::optional<HeldAccount> parse_line(std::string_view line) {
    const auto first = line.find(between);
    const auto second = first == std::string_view::npos ? first : line.find(between, first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto seconds = parse_number<std::int64_t>(line.substr(first + 1, second - first - 1));
    constexpr std::int64_t seconds_max = std::int64_t{1} << 40;  // beyond any clock, within WallTime
    if (!seconds || *seconds < 0 || *seconds > seconds_max || !is_account_name(line.substr(0, first)))
        return std::nullopt;
    return HeldAccount{std::string(line.substr(0, first)), std::string(line.substr(second + 1)),
                       WallTime(std::chrono::seconds{*seconds})};
}

}  // namespace

std::string held_accounts_text(const std::vector<HeldAccount>& held) {
    std::string text;
    for (const auto& [account, why, since] : held) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since.time_since_epoch()).count();
        text += fmt::format("{}{}{}{}{}\n", account, between, seconds, between, why);
    }
    return text;
}

std::vector<HeldAccount> parse_held_accounts(std::string_view text) {
    std::vector<HeldAccount> held;
    while (!text.empty() && held.size() < AccountLimits::held_accounts_max) {
        const auto end = std::min(text.find('\n'), text.size());
        if (auto account = parse_line(text.substr(0, end))) held.push_back(*std::move(account));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return held;
}

AccountLimits::AccountLimits(const AuthSettings& settings, std::function<void()> changed)
    : messages_max_(settings.messages_per_hour),
      recipients_max_(settings.recipients_per_hour),
      countries_max_(settings.countries_per_day),
      changed_(std::move(changed)) {}

void AccountLimits::adopt(const AuthSettings& settings) {
    const std::scoped_lock lock(mutex_);
    messages_max_ = settings.messages_per_hour;
    recipients_max_ = settings.recipients_per_hour;
    countries_max_ = settings.countries_per_day;
}

void AccountLimits::restore(std::vector<HeldAccount> held) {
    const std::scoped_lock lock(mutex_);
    for (auto& each : held) {
        std::string account = each.account;
        held_.insert_or_assign(std::move(account), std::move(each));
    }
}

bool AccountLimits::is_held(const std::string& account) const {
    const std::scoped_lock lock(mutex_);
    return held_.contains(account);
}

std::optional<std::string> AccountLimits::use(const std::string& account, Use use, Instant now,
                                              WallTime wall_now) {
    auto why = breach(account, use, now, wall_now);
    if (why) changed_();
    return why;
}

std::optional<std::string> AccountLimits::breach(const std::string& account, Use use, Instant now,
                                                 WallTime wall_now) {
    const std::scoped_lock lock(mutex_);
    const bool is_message = use == Use::Message;
    const std::uint32_t most = is_message ? messages_max_ : recipients_max_;
    if (most == 0) return std::nullopt;
    Record& record = records_.at(account);
    HourCount& count = is_message ? record.messages : record.recipients;
    const std::uint64_t sum = count.add(now);
    if (sum <= most) return std::nullopt;
    std::string why = fmt::format("more than {} {} in an hour", most, is_message ? "messages" : "recipients");
    if (!hold(account, why, wall_now)) return std::nullopt;
    return why;
}

std::optional<std::string> AccountLimits::came_from(const std::string& account, Country country, Instant now,
                                                    WallTime wall_now) {
    auto why = far_travels(account, country, now, wall_now);
    if (why) changed_();
    return why;
}

std::optional<std::string> AccountLimits::far_travels(const std::string& account, Country country,
                                                      Instant now, WallTime wall_now) {
    const std::scoped_lock lock(mutex_);
    auto& visits = records_.at(account).visits;
    std::erase_if(visits, [&](const Visit& visit) {
        return visit.country == country || now - visit.last >= std::chrono::hours{24};
    });
    visits.push_back({country, now});
    if (visits.size() <= countries_max_) return std::nullopt;
    std::string list;
    for (const auto& visit : visits) list += (list.empty() ? "" : ", ") + visit.country.text();
    std::string why = fmt::format("logged in from {} countries within a day: {}", visits.size(), list);
    visits.erase(visits.begin());
    if (!hold(account, why, wall_now)) return std::nullopt;
    return why;
}

bool AccountLimits::hold(const std::string& account, const std::string& why, WallTime wall_now) {
    if (held_.size() >= held_accounts_max) return false;
    return held_.emplace(account, HeldAccount{account, why, wall_now}).second;
}

bool AccountLimits::release(const std::string& account) {
    {
        const std::scoped_lock lock(mutex_);
        records_.erase(account);  // what it sent before is forgiven
        if (held_.erase(account) == 0) return false;
    }
    changed_();
    return true;
}

std::vector<HeldAccount> AccountLimits::held() const {
    const std::scoped_lock lock(mutex_);
    std::vector<HeldAccount> all;
    for (const auto& [account, held] : held_) all.push_back(held);
    return all;
}

}  // namespace cursus
