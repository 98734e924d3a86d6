#include "accounts/recent_tokens.h"

#include <array>
#include <new>
#include <utility>

#include <openssl/evp.h>

namespace cursus {
namespace {

std::string hash_of(std::string_view token) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(token.data(), token.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();  // the only way for it to fail
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

std::optional<std::string> RecentTokens::account_of(std::string_view token, WallTime now) {
    const auto hash = hash_of(token);
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(hash);
    if (found == known_.end() || found->second.until <= now) return std::nullopt;
    return found->second.account;
}

void RecentTokens::keep(std::string_view token, std::string account, WallTime until) {
    auto hash = hash_of(token);
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = known_.insert_or_assign(hash, Known{std::move(account), until});
    if (is_new) oldest_first_.push_back(std::move(hash));
    if (oldest_first_.size() <= recent_tokens_max) return;
    known_.erase(oldest_first_.front());
    oldest_first_.pop_front();
}

}  // namespace cursus
