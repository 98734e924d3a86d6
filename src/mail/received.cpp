#include "mail/received.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/date.h"

namespace cursus {
namespace {

// A name as somebody gave it. Whoever reads trace fields must not be led astray by it, so that only what
// names are made of stays; an address literal stays if it is one.
std::string harmless_name(std::string_view name) {
    if (name.starts_with('[') && Mailbox::parse("a@" + std::string(name))) return std::string(name);
    std::string result(name);
    const auto is_odd = [](char c) {
        return !is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '_';
    };
    std::ranges::replace_if(result, is_odd, '?');
    return result;
}

std::string harmless_comment(std::string_view text) {
    std::string result(text);
    const auto is_odd = [](char c) { return !is_printable(c) || c == '(' || c == ')' || c == '\\'; };
    std::ranges::replace_if(result, is_odd, '?');
    return result;
}

// From-domain: what the client called itself, and what we know of it.
std::string from_clause(const ClientFacts& client) {
    if (!client.endpoint && client.helo.empty()) return {};
    if (!client.endpoint) return fmt::format("from {}\r\n\t", harmless_name(client.helo));
    const auto literal = client.endpoint->address.literal();
    const auto helo = client.helo.empty() ? literal : harmless_name(client.helo);
    const auto known =
        client.reverse_name.empty() ? literal : harmless_name(client.reverse_name) + ' ' + literal;
    return fmt::format("from {} ({})\r\n\t", helo, known);
}

std::string with_clause(const ReceivedFacts& facts) {
    const auto& client = facts.client;
    const auto word =
        with_word(facts.protocol, facts.smtputf8, !client.tls.empty(), !client.authenticated.empty());
    if (word.empty()) return {};
    if (client.tls.empty()) return fmt::format(" with {}", word);
    return fmt::format(" with {} ({})", word, harmless_comment(client.tls));
}

}  // namespace

std::string with_word(Protocol protocol, bool smtputf8, bool tls, bool authenticated) {
    if (protocol == Protocol::Local) return {};
    if (protocol == Protocol::Smtp) return "SMTP";
    const std::string_view base = protocol == Protocol::Lmtp ? "LMTP" : smtputf8 ? "SMTP" : "ESMTP";
    return fmt::format("{}{}{}{}", smtputf8 ? "UTF8" : "", base, tls ? "S" : "", authenticated ? "A" : "");
}

std::string received_field(const ReceivedFacts& facts) {
    std::string recipient;
    // A field of UTF-8 belongs into an internationalised message only.
    if (facts.recipient && (facts.smtputf8 || !facts.recipient->needs_smtputf8())) {
        recipient = fmt::format("\r\n\tfor {}", path_text(*facts.recipient));
    }
    const std::string priority = facts.priority == 0 ? "" : fmt::format(" PRIORITY {}", facts.priority);
    return fmt::format("Received: {}by {}{}\r\n\tid {}{}{};\r\n\t{}\r\n", from_clause(facts.client),
                       facts.host, with_clause(facts), facts.id.text(), recipient, priority,
                       date_text(facts.arrived));
}

std::string return_path_field(const ReversePath& sender) {
    return fmt::format("Return-Path: {}\r\n", path_text(sender));
}

}  // namespace cursus
