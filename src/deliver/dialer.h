// Opens a connection to one address of a host, up to the point where mail can be offered: greeted, under as
// much TLS as is demanded, and logged in where its route has an account.
#pragma once

#include <memory>
#include <string>

#include "config/settings.h"
#include "deliver/tls_clients.h"
#include "deliver/tls_failures.h"
#include "mail/events.h"
#include "route/route.h"
#include "runtime/files.h"
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

struct DialerNeeds {
    Reactor& reactor;
    EventSink& events;
    const Settings& settings;
    const TlsClients& tls;
    Files& files;  // passwords are in
    Offload& offload;
};

// Lives on one reactor and belongs to one site. What it needs outlives it.
class Dialer {
public:
    explicit Dialer(DialerNeeds needs) : needs_(needs) {}

    // `in_dialogue` points at the client while its dialogue runs, so that it can be cancelled, and is null
    // otherwise.
    Task<Result<Peer, DialogueFailure>> dial(Candidate where, SmtpClient*& in_dialogue);

private:
    using Opened = Result<std::unique_ptr<SmtpClient>, DialogueFailure>;

    Task<Result<std::unique_ptr<Stream>, NetworkError>> connect(ServiceAddress address);
    Task<Opened> greet(const Candidate& where, SmtpClient*& in_dialogue);
    Task<Opened> open(const Candidate& where, SmtpClient*& in_dialogue);
    // STARTTLS, the handshake and a second EHLO.
    Task<Result<void, DialogueFailure>> secure(const Candidate& where, SmtpClient& client,
                                               SmtpClient*& in_dialogue);
    Task<Result<void, DialogueFailure>> log_in(const Candidate& where, SmtpClient& client,
                                               std::string password);
    Task<Result<std::string, std::string>> password_of(const HostTerms& terms);
    Task<void> leave(SmtpClient& client, SmtpClient*& in_dialogue);
    void note_tls_failure(const Candidate& where, const DialogueFailure& failure);
    void note_login_failure(const Candidate& where, const DialogueFailure& failure);
    void emit(EventBody body);

    DialerNeeds needs_;
    TlsFailures tls_failures_;
};

}  // namespace cursus
