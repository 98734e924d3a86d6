// [rewrite]: how the addresses of our own clients' mail are written. A stranger's mail never comes here: RFC
// 5321 §6.4 forbids to touch it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "config/settings.h"
#include "mail/address_list.h"
#include "mail/header_rewrite.h"
#include "mail/mailbox.h"

namespace cursus {

// Immutable, so any thread may ask. Only the domain of an address is ever another: its local part stays as it
// was written, quotes and all.
class AddressRules {
public:
    explicit AddressRules(const Settings& settings);  // which name the host

    const Domain& qualifying() const { return qualifying_; }  // what stands behind a name without a domain
    ReversePath sender(const ReversePath& sender) const;      // of the envelope, as it goes out
    // For rewrite_header().
    std::optional<std::string> in_header(const ListedAddress& address, AddressSide side) const;

private:
    // What hides the domain there; null: it is not hidden.
    const Domain* mask_of(std::string_view local_part, const Domain& domain, MasqueradePlace place) const;

    Domain qualifying_;
    std::unordered_map<std::string, MasqueradeDomain> masquerades_;
    std::set<std::string, std::less<>> except_;  // local parts, lower case
    std::set<MasqueradePlace> places_;
};

}  // namespace cursus
