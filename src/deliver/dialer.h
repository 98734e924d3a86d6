// Opens a connection to one address of a host, up to the point where mail can be offered.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "config/settings.h"
#include "mail/events.h"
#include "route/route.h"
#include "runtime/network.h"
#include "runtime/reactor.h"
#include "smtp/client.h"

namespace cursus {

// RFC 5321 §4.5.3.2 sets no time for connecting; a host that takes longer does not answer.
inline constexpr Duration connect_timeout = std::chrono::seconds{30};

struct Peer {
    std::unique_ptr<SmtpClient> client;
    Candidate where;
};

// Lives on one reactor and belongs to one site. What it refers to outlives it.
class Dialer {
public:
    Dialer(Reactor& reactor, EventSink& events, const Settings& settings, std::shared_ptr<TlsContext> tls)
        : reactor_(reactor), events_(events), settings_(settings), tls_(std::move(tls)) {}

    // `in_dialogue` points at the client while its dialogue runs, so that it can be cancelled, and is null
    // otherwise.
    Task<Result<Peer, DialogueFailure>> dial(Candidate where, SmtpClient*& in_dialogue);

private:
    Task<Result<std::unique_ptr<Stream>, NetworkError>> connect(ServiceAddress address);
    Task<Result<std::unique_ptr<SmtpClient>, DialogueFailure>> greet(const Candidate& where,
                                                                     SmtpClient*& in_dialogue);
    void note_tls_failure(const Candidate& where, const DialogueFailure& failure);

    Reactor& reactor_;
    EventSink& events_;
    const Settings& settings_;
    std::shared_ptr<TlsContext> tls_;  // null: never
    std::unordered_set<std::string>
        without_tls_;  // hosts whose handshake failed, for as long as the site lives
};

}  // namespace cursus
