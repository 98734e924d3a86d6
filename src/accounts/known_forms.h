// What is known of a store's accounts before any of them is asked for: what can be offered, and what an
// account that is not there would cost to check.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "accounts/user_line.h"

namespace cursus {

struct AccountForms {
    bool all_have_sha1 = false, all_have_sha256 = false;
    std::shared_ptr<const AccountSecrets> usual = {};  // of most of them; null: not known

    bool all_have(ScramHash hash) const { return hash == ScramHash::Sha1 ? all_have_sha1 : all_have_sha256; }
};

// From any thread.
class KnownForms {
public:
    explicit KnownForms(AccountForms forms) : forms_(std::move(forms)) {}
    AccountForms get() const {
        const std::lock_guard lock(mutex_);
        return forms_;
    }
    void set(AccountForms forms) {
        const std::lock_guard lock(mutex_);
        forms_ = std::move(forms);
    }
    void set_usual(std::shared_ptr<const AccountSecrets> usual) {
        const std::lock_guard lock(mutex_);
        forms_.usual = std::move(usual);
    }

private:
    mutable std::mutex mutex_;
    AccountForms forms_;
};

}  // namespace cursus
