// What the operator's rules and milters say at each command.
#include <utility>

#include "mail/replies.h"
#include "receive/session.h"

namespace cursus {
namespace {

// Of the transaction before.
void forget_message(SessionFacts& facts) {
    facts.sender.reset();
    facts.declared_size = 0;
    facts.recipients.clear();
    facts.message.clear();
}

}  // namespace

void Session::inform_doorkeeper() {
    SessionFacts& facts = doorkeeper_->facts();
    facts.session = id_;
    facts.listener = listener_.name;
    facts.service = listener_.service;
    facts.client = identity_.client();
    facts.server = identity_.server();
    facts.name = identity_.name();
    facts.country = country_of_client();
    facts.helo = helo_;
    facts.protocol = protocol();
    facts.tls = stream_->tls();
    facts.account = account_;
    facts.mechanism = mechanism_;
    facts.is_trusted = is_ours();
    facts.transaction = mails_;
    if (!transaction_) return facts.recipients.clear();
    facts.sender = transaction_->sender;
    facts.declared_size = transaction_->parameters.size.value_or(0);
    // Those that are new since the last command of this transaction.
    const auto& recipients = transaction_->recipients;
    for (std::size_t i = facts.recipients.size(); i < recipients.size(); ++i)
        facts.recipients.push_back(recipients[i].address.text());
}

std::string Session::country_of_client() const {
    if (rules_->countries == nullptr) return {};
    const auto country = rules_->countries->of(identity_.client().address);
    return country ? country->text() : std::string();
}

void Session::end_where_due(const Refusal& refusal) {
    if (refusal.afterwards == Afterwards::Close) close_after_reply("refused");
}

// Milters are told of commands that there are not, but never what may be a password behind AUTH.
Task<Reply> Session::reply_to_bad_line(const std::string& line, CommandFailure failure) {
    Reply reply = replies::reply_to(failure);
    if (!doorkeeper_ || failure.error != CommandError::Unknown || may_be_secret(line)) co_return reply;
    inform_doorkeeper();
    const StageAnswer answer = co_await doorkeeper_->at_unknown_command(line);
    if (!answer.refusal) co_return reply;
    end_where_due(*answer.refusal);
    co_return answer.refusal->reply;
}

// RFC 5321 §3.1: the client hears who refuses it before it has said anything.
Task<void> Session::meet() {
    if (!doorkeeper_) co_return;
    inform_doorkeeper();
    const StageAnswer answer = co_await doorkeeper_->at_connect();
    const bool has_talked = co_await hears_talk_for(answer.delay);
    if (has_talked) {
        const Reply reply = with_record(replies::data_before_reply, id_);
        emit(ConnectionRefused{"talks-before-greeting", reply});
        co_return close_after(reply, "talked before the greeting");
    }
    if (!answer.refusal || phase_ == Phase::Closing) co_return;
    emit(ConnectionRefused{answer.refusal->rule, answer.refusal->reply});
    close_after(answer.refusal->reply, "refused");
}

// RFC 5321 §4.3.1: a client waits for the greeting, behind XCLIENT too. Those that do not are not mail
// servers.
Task<bool> Session::hears_talk_for(Duration delay) {
    if (delay == Duration::zero() || attention_ == Attention::Dismissed) co_return false;
    if (!input_.empty()) co_return true;
    attention_ = Attention::Waiting;
    const auto read = co_await input_.more(needs_.clock().now() + delay);
    if (attention_ == Attention::Waiting) attention_ = Attention::Busy;
    if (!read && read.error() != StreamError::TimedOut) lose(read.error());
    co_return read.has_value();
}

Task<void> Session::wait_out(Duration delay) {
    if (delay == Duration::zero()) co_return;
    co_await flush();
    co_await hurry_.wait_until(needs_.clock(), needs_.clock().now() + delay);
}

Task<std::optional<Reply>> Session::refusal_of_hello(std::string name) {
    if (!doorkeeper_) co_return std::nullopt;
    inform_doorkeeper();
    SessionFacts& facts = doorkeeper_->facts();
    const SessionFacts before = facts;
    forget_message(facts);
    facts.helo = std::move(name);
    const StageAnswer answer = co_await doorkeeper_->at_helo();
    co_await wait_out(answer.delay);
    if (!answer.refusal) co_return std::nullopt;
    facts = before;  // a transaction that is open stays as it was
    end_where_due(*answer.refusal);
    co_return answer.refusal->reply;
}

Task<StageAnswer> Session::answer_of_rules(const MailCommand& command, std::string_view line) {
    if (!doorkeeper_) co_return StageAnswer{};
    inform_doorkeeper();
    SessionFacts& facts = doorkeeper_->facts();
    forget_message(facts);
    facts.sender = command.sender;
    facts.declared_size = command.parameters.size.value_or(0);
    StageAnswer answer = co_await doorkeeper_->at_mail(parameter_words(line));
    co_await wait_out(answer.delay);
    co_return answer;
}

Task<std::optional<Reply>> Session::refusal_by_rules(const Mailbox& recipient, std::string_view line) {
    if (!doorkeeper_) co_return std::nullopt;
    inform_doorkeeper();
    const StageAnswer answer = co_await doorkeeper_->at_rcpt(recipient, parameter_words(line));
    co_await wait_out(answer.delay);
    if (!answer.refusal) co_return std::nullopt;
    const Reply reply = refuse_recipient(recipient, answer.refusal->reply, answer.refusal->rule);
    if (answer.refusal->afterwards == Afterwards::Close) close_after(reply, "refused");
    co_return reply;
}

// Of a recipient that is refused in any case.
Task<void> Session::wait_by_rules(const Mailbox& recipient, std::string_view line, const Reply& refusal) {
    inform_doorkeeper();
    const StageAnswer answer =
        co_await doorkeeper_->refused_already(recipient, parameter_words(line), refusal);
    co_await wait_out(answer.delay);
}

Task<void> Session::tell_of_abandoned() {
    if (doorkeeper_ && !transaction_) co_await doorkeeper_->transaction_ended();
}

// The trace field shows it.
Task<void> Session::learn_client_name() {
    if (!doorkeeper_ || !identity_.name().empty()) co_return;
    std::string name = co_await doorkeeper_->name_of_client();
    doorkeeper_->facts().name = name;
    identity_.learn_name(std::move(name));
}

Task<StageAnswer> Session::answer_of_rules_to_data() {
    if (!doorkeeper_) co_return StageAnswer{};
    co_return co_await doorkeeper_->at_data_command();
}

// Whoever is ours may have a mistyped address; others may be trying which there are.
void Session::note_unknown_recipient() {
    if (rules_->behaviour == nullptr || is_ours()) return;
    rules_->behaviour->harvest().note(identity_.client().address, Misdeed::UnknownRecipient,
                                      needs_.clock().now());
}

}  // namespace cursus
