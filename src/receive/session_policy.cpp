// What the operator's rules and milters say at each command.
#include <utility>

#include "base/overloaded.h"
#include "mail/replies.h"
#include "receive/session.h"

namespace cursus {

namespace {

// Nothing: the command is no greeting.
std::optional<std::string> greeted_name(const Command& command) {
    return std::visit(Overloaded{
                          [](const HeloCommand& helo) { return std::optional(helo.name); },
                          [](const EhloCommand& ehlo) { return std::optional(ehlo.name); },
                          [](const LhloCommand& lhlo) { return std::optional(lhlo.name); },
                          [](const auto&) { return std::optional<std::string>(); },
                      },
                      command);
}

// As milters are shown them.
std::vector<std::string> parameter_texts(const MailParameters& parameters) {
    std::vector<std::string> texts;
    if (parameters.size) texts.push_back("SIZE=" + std::to_string(*parameters.size));
    if (parameters.body == Body::EightBitMime) texts.emplace_back("BODY=8BITMIME");
    if (parameters.body == Body::BinaryMime) texts.emplace_back("BODY=BINARYMIME");
    if (parameters.smtputf8) texts.emplace_back("SMTPUTF8");
    return texts;
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

// Milters are told of commands that there are not, but never what may be a password behind AUTH.
Task<Reply> Session::reply_to_bad_line(std::string_view line, CommandFailure failure) {
    Reply reply = replies::reply_to(failure);
    const bool is_secret = unread_ != Unread::Commands;
    if (!doorkeeper_ || failure.error != CommandError::Unknown || is_secret) co_return reply;
    inform_doorkeeper();
    StageAnswer answer = co_await doorkeeper_->at_unknown_command(std::string(line));
    if (answer.end == SessionEnd::AfterReply) close_after_reply("refused");
    co_return std::move(answer.refusal).value_or(std::move(reply));
}

// RFC 5321 §3.1: the client hears who refuses it before it has said anything.
Task<void> Session::meet() {
    if (!doorkeeper_) co_return;
    inform_doorkeeper();
    const StageAnswer answer = co_await doorkeeper_->at_connect();
    const bool has_talked = co_await hears_talk_for(answer.delay);
    if (has_talked) {
        emit(ConnectionRefused{"talks-before-greeting", replies::data_before_reply});
        co_return close_after(replies::data_before_reply, "talked before the greeting");
    }
    if (!answer.refusal) co_return;
    emit(ConnectionRefused{answer.rule, *answer.refusal});
    close_after(*answer.refusal, "refused");
}

// RFC 5321 §4.3.1: a client waits for the greeting. Those that do not are not mail servers.
Task<bool> Session::hears_talk_for(Duration delay) {
    if (delay == Duration::zero() || attention_ == Attention::Dismissed) co_return false;
    attention_ = Attention::Waiting;
    const auto readable = co_await stream_->wait_readable(needs_.clock().now() + delay);
    if (attention_ == Attention::Waiting) attention_ = Attention::Busy;
    co_return readable.has_value();
}

Task<void> Session::wait_out(Duration delay) {
    if (delay == Duration::zero()) co_return;
    co_await flush();
    co_await hurry_.wait_until(needs_.clock(), needs_.clock().now() + delay);
}

Task<std::optional<Reply>> Session::refusal_of_hello(const Command& command) {
    auto name = greeted_name(command);
    if (!doorkeeper_ || !name) co_return std::nullopt;
    inform_doorkeeper();
    doorkeeper_->facts().helo = *std::move(name);
    const StageAnswer answer = co_await doorkeeper_->at_helo();
    co_await wait_out(answer.delay);
    if (answer.refusal && answer.end == SessionEnd::AfterReply) close_after_reply("refused");
    co_return answer.refusal;
}

Task<StageAnswer> Session::answer_of_rules(const MailCommand& command) {
    if (!doorkeeper_) co_return StageAnswer{};
    inform_doorkeeper();
    SessionFacts& facts = doorkeeper_->facts();
    facts.sender = command.sender;
    facts.recipients.clear();
    facts.declared_size = command.parameters.size.value_or(0);
    StageAnswer answer = co_await doorkeeper_->at_mail(parameter_texts(command.parameters));
    co_await wait_out(answer.delay);
    co_return answer;
}

Task<std::optional<Reply>> Session::refusal_by_rules(const Mailbox& recipient) {
    if (!doorkeeper_) co_return std::nullopt;
    inform_doorkeeper();
    const StageAnswer answer = co_await doorkeeper_->at_rcpt(recipient);
    co_await wait_out(answer.delay);
    if (!answer.refusal) co_return std::nullopt;
    const Reply reply = refuse_recipient(recipient, *answer.refusal, answer.rule);
    if (answer.end == SessionEnd::AfterReply) close_after(reply, "refused");
    co_return reply;
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
