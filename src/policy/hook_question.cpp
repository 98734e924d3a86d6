#include <nlohmann/json.hpp>

#include "mail/header.h"
#include "policy/hook_document.h"

namespace cursus {
namespace {

using HookJson = nlohmann::json;

std::string_view stage_word(AskedAt stage) {
    switch (stage) {
        case AskedAt::Connect:
            return "connect";
        case AskedAt::Helo:
            return "helo";
        case AskedAt::Mail:
            return "mail";
        case AskedAt::Rcpt:
            return "rcpt";
        case AskedAt::EndOfMessage:
            return "end-of-message";
    }
    std::unreachable();
}

std::string_view protocol_word(Protocol protocol) {
    switch (protocol) {
        case Protocol::Smtp:
            return "SMTP";
        case Protocol::Esmtp:
            return "ESMTP";
        case Protocol::Lmtp:
            return "LMTP";
        case Protocol::Local:
            return "local";
    }
    std::unreachable();
}

HookJson null_unless(const std::string& text) {
    return text.empty() ? HookJson(nullptr) : HookJson(text);
}

HookJson client_json(const Facts& facts) {
    const bool is_known = !facts.client.address.is_unspecified();
    return {{"address", is_known ? HookJson(facts.client.address.text()) : HookJson(nullptr)},
            {"port", facts.client.port},
            {"name", null_unless(facts.client_name)},
            {"reverse_name", null_unless(facts.reverse_name)}};
}

HookJson server_json(const Facts& facts) {
    const bool is_known = !facts.server.address.is_unspecified();
    return {{"name", null_unless(facts.host)},
            {"address", is_known ? HookJson(facts.server.address.text()) : HookJson(nullptr)},
            {"port", facts.server.port}};
}

HookJson tls_json(const Facts& facts) {
    if (facts.tls_protocol.empty()) return nullptr;
    return {{"protocol", facts.tls_protocol},
            {"cipher", facts.tls_cipher},
            {"bits", facts.tls_bits},
            {"client_subject", null_unless(facts.certificate_subject)},
            {"client_issuer", null_unless(facts.certificate_issuer)},
            {"client_fingerprint", null_unless(facts.certificate_fingerprint)}};
}

void add_header(HookJson& question, std::string_view header) {
    const auto shown = header.substr(0, hook_header_octets_max);
    const bool is_whole = shown.size() == header.size();
    HeaderFields fields(shown, is_whole ? TextEnd::IsMessageEnd : TextEnd::MoreMayCome);
    HookJson list = HookJson::array();
    while (const auto field = fields.next())
        if (!field->name.empty()) list.push_back({{"name", field->name}, {"value", field->body}});
    question["headers"] = std::move(list);
    question["headers_cut"] = !is_whole;
}

}  // namespace

std::string hook_question(const Facts& facts) {
    HookJson question = {{"version", hook_version},
                         {"stage", stage_word(facts.stage)},
                         {"session", facts.session},
                         {"transaction", facts.transaction},
                         {"message", null_unless(facts.message)},
                         {"service", facts.service},
                         {"protocol", protocol_word(facts.protocol)},
                         {"server", server_json(facts)},
                         {"client", client_json(facts)},
                         {"helo", null_unless(facts.helo)},
                         {"tls", tls_json(facts)},
                         {"account", null_unless(facts.account)},
                         {"mechanism", null_unless(facts.mechanism)},
                         {"sender", facts.sender ? HookJson(*facts.sender) : HookJson(nullptr)},
                         {"recipient", null_unless(facts.recipient)},
                         {"recipients", facts.recipients},
                         {"size", facts.size}};
    if (facts.stage == AskedAt::EndOfMessage) add_header(question, facts.header);
    // Octets that are not UTF-8 become U+FFFD.
    return question.dump(-1, ' ', false, HookJson::error_handler_t::replace);
}

}  // namespace cursus
