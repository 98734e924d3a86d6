#include "deliver/dialer.h"

#include <fmt/format.h>

#include "deliver/login_policy.h"
#include "deliver/tls_policy.h"
#include "runtime/connect.h"
#include "runtime/offload.h"
#include "runtime/secret_file.h"

namespace cursus {

namespace {

// Our own reply: the host may be all right, and is not what is wanted.
DialogueFailure unfit(Reply reply) {
    auto what = reply.one_line();
    return {SmtpStage::StartTls, std::move(reply), std::nullopt, std::move(what)};
}

// A host that is busy or slow, before TLS or inside it, has no trouble with TLS: it is not spoken to in the
// clear for that.
bool is_of_tls(const DialogueFailure& failure) {
    if (failure.stage != SmtpStage::StartTls || failure.stream == StreamError::Cancelled) return false;
    return !failure.reply || failure.reply->code() != 421;
}

DialogueFailure without_tls(const Candidate& where, DialogueFailure failure) {
    if (failure.stream == StreamError::Cancelled) return failure;
    return unfit(tls_failed(where, failure.what));
}

}  // namespace

Task<Result<std::unique_ptr<Stream>, NetworkError>> Dialer::connect(ServiceAddress address) {
    const Instant deadline = needs_.reactor.clock().now() + connect_timeout;
    SourceAddresses from{needs_.settings.delivery.source_v4, needs_.settings.delivery.source_v6};
    co_return co_await connect_to(needs_.reactor.network(), std::move(address), from, deadline);
}

// Up to the reply to EHLO, after a handshake where TLS begins at once.
Task<Dialer::Opened> Dialer::greet(const Candidate& where, SmtpClient*& in_dialogue) {
    auto stream = co_await connect(where.address);
    if (!stream) co_return failure(DialogueFailure{SmtpStage::Connect, {}, {}, stream.error().what});
    const auto& hostname = needs_.settings.hostname;
    const std::string own_name = hostname ? hostname->text() : "localhost";
    auto client = std::make_unique<SmtpClient>(std::move(*stream), needs_.reactor.clock(), where.dialect,
                                               own_name, SmtpTimeouts{});
    in_dialogue = client.get();
    Result<void, DialogueFailure> done;
    if (tls_start(where) == TlsStart::AtOnce) {
        const auto& context = needs_.tls.for_demand(where.terms.tls).context;
        std::string name = tls_name(where);
        done = co_await client->begin_with_tls(context, std::move(name));
        if (!done) done = failure(without_tls(where, std::move(done).error()));
    }
    if (done) done = co_await client->greet();
    // RFC 5321 §3.1: a server that refuses with 554 still waits for a QUIT.
    const bool is_waiting = !done && done.error().reply && done.error().stage != SmtpStage::StartTls;
    if (is_waiting) co_await client->quit();
    in_dialogue = nullptr;
    if (!done) co_return failure(std::move(done).error());
    co_return client;
}

// Greeted, and under TLS where it is demanded or can be had.
Task<Dialer::Opened> Dialer::open(const Candidate& where, SmtpClient*& in_dialogue) {
    const TlsStart start = tls_start(where);
    const TlsClient& tls = needs_.tls.for_demand(where.terms.tls);
    const bool can_go_without = may_go_without(where.terms.tls) && start != TlsStart::AtOnce;
    if (start != TlsStart::Never && !tls.context && !can_go_without)
        co_return failure(unfit(tls_not_set_up(where, tls.why_not)));
    CO_TRY(client, co_await greet(where, in_dialogue));
    if (start != TlsStart::WhenOffered) co_return client;
    const bool is_avoided =
        !tls.context || tls_failures_.has_failed(where.host, needs_.reactor.clock().now());
    if (can_go_without && (is_avoided || !client->extensions().starttls)) co_return client;
    if (!client->extensions().starttls) {
        co_await leave(*client, in_dialogue);
        co_return failure(unfit(tls_not_offered(where)));
    }
    auto secured = co_await secure(where, *client, in_dialogue);
    if (secured) co_return client;
    if (!is_of_tls(secured.error())) co_return failure(std::move(secured).error());
    note_tls_failure(where, secured.error());
    if (!can_go_without) co_return failure(without_tls(where, std::move(secured).error()));
    // The connection is of no more use: once more, in the clear.
    client.reset();
    co_return co_await greet(where, in_dialogue);
}

Task<Result<void, DialogueFailure>> Dialer::secure(const Candidate& where, SmtpClient& client,
                                                   SmtpClient*& in_dialogue) {
    std::string name = tls_name(where);
    in_dialogue = &client;
    auto done = co_await client.start_tls(needs_.tls.for_demand(where.terms.tls).context, std::move(name));
    in_dialogue = nullptr;
    // Who refuses EHLO inside TLS still waits for a QUIT.
    const bool is_waiting = !done && done.error().reply && !is_of_tls(done.error());
    if (is_waiting) co_await leave(client, in_dialogue);
    co_return done;
}

Task<Result<std::string, std::string>> Dialer::password_of(const HostTerms& terms) {
    auto read = [&files = needs_.files, path = terms.password_file] { return read_secret_file(files, path); };
    co_return co_await offload(needs_.offload, std::move(read));
}

Task<Result<void, DialogueFailure>> Dialer::log_in(const Candidate& where, SmtpClient& client,
                                                   std::string password) {
    CO_TRY(mechanism, login_mechanism(where, client));
    LoginAs who{where.terms.username, std::move(password)};
    auto done = co_await client.log_in(mechanism, std::move(who));
    if (!done) co_return failure(login_failed(where, std::move(done).error()));
    co_return Result<void, DialogueFailure>{};
}

Task<Result<Peer, DialogueFailure>> Dialer::dial(Candidate where, SmtpClient*& in_dialogue) {
    std::string password;
    if (!where.terms.username.empty()) {
        auto read = co_await password_of(where.terms);  // every time: it may have been corrected
        if (!read) {
            auto nothing = no_password(where, read.error());
            note_login_failure(where, nothing);
            co_return failure(std::move(nothing));
        }
        password = *std::move(read);
    }
    CO_TRY(client, co_await open(where, in_dialogue));
    if (where.terms.username.empty()) co_return Peer{std::move(client), std::move(where)};
    in_dialogue = client.get();
    auto logged_in = co_await log_in(where, *client, std::move(password));
    in_dialogue = nullptr;
    if (logged_in) co_return Peer{std::move(client), std::move(where)};
    note_login_failure(where, logged_in.error());
    co_await leave(*client, in_dialogue);
    co_return failure(std::move(logged_in).error());
}

Task<void> Dialer::leave(SmtpClient& client, SmtpClient*& in_dialogue) {
    in_dialogue = &client;
    co_await client.quit();
    in_dialogue = nullptr;
}

void Dialer::note_tls_failure(const Candidate& where, const DialogueFailure& failure) {
    tls_failures_.note(where.host, needs_.reactor.clock().now());
    emit(TlsFailed{fmt::format("{}: {}", where.host, failure.what)});
}

// Nothing gets better by itself here: an operator has to see to the account or its password.
void Dialer::note_login_failure(const Candidate& where, const DialogueFailure& failure) {
    if (failure.stream) return;
    emit(Trouble{fmt::format("login at {}", where.host), failure.what});
}

void Dialer::emit(EventBody body) {
    needs_.events.emit({needs_.reactor.clock().wall_now(), {}, {}, std::move(body)});
}

}  // namespace cursus
