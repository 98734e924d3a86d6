// DATA and BDAT: from the end of the envelope to the reply that takes the message, or does not.
#include <utility>

#include <fmt/format.h>

#include "mail/received.h"
#include "receive/session.h"

namespace cursus {

namespace {

// RFC 2920 §3.1: a pipelining client has sent DATA before it could hear that its sender or all of its
// recipients were refused. That is no bad command.
bool may_follow_refusals(Phase phase) {
    return phase == Phase::Greeted || phase == Phase::MailGiven;
}

}  // namespace

Task<void> Session::perform(const DataCommand&) {
    if (!after(phase_, Step::Data)) {
        const Reply& reply = refusal_of_order(Step::Data);
        if (may_follow_refusals(phase_)) {
            emit(CommandRefused{"DATA", reply});
            send(reply);
            ++fruitless_;
        } else {
            refuse_command("DATA", reply);
        }
        co_return co_await flush();
    }
    auto reception = co_await begin_reception();
    if (const auto& refusal = reception->refused()) {
        // The transaction stays: the client may say DATA again, or RSET.
        refuse_data(*transaction_, *refusal, 0);
        if (refusal->afterwards == Afterwards::Close) close_after_reply(refusal->rule);
        co_return co_await flush();
    }
    send(replies::start_data);
    co_await flush();
    if (phase_ == Phase::Closing) co_return;
    const auto read = co_await reception->read_lines();
    if (!read) co_return lose(read.error());
    co_await finish(std::move(reception), Step::Data);
}

Task<void> Session::perform(const BdatCommand& command) {
    const Step step = command.is_last ? Step::LastChunk : Step::Chunk;
    // CHUNKING is offered in the reply to EHLO only.
    if (!is_extended(hello_) || !after(phase_, step)) co_return co_await read_and_refuse(command);
    if (!transaction_->chunks) {
        auto reception = co_await begin_reception();
        transaction_->chunks = std::move(reception);
    }
    Reception& reception = *transaction_->chunks;
    co_await answer_before(command);
    if (phase_ == Phase::Closing) co_return;
    const auto read = co_await reception.read_chunk(command.size, command.is_last);
    if (!read) co_return lose(read.error());
    if (command.is_last) co_return co_await finish(std::move(transaction_->chunks), step);
    if (!reception.refused()) {
        move(step);
        co_return send(replies::chunk_ok);
    }
    const Refusal refusal = *reception.refused();
    refuse_data(*transaction_, refusal, reception.octets());
    transaction_.reset();
    move(Step::FailedChunk);
    if (refusal.afterwards == Afterwards::Close) close_after_reply(refusal.rule);
}

// A chunk that has not come yet may be long in coming: what was said before it is answered meanwhile.
Task<void> Session::answer_before(BdatCommand chunk) {
    if (input_.bytes().size() < chunk.size) co_await flush();
}

// RFC 3030 §2: the octets of a chunk that is out of order are read all the same, before the reply.
Task<void> Session::read_and_refuse(BdatCommand chunk) {
    const Reply& reply = refusal_of_order(chunk.is_last ? Step::LastChunk : Step::Chunk);
    Reception nowhere(around(), Refusal{reply, "sequence"});
    co_await answer_before(chunk);
    if (phase_ == Phase::Closing) co_return;
    const auto read = co_await nowhere.read_chunk(chunk.size, chunk.is_last);
    if (!read) co_return lose(read.error());
    emit(CommandRefused{chunk.is_last ? "BDAT ... LAST" : "BDAT", reply});
    // RFC 2033 §4.3: for each recipient one, and so none where there are none.
    const bool is_for_nobody = dialect() == Dialect::Lmtp && chunk.is_last && phase_ == Phase::MailGiven;
    if (!is_for_nobody) send(reply);
    // Not a bad command: a pipelining client may have sent many chunks before it heard that one was refused.
    ++fruitless_;
    if (after(phase_, Step::FailedChunk)) move(Step::FailedChunk);
    const Afterwards afterwards = nowhere.refused()->afterwards;
    if (afterwards == Afterwards::Close) close_after_reply("chunk too big");
}

Task<std::unique_ptr<Reception>> Session::begin_reception() {
    input_.release();
    auto begun = co_await needs_.accepting.begin();
    if (!begun) co_return std::make_unique<Reception>(around(), refusal(begun.error()));
    if (doorkeeper_) doorkeeper_->facts().message = (*begun)->id().text();
    StageAnswer of_rules = co_await answer_of_rules_to_data();
    if (of_rules.refusal) co_return std::make_unique<Reception>(around(), *std::move(of_rules.refusal));
    co_await learn_client_name();
    std::string trace = trace_field((*begun)->id());
    auto reception = std::make_unique<Reception>(around(), *std::move(begun), std::move(trace),
                                                 transaction_->parameters.size);
    const MalformedLevel level = level_of(rules_->settings.malformed, listener_.service);
    if (const auto needs = ContentReading::needs(rules_->book, level)) {
        const MessageTerms terms{transaction_->parameters.smtputf8,
                                 transaction_->parameters.body.value_or(Body::SevenBit)};
        reception->read_content(*needs, rules_->book.asks(Topic::UriDnsList), terms);
    }
    if (is_ours()) {
        // RFC 6409 §8.
        const bool is_submission = listener_.service == Service::Submission;
        const bool completes = is_submission || rules_->settings.rewrite.fixups;
        reception->fix_up({rules_->addresses, completes ? own_name() : std::string(), is_submission});
    }
    co_return reception;
}

// The message has been read to its end: the one place where a message is taken.
Task<void> Session::finish(std::unique_ptr<Reception> reception, Step step) {
    const Transaction transaction = *std::exchange(transaction_, std::nullopt);
    std::optional<Refusal> refusal = reception->refused();
    if (!refusal) {
        // RFC 2920 §3.2: what was answered before must not wait for the sync.
        if (input_.empty()) co_await flush();
        input_.release();
        auto taken = co_await take(*reception, transaction);
        if (taken) {
            count(*taken);
            if (phase_ != Phase::Closing) move(step);
            co_return send_outcome(taken->reply, transaction, taken->replies);
        }
        refusal = std::move(taken).error();
    }
    note_refusal(transaction, *refusal, reception->octets());
    send_outcome(refusal->reply, transaction);
    co_await tell_of_abandoned();
    if (phase_ != Phase::Closing) move(step);
    if (refusal->afterwards == Afterwards::Close) close_after_reply(refusal->rule);
}

void Session::count(const Taken& taken) {
    if (taken.is_refused_to_all) {
        ++fruitless_;
        return;
    }
    ++accepted_;
    fruitless_ = 0;
}

void Session::tell_rewriting(const Reception& reception, MessageId message) {
    if (reception.is_header_unread()) {
        emit(
            Trouble{"rewriting of addresses",
                    fmt::format("the header is longer than {} octets and stays as it is", header_octets_max)},
            message);
    }
    for (const auto& field : reception.added()) emit(Rewritten{field.name, {}, field.body}, message);
    if (!reception.rewritten()) return;
    for (const auto& change : reception.rewritten()->changes) {
        const bool is_last = &change == &reception.rewritten()->changes.back();
        emit(Rewritten{change.field, change.before, change.after,
                       is_last ? reception.rewritten()->changes_untold : 0},
             message);
    }
}

// In LMTP one reply for each recipient that was accepted, RFC 2033 §4.2 and §4.3: their own, or the same for
// all.
void Session::send_outcome(const Reply& reply, const Transaction& transaction,
                           const std::vector<Reply>& replies) {
    const std::size_t count = dialect() == Dialect::Lmtp ? transaction.recipients.size() : 1;
    for (std::size_t i = 0; i < count; ++i) send(i < replies.size() ? replies[i] : reply);
}

void Session::refuse_data(const Transaction& transaction, const Refusal& refusal, std::uint64_t octets) {
    note_refusal(transaction, refusal, octets);
    send(refusal.reply);
}

void Session::note_refusal(const Transaction& transaction, const Refusal& refusal, std::uint64_t octets) {
    emit(data_refused(transaction, refusal, octets));
    ++fruitless_;
}

DataRefused Session::data_refused(const Transaction& transaction, const Refusal& refusal,
                                  std::uint64_t octets) {
    return {path_text(transaction.sender),
            texts(transaction.recipients),
            refusal.rule,
            refusal.reply,
            octets,
            transaction.parameters.size.value_or(0)};
}

std::vector<std::string> Session::texts(const std::vector<NewRecipient>& recipients) {
    std::vector<std::string> addresses;
    for (const auto& recipient : recipients) addresses.push_back(recipient.address.text());
    return addresses;
}

ClientFacts Session::client_facts() const {
    ClientFacts facts;
    // Whoever comes by a local socket has no address, nor whom a trusted host says it does not know of.
    if (!identity_.client().address.is_unspecified()) facts.endpoint = identity_.client();
    facts.helo = helo_;
    facts.reverse_name = identity_.name();
    if (const auto& tls = stream_->tls()) facts.tls = tls->protocol + ' ' + tls->cipher;
    facts.authenticated = account_;
    return facts;
}

// RFC 5321 §4.4. Made before the message comes, so that it can be its first octets.
std::string Session::trace_field(MessageId id) const {
    const ClientFacts client = client_facts();
    const auto& recipients = transaction_->recipients;
    return received_field({.client = client,
                           .host = own_name(),
                           .protocol = protocol(),
                           .smtputf8 = transaction_->parameters.smtputf8,
                           .id = id,
                           .recipient = recipients.size() == 1 ? &recipients.front().address : nullptr,
                           .priority = transaction_->timing.priority,
                           .arrived = needs_.clock().wall_now()});
}

Protocol Session::protocol() const {
    if (dialect() == Dialect::Lmtp) return Protocol::Lmtp;
    return hello_ == Hello::Ehlo ? Protocol::Esmtp : Protocol::Smtp;
}

Envelope Session::envelope(const Transaction& transaction, const Verdicts& verdicts) const {
    Envelope envelope;
    envelope.session = id_;
    envelope.service = name(listener_.service);
    envelope.account = account_;
    envelope.client = client_facts();
    envelope.protocol = protocol();
    envelope.sender = verdicts.sender.value_or(transaction.sender);
    if (verdicts.sender_parameters) {
        envelope.ret = verdicts.sender_parameters->ret.value_or(Ret::Unset);
        envelope.envid = verdicts.sender_parameters->envid.value_or("");
    }
    envelope.tags = verdicts.tags;
    envelope.body = transaction.parameters.body.value_or(Body::SevenBit);
    envelope.smtputf8 = transaction.parameters.smtputf8;
    const Timing& timing = transaction.timing;
    // A time to deliver by is counted from MAIL (RFC 2852 §4), and so is the arrival of what has one: that it
    // passed only while the data came shows in the two together.
    envelope.arrived = timing.deliver_by ? timing.began : needs_.clock().wall_now();
    envelope.not_before = timing.not_before;
    envelope.release_request = timing.release_request;
    envelope.deliver_by = timing.deliver_by;
    envelope.priority = timing.priority;
    return envelope;
}

}  // namespace cursus
