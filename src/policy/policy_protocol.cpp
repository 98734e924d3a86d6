#include "policy/policy_protocol.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text.h"
#include "mail/xtext.h"

namespace cursus {
namespace {

constexpr std::string_view answer_name = "action=", answer_end = "\n\n";
constexpr std::size_t shown_answer_octets_max = 100;  // of one that makes no sense

std::string_view state_of(const Facts& facts) {
    switch (facts.stage) {
        case AskedAt::Connect:
            return "CONNECT";
        case AskedAt::Helo:
            return facts.protocol == Protocol::Smtp ? "HELO" : "EHLO";
        case AskedAt::Mail:
            return "MAIL";
        case AskedAt::Rcpt:
            return "RCPT";
        case AskedAt::EndOfMessage:
            return "END-OF-MESSAGE";
    }
    std::unreachable();
}

std::string_view protocol_of(const Facts& facts) {
    switch (facts.protocol) {
        case Protocol::Smtp:
            return "SMTP";
        case Protocol::Lmtp:
            return "LMTP";
        case Protocol::Esmtp:
        case Protocol::Local:
            return "ESMTP";
    }
    std::unreachable();
}

std::string_view known_or(std::string_view name, std::string_view otherwise) {
    return name.empty() ? otherwise : name;
}

// "c29d" as "C2:9D".
std::string with_colons(std::string_view hexadecimal) {
    std::string written;
    for (std::size_t i = 0; i < hexadecimal.size(); ++i) {
        if (i > 0 && i % 2 == 0) written += ':';
        written += to_upper(hexadecimal[i]);
    }
    return written;
}

class PolicyAttributes {
public:
    void add(std::string_view name, std::string_view value) {
        std::string safe(value.substr(0, policy_value_octets_max));
        std::ranges::replace_if(safe, [](char c) { return is_control(c); }, '?');
        fmt::format_to(std::back_inserter(text_), "{}={}\n", name, safe);
    }
    void add(std::string_view name, std::uint64_t value) { add(name, std::to_string(value)); }
    std::string end() && { return std::move(text_) + '\n'; }

private:
    std::string text_;
};

void add_envelope(PolicyAttributes& attributes, const Facts& facts) {
    const bool is_behind_recipients = facts.stage == AskedAt::EndOfMessage;
    const bool has_one = is_behind_recipients && facts.recipients.size() == 1;
    attributes.add("sender", facts.sender.value_or(""));
    attributes.add("recipient", has_one ? facts.recipients.front() : facts.recipient);
    attributes.add("recipient_count", is_behind_recipients ? facts.recipients.size() : 0);
    attributes.add("size", facts.size);
}

// An address that is not known is not sent at all: postgrey ends when "unknown" stands there.
void add_end(PolicyAttributes& attributes, std::string_view of, const Endpoint& end) {
    if (end.address.is_unspecified()) return;
    attributes.add(fmt::format("{}_address", of), end.address.text());
    attributes.add(fmt::format("{}_port", of), end.port);
}

void add_ends(PolicyAttributes& attributes, const Facts& facts) {
    attributes.add("client_name", known_or(facts.client_name, "unknown"));
    attributes.add("reverse_client_name", known_or(facts.reverse_name, "unknown"));
    add_end(attributes, "client", facts.client);
    add_end(attributes, "server", facts.server);
}

// The names in certificates are xtext, as Postfix has them.
void add_proofs(PolicyAttributes& attributes, const Facts& facts) {
    attributes.add("sasl_method", facts.mechanism);
    attributes.add("sasl_username", facts.account);
    attributes.add("sasl_sender", "");
    attributes.add("ccert_subject", encode_xtext(facts.certificate_subject));
    attributes.add("ccert_issuer", encode_xtext(facts.certificate_issuer));
    attributes.add("ccert_fingerprint", with_colons(facts.certificate_fingerprint));
    attributes.add("ccert_pubkey_fingerprint", with_colons(facts.public_key_fingerprint));
    attributes.add("encryption_protocol", facts.tls_protocol);
    attributes.add("encryption_cipher", facts.tls_cipher);
    attributes.add("encryption_keysize", facts.tls_bits);
}

}  // namespace

std::string policy_instance(const Facts& facts) {
    return fmt::format("{}.{}", facts.session, facts.transaction);
}

std::string policy_question(const Facts& facts) {
    PolicyAttributes attributes;
    attributes.add("request", "smtpd_access_policy");
    attributes.add("protocol_state", state_of(facts));
    attributes.add("protocol_name", protocol_of(facts));
    attributes.add("instance", policy_instance(facts));
    attributes.add("helo_name", facts.helo);
    attributes.add("queue_id", facts.message);
    add_envelope(attributes, facts);
    add_ends(attributes, facts);
    add_proofs(attributes, facts);
    attributes.add("etrn_domain", "");
    attributes.add("stress", "");
    attributes.add("policy_context", facts.service);
    return std::move(attributes).end();
}

Result<void, std::string> PolicyAnswerReader::take(std::string_view piece) {
    received_ += piece;
    const auto end = received_.find(answer_end);
    const bool is_whole = end != std::string_view::npos;
    if (is_whole ? end + answer_end.size() > policy_answer_octets_max
                 : received_.size() >= policy_answer_octets_max)
        return failure(std::string("its answer does not end"));
    const std::string_view answer = std::string_view(received_).substr(0, end);
    const auto line = answer.substr(0, answer.find('\n'));
    const bool is_line_over = is_whole || line.size() < answer.size();
    const bool is_action = line.starts_with(is_line_over ? answer_name : answer_name.substr(0, line.size()));
    // One line, but for the LF whose empty line has not come yet.
    const bool is_alone = answer.size() <= line.size() + (is_whole ? 0 : 1);
    const auto breaks = [](char c) { return is_control(c) && c != '\t'; };
    if (!is_action || !is_alone || std::ranges::any_of(line, breaks))
        return failure(fmt::format("this is no answer: \"{}\"",
                                   printable(received_.substr(0, shown_answer_octets_max))));
    if (!is_whole) return {};
    is_whole_ = true;
    has_more_ = end + answer_end.size() < received_.size();
    received_.resize(end);
    return {};
}

std::string_view PolicyAnswerReader::action() const {
    return std::string_view(received_).substr(answer_name.size());
}

}  // namespace cursus
