// The server's side of an SMTP dialogue, RFC 5321, or of an LMTP one, RFC 2033.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account_limits.h"
#include "accounts/authenticator.h"
#include "accounts/login_guard.h"
#include "config/settings.h"
#include "mail/command.h"
#include "mail/events.h"
#include "mail/line_reader.h"
#include "mail/replies.h"
#include "policy/accepted_certificates.h"
#include "policy/local_recipients.h"
#include "policy/relay.h"
#include "receive/accepting.h"
#include "receive/address_rules.h"
#include "receive/buffer_pool.h"
#include "receive/client_identity.h"
#include "receive/current_tls.h"
#include "receive/doorkeeper.h"
#include "receive/ground_rules.h"
#include "receive/input.h"
#include "receive/offer.h"
#include "receive/output.h"
#include "receive/phase.h"
#include "receive/reception.h"
#include "receive/timing.h"
#include "receive/verdicts.h"
#include "runtime/event.h"
#include "runtime/reactor.h"
#include "runtime/stream.h"

namespace cursus {

// What the sessions of one reactor share. Everything outlives them.
struct SessionNeeds {
    Accepting& accepting;
    LoginGuard& guard;
    AccountLimits& accounts;
    EventSink& events;
    Reactor& reactor;
    BufferPool& buffers;
    Clock& clock() { return reactor.clock(); }
};

// A connection that has come in.
struct Arrival {
    SessionId id;
    std::shared_ptr<const GroundRules> rules;
    std::size_t listener = 0;  // its place in their settings
    CurrentTls* tls;           // null: the listener has tls = "none"
    ConnectionEnds ends;
    std::unique_ptr<Stream> stream;
};

// Commands that brought no message since the last one that was taken: NOOP, RSET, refused recipients and the
// like. Without this bound a client could talk for ever and say nothing.
inline constexpr std::uint32_t fruitless_commands_max = 200;
inline constexpr std::size_t sasl_steps_max = 16;  // of one exchange; those that are known here take three
inline constexpr Duration handshake_timeout = std::chrono::minutes{1};
inline constexpr Duration farewell_timeout = std::chrono::seconds{10};  // for the last reply and the end

class Session {
public:
    Session(SessionNeeds& needs, Arrival arrival);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Until the connection has ended. Once.
    Task<void> run();
    // We are shutting down: the session ends with 421 at its next command, at once when it waits for one; a
    // message that is on its way is finished first.
    void dismiss();
    void cancel() {
        hurry_.set();
        stream_->cancel();
    }  // at once, whatever it does

private:
    enum class Attention : std::uint8_t { Busy, Waiting, Dismissed };  // Waiting: for a command

    // What a transaction has gathered, RFC 5321 §3.3.
    struct Transaction {
        ReversePath sender;
        MailParameters parameters;
        Timing timing;
        std::vector<NewRecipient> recipients;
        std::uint32_t recipient_commands = 0;
        std::unique_ptr<Reception> chunks;  // from the first BDAT on
    };
    static std::vector<std::string> texts(const std::vector<NewRecipient>& recipients);

    Task<void> open();
    Task<void> converse();
    Task<std::optional<Result<std::string_view, LineViolation>>> next_line();
    Task<void> handle(std::string line);
    Result<Command, CommandFailure> parse(std::string_view line);
    const Reply* refusal_of_dialect(const Command& command) const;
    const Reply& refusal_of_order(Step step) const { return out_of_order(phase_, step, dialect()); }
    Task<void> hang_up();

    // Commands that are answered at once (session_commands.cpp).
    Reply answer(const HeloCommand& command) { return greet(command.name, Hello::Helo); }
    Reply answer(const EhloCommand& command) { return greet(command.name, Hello::Ehlo); }
    Reply answer(const LhloCommand& command) { return greet(command.name, Hello::Lhlo); }
    Reply answer(const RsetCommand& command);
    Reply answer(const NoopCommand&) { return answer_query(replies::noop_ok); }
    Reply answer(const VrfyCommand&) { return answer_query(replies::cannot_verify); }
    Reply answer(const ExpnCommand&) { return answer_query(replies::expansion_refused); }
    Reply answer(const HelpCommand&) { return answer_query(replies::help); }
    Reply answer(const QuitCommand& command);
    Reply greet(std::string_view name, Hello hello);
    Offering offering() const;
    Reply answer_query(const Reply& reply);

    // Commands that read or wait before their reply (session_auth.cpp, session_sender.cpp,
    // session_recipient.cpp, session_data.cpp, session_tls.cpp, session_xclient.cpp).
    Task<void> perform(const AuthCommand& command);
    const Reply* refusal_of(const AuthCommand& command) const;  // null: the exchange may begin
    LoginScene scene() const;
    Task<void> refresh_offer();
    std::vector<Mechanism> offered_mechanisms() const;
    Task<std::optional<SaslStep>> exchange(Mechanism mechanism, std::optional<std::string> initial);
    Task<std::optional<std::string>> hear_response(std::string challenge);
    void succeed(Mechanism mechanism, SaslSuccess success);
    Task<void> fail(Mechanism mechanism, SaslFailure failure);
    void refuse_auth(std::string_view mechanism, SaslFailure failure, const Reply& reply);
    // `line`: as it came, for milters.
    Task<void> perform(const MailCommand& command, std::string_view line);
    std::optional<Objection> refusal_at_once(const MailCommand& command);
    Task<std::optional<Objection>> refusal_of_account(const MailCommand& command);
    const Reply& reply_to_stranger() const;
    void refuse_sender(const MailCommand& command, const Objection& objection);
    bool may_use_account(AccountLimits::Use use);
    void note_country(Country country);
    SaslStep judged(SaslStep step);
    bool is_kept_out(const std::string& account);
    Task<void> tell(const std::string& why);
    Task<void> perform(const RcptCommand& command, std::string_view line);
    std::optional<Reply> refusal_at_once(const RcptCommand& command);
    Reply refuse_mailbox(const Mailbox& recipient, RecipientRefusal refusal);
    Reply refuse_recipient(const Mailbox& recipient, const Reply& reply, std::string_view rule);
    Task<void> perform(const DataCommand& command);
    Task<void> perform(const BdatCommand& command);
    Task<void> perform(const StartTlsCommand& command);
    Task<void> perform(const XclientCommand& command);
    bool may_restate_client() const;
    Task<void> restate_client(XclientStatement statement);
    const Reply* refusal_of_tls() const;  // null: the handshake may begin
    Task<std::unique_ptr<Reception>> begin_reception();
    Task<void> answer_before(BdatCommand chunk);
    Task<void> read_and_refuse(BdatCommand chunk);
    Task<void> finish(std::unique_ptr<Reception> reception, Step step);
    void send_outcome(const Reply& reply, const Transaction& transaction,
                      const std::vector<Reply>& replies = {});
    void note_refusal(const Transaction& transaction, const Refusal& refusal, std::uint64_t octets);
    static DataRefused data_refused(const Transaction& transaction, const Refusal& refusal,
                                    std::uint64_t octets);
    void refuse_data(const Transaction& transaction, const Refusal& refusal, std::uint64_t octets);
    Reception::Surroundings around() { return {input_, needs_.clock(), rules_->settings.limits}; }
    ReversePath as_it_goes_out(const ReversePath& sender);
    void tell_rewriting(const Reception& reception, MessageId message);
    RelayClient relay_client() const {
        return identity_.relay_client(!account_.empty(), shows_accepted_certificate_);
    }
    bool is_ours() const { return rules_->relay.trust(relay_client()).has_value(); }  // or a stranger
    ClientFacts client_facts() const;
    Protocol protocol() const;
    Envelope envelope(const Transaction& transaction, const Verdicts& verdicts) const;
    std::string trace_field(MessageId id) const;
    Task<void> shake_hands();
    void look_at_certificate(const TlsFacts& facts);
    void start_over(Step step);  // all that the client said is forgotten

    // What the rules and milters decide (session_policy.cpp). Nothing is refused where there are neither.
    void inform_doorkeeper();
    std::string country_of_client() const;
    Task<void> meet();  // before the greeting
    Task<bool> hears_talk_for(Duration delay);
    Task<void> wait_out(Duration delay);
    Task<std::optional<Reply>> refusal_of_hello(std::string name);
    Task<StageAnswer> answer_of_rules(const MailCommand& command, std::string_view line);
    Task<std::optional<Reply>> refusal_by_rules(const Mailbox& recipient, std::string_view line);
    Task<void> wait_by_rules(const Mailbox& recipient, std::string_view line, const Reply& refusal);
    Task<StageAnswer> answer_of_rules_to_data();
    Task<void> learn_client_name();
    Task<Reply> reply_to_bad_line(const std::string& line, CommandFailure failure);
    Task<void> tell_of_abandoned();  // that was a transaction: milters
    void end_where_due(const Refusal& refusal);
    void tell_of_lost(const Transaction& transaction, const Verdicts& verdicts, const Reception& reception);
    void note_unknown_recipient();

    // A message that has come in whole, and what becomes of it (session_judgement.cpp).
    struct Taken {
        Reply reply;
        std::vector<Reply> replies = {};  // in LMTP, of each that was taken by RCPT; none: `reply` for all
        bool is_refused_to_all = false;   // in LMTP
    };
    Task<Result<Taken, Refusal>> take(Reception& reception, const Transaction& transaction);
    void count(const Taken& taken);
    Task<Result<Verdicts, Refusal>> judge(Reception& reception, const Transaction& transaction);
    void tell_survey(const ContentFacts& content, MessageId message);
    Task<Result<void, Refusal>> edit(Reception& reception, std::vector<HeaderEdit> edits,
                                     MessageDraft::Counting counting);
    Task<std::optional<Refusal>> show_to_milters(Reception& reception, const Transaction& transaction,
                                                 Verdicts& verdicts);

    void move(Step step);                                            // the step is in order
    void abandon();                                                  // an open transaction, if there is one
    void send(const Reply& reply);                                   // gathered; flush() writes
    void refuse_command(std::string_view line, const Reply& reply);  // as a bad command
    bool may_be_secret(std::string_view line) const;
    bool has_patience() const;  // false after too many commands that led nowhere
    void close_after(const Reply& reply, std::string_view how);  // once only: the first way of ending stays
    void close_after_reply(std::string_view how);                // the same; the reply is on its way already
    void lose(StreamError error);                                // the client is gone, or silent too long
    Task<void> flush();
    Dialect dialect() const { return listener_.service == Service::Lmtp ? Dialect::Lmtp : Dialect::Smtp; }
    const std::string& own_name() const { return rules_->settings.hostname.value().text(); }
    void emit(EventBody body, MessageId message = MessageId());

    SessionNeeds& needs_;
    std::shared_ptr<const GroundRules> rules_;
    SessionId id_;
    const ListenerSettings& listener_;  // of the rules
    CurrentTls* tls_;
    ClientIdentity identity_;
    std::unique_ptr<Stream> stream_;
    Input input_;
    Output output_;
    LineReader lines_;
    std::unique_ptr<Doorkeeper> doorkeeper_;  // null: there are no rules and no milters
    Event hurry_;                             // set when nothing is waited for any more
    Instant started_;

    Phase phase_ = Phase::Connected;
    Attention attention_ = Attention::Busy;
    Hello hello_ = Hello::None;
    std::string helo_;
    std::string mechanism_;                    // of the login
    std::string account_;                      // who has logged in; empty: nobody
    bool shows_accepted_certificate_ = false;  // whoever TLS is spoken with
    std::optional<Transaction> transaction_;   // from MAIL to its message, its refusal or its abandonment
    std::uint32_t commands_ = 0, bad_commands_ = 0, fruitless_ = 0, mails_ = 0, accepted_ = 0;
    // What is no command that we understand: behind a refused AUTH it may be what was meant for the exchange.
    enum class Unread : std::uint8_t { Commands, MayBeSecrets };
    Unread unread_ = Unread::Commands;
    std::string how_;  // it ended; empty while it has not
};

}  // namespace cursus
