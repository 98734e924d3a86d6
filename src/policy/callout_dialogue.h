// One callout's talk with the hosts of a domain: MAIL FROM:<>, RCPT, RSET, QUIT, and never DATA.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/callout_answer.h"
#include "policy/callout_target.h"
#include "runtime/connect.h"
#include "runtime/reactor.h"
#include "smtp/client.h"

namespace cursus {

// How long one of several addresses may take to let us in, and how long a host may take to say goodbye.
inline constexpr Duration callout_connect_timeout = std::chrono::seconds{10};
inline constexpr Duration callout_quit_timeout = std::chrono::seconds{2};

// What a dialogue shows of all addresses of a domain.
enum class DomainTrait : std::uint8_t { AcceptsAnything, TellsApart, RefusesNullSender, Unreachable };

struct CalloutFinding {
    CalloutAnswer answer;
    std::optional<DomainTrait> trait = {};
    bool is_of_best = true;  // the hosts that mail would go to first have said so
};

struct CalloutPlan {
    std::vector<CalloutHost> hosts;
    Mailbox address;
    std::optional<Mailbox> nobody;  // an address that cannot be there, to be asked about as well
    std::string own_name;
    SourceAddresses from;
    Instant deadline{};  // of everything
};

class CalloutDialogue {
public:
    CalloutDialogue(Reactor& here, CalloutPlan plan) : here_(here), plan_(std::move(plan)) {}

    // The first host that answers EHLO is asked, and no other after it.
    Task<CalloutFinding> run();

private:
    Task<CalloutFinding> ask(SmtpClient& client);
    Task<void> ask_about_nobody(SmtpClient& client, CalloutFinding& finding);

    Reactor& here_;
    CalloutPlan plan_;
};

}  // namespace cursus
