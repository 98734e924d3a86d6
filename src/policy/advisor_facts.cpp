#include "policy/advisor_facts.h"

#include <utility>

namespace cursus {
namespace {

AskedAt asked_at(RuleStage stage) {
    switch (stage) {
        case RuleStage::Connect:
            return AskedAt::Connect;
        case RuleStage::Helo:
            return AskedAt::Helo;
        case RuleStage::Mail:
            return AskedAt::Mail;
        case RuleStage::Rcpt:
            return AskedAt::Rcpt;
        case RuleStage::Data:
            return AskedAt::EndOfMessage;
    }
    std::unreachable();
}

}  // namespace

Facts advisor_facts(const Evidence& evidence, RuleStage stage, const std::optional<Mailbox>& recipient) {
    const SessionFacts& known = evidence.facts();
    const ContentFacts* const content = evidence.content();
    Facts facts;
    facts.stage = asked_at(stage);
    facts.session = known.session.text();
    facts.transaction = known.transaction;
    facts.message = known.message;
    facts.host = evidence.hostname();
    facts.service = name(known.service);
    facts.protocol = known.protocol;
    facts.client = known.client;
    facts.server = known.server;
    facts.helo = known.helo;
    if (known.tls) {
        facts.tls_protocol = known.tls->protocol;
        facts.tls_cipher = known.tls->cipher;
        facts.tls_bits = static_cast<std::uint32_t>(known.tls->cipher_bits);
        facts.certificate_subject = known.tls->peer_subject;
        facts.certificate_issuer = known.tls->peer_issuer;
        facts.certificate_fingerprint = known.tls->peer_fingerprint;
    }
    facts.mechanism = known.mechanism;
    facts.account = known.account;
    if (known.sender) facts.sender = bare_text(*known.sender);
    if (recipient) facts.recipient = recipient->text();
    facts.recipients = known.recipients;
    facts.size = content != nullptr ? content->size : known.declared_size;
    if (content != nullptr) facts.header = content->header;
    return facts;
}

}  // namespace cursus
