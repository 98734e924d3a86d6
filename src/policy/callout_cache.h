// What callouts have shown, kept for a time: of each address by itself, and, apart from that, of domains.
#pragma once

#include <optional>
#include <string>

#include "base/recent_map.h"
#include "config/settings.h"
#include "mail/destination.h"
#include "mail/mailbox.h"
#include "policy/callout_answer.h"
#include "policy/callout_dialogue.h"

namespace cursus {

// Hosts that could not be reached are left alone for so long, so that not each message of their domain waits
// for them in vain.
inline constexpr Duration callout_unreachable_kept = std::chrono::minutes{2};

// The hosts that are asked, and about which address: its domain in lower-case A-labels, its local part
// exactly as it is, whose case is its host's business.
struct CalloutKey {
    CalloutKey(const Destination& destination, const Mailbox& mailbox)
        : domain(host_text(mailbox.host())),
          of_domain(destination + '\0' + domain),
          of_address(of_domain + '\0' + mailbox.local_part()) {}

    std::string domain, of_domain, of_address;  // none of the parts holds a NUL
};

// For one thread at a time.
class CalloutCache {
public:
    explicit CalloutCache(const CalloutSettings& settings)
        : settings_(settings), addresses_(settings.entries), domains_(settings.entries) {}

    // How long what is heard from now on is kept. The number of entries stays.
    void adopt(const CalloutSettings& settings) { settings_ = settings; }

    std::optional<CalloutAnswer> find(const CalloutKey& key, Instant now);
    // Its hosts have lately refused an address that cannot be there: it need not be asked for again.
    bool tells_apart(const CalloutKey& key, Instant now);
    void keep(const CalloutKey& key, const CalloutFinding& finding, Instant now);

private:
    struct Kept {
        CalloutAnswer answer;
        std::optional<DomainTrait> trait;  // of a domain
        Instant heard{}, until{};
    };
    using Entries = RecentMap<std::string, Kept>;
    static const Kept* fresh(Entries& entries, const std::string& key, Instant now);
    Duration lifetime(const CalloutFinding& finding, Duration usual) const;
    void keep_trait(const CalloutKey& key, const CalloutFinding& finding, Instant now);

    CalloutSettings settings_;
    Entries addresses_, domains_;
};

}  // namespace cursus
