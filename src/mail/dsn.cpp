#include "mail/dsn.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"
#include "mail/date.h"
#include "mail/header.h"
#include "mail/xtext.h"

namespace cursus {
namespace {

constexpr std::size_t text_column_max = 76;

// How far beyond ASCII the notification goes.
struct Form {
    bool is_global = false;  // RFC 6533's media types, in UTF-8
    bool has_eight_bit_content = false;
};

std::string bounded(std::string_view text) {
    if (text.size() <= diagnostic_octets_max) return std::string(text);
    auto cut = text.substr(0, diagnostic_octets_max);
    while (!is_utf8(cut) && cut.size() > diagnostic_octets_max - 4) cut.remove_suffix(1);
    return std::string(cut) + "...";
}

std::string ascii_only(std::string text) {
    std::ranges::replace_if(text, [](char c) { return !is_ascii(c); }, '?');
    return text;
}

// Words in lines of text_column_max, each behind `indent`; a word that is too long has a line of its own.
// What a peer said comes through here, so that no octet of it can begin a line of ours.
std::string wrapped(std::string_view text, std::string_view first, std::string_view indent) {
    std::string result(first);
    std::size_t column = first.size();
    bool at_start = true;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (word.empty()) continue;
        if (!at_start && column + 1 + word.size() > text_column_max) {
            result += "\r\n";
            result += indent;
            column = indent.size();
            at_start = true;
        }
        if (!at_start) result += ' ', ++column;
        result += word;
        column += word.size();
        at_start = false;
    }
    return result + "\r\n";
}

std::string said_by(const DsnRecipient& recipient) {
    if (!recipient.reply) return {};
    const auto words = bounded(recipient.reply->one_line());
    if (recipient.host.empty()) return wrapped("This server's own record: " + words, "    ", "    ");
    return wrapped(fmt::format("The server {} said: {}", recipient.host, words), "    ", "    ");
}

std::string human_introduction(const DsnFacts& facts) {
    if (facts.action == DsnAction::Failed) {
        return wrapped(
            "Your message could not be delivered to the addresses below. It will not be tried again: if it "
            "still "
            "matters, please send it again once the cause is gone, or reach them in another way.",
            "", "");
    }
    if (facts.action == DsnAction::Relayed) {
        return wrapped(
            "Your message was passed on to the mail servers below. You asked for delivery by a certain time: "
            "whether they keep to it, or will tell you, is not known here.",
            "", "");
    }
    return wrapped(
        "Your message has not been delivered to the addresses below yet. You need not do anything: it is "
        "still "
        "being tried, and you will be told if it fails for good.",
        "", "");
}

std::string human_part(const DsnFacts& facts) {
    std::string text =
        fmt::format("This is the mail server {}.\r\n\r\n{}\r\n", facts.host, human_introduction(facts));
    for (const auto& recipient : facts.recipients) {
        text += fmt::format("<{}>\r\n", recipient.address);
        if (facts.action != DsnAction::Relayed) text += wrapped(plain_words(recipient.reply), "    ", "    ");
        text += said_by(recipient);
        if (recipient.will_retry_until) {
            text += fmt::format("    It is tried until {}.\r\n", date_text(*recipient.will_retry_until));
        }
        text += "\r\n";
    }
    text += fmt::format("Your message reached this server on {}.\r\n", date_text(facts.arrived));
    return text + "What follows is for mail programs, and your message or its beginning.\r\n";
}

// "rfc822;..." or "utf-8;...", RFC 6533 §3: in a 7-bit part escaped.
std::string typed_address(std::string_view address, const Form& form) {
    if (is_ascii(address)) return fmt::format("rfc822;{}", address);
    return fmt::format("utf-8;{}", form.is_global ? std::string(address) : encode_unitext(address));
}

std::string original_address(std::string_view original, const Form& form) {
    const auto semicolon = std::min(original.find(';'), original.size());
    if (is_ascii(original) || form.is_global) return std::string(original);
    return fmt::format("{};{}", original.substr(0, semicolon),
                       encode_unitext(original.substr(std::min(semicolon + 1, original.size()))));
}

Status last_status(const DsnFacts& facts, const DsnRecipient& recipient) {
    if (recipient.reply && recipient.reply->status()) return *recipient.reply->status();
    if (recipient.reply && recipient.reply->is_permanent()) return {5, 0, 0};
    switch (facts.action) {
        case DsnAction::Failed:
            return {4, 4, 7};
        case DsnAction::Delayed:
            return {4, 0, 0};
        case DsnAction::Relayed:
            return {2, 0, 0};
    }
    std::unreachable();
}

// RFC 3464 §2.3.4: a status of class 5 would say that it has failed. A host may have said so of what is tried
// all the same, as of a mailbox that is full (RFC 3463 §3.3); its own words stand in Diagnostic-Code.
Status status_of(const DsnFacts& facts, const DsnRecipient& recipient) {
    Status status = last_status(facts, recipient);
    if (facts.action == DsnAction::Delayed) status.status_class = 4;
    return status;
}

// RFC 3464 §2.3.
std::string recipient_fields(const DsnFacts& facts, const DsnRecipient& recipient, const Form& form) {
    std::string fields = "\r\n";
    if (!recipient.original.empty()) {
        fields += fmt::format("Original-Recipient: {}\r\n", original_address(recipient.original, form));
    }
    fields += fmt::format("Final-Recipient: {}\r\n", typed_address(recipient.address, form));
    fields += fmt::format("Action: {}\r\n", describe(facts.action));
    fields += fmt::format("Status: {}\r\n", status_of(facts, recipient).text());
    if (!recipient.host.empty()) fields += fmt::format("Remote-MTA: dns; {}\r\n", recipient.host);
    if (recipient.reply) {
        const auto words = bounded(recipient.reply->one_line());
        fields += wrapped(form.is_global ? words : ascii_only(words), "Diagnostic-Code: smtp; ", "    ");
    }
    if (recipient.last_attempt != WallTime{}) {
        fields += fmt::format("Last-Attempt-Date: {}\r\n", date_text(recipient.last_attempt));
    }
    if (recipient.will_retry_until && facts.action == DsnAction::Delayed) {
        fields += fmt::format("Will-Retry-Until: {}\r\n", date_text(*recipient.will_retry_until));
    }
    return fields;
}

// RFC 3464 §2.2, then a group for each recipient.
std::string status_part(const DsnFacts& facts, const Form& form) {
    std::string fields;
    if (!facts.envid.empty()) fields += fmt::format("Original-Envelope-Id: {}\r\n", facts.envid);
    fields +=
        fmt::format("Reporting-MTA: dns; {}\r\nArrival-Date: {}\r\n", facts.host, date_text(facts.arrived));
    if (facts.deliver_by) fields += fmt::format("Deliver-By-Date: {}\r\n", date_text(*facts.deliver_by));
    if (!facts.release_request.empty())
        fields += fmt::format("Future-Release-Request: {}\r\n", facts.release_request);
    for (const auto& recipient : facts.recipients) fields += recipient_fields(facts, recipient, form);
    return fields;
}

// The header of `content`, whole fields only, and without the empty line.
std::string_view header_of(std::string_view content) {
    HeaderFields fields(content);
    std::size_t length = 0;
    while (const auto field = fields.next()) length += field->text.size();
    return content.substr(0, length);
}

bool returns_all(const DsnFacts& facts) {
    return facts.action == DsnAction::Failed && facts.ret != Ret::Headers && facts.content_is_whole;
}

std::string_view returned(const DsnFacts& facts) {
    return returns_all(facts) ? facts.content : header_of(facts.content);
}

std::string_view returned_type(const DsnFacts& facts, const Form& form) {
    if (returns_all(facts)) return form.is_global ? "message/global" : "message/rfc822";
    return form.is_global ? "message/global-headers" : "text/rfc822-headers";
}

Form form_of(const DsnFacts& facts) {
    Form form;
    form.has_eight_bit_content = !is_ascii(returned(facts));
    form.is_global = facts.smtputf8 || facts.sender.needs_smtputf8();
    for (const auto& recipient : facts.recipients) {
        if (!is_ascii(recipient.address) || !is_ascii(recipient.original)) form.is_global = true;
    }
    return form;
}

std::string part_head(std::string_view boundary, std::string_view type, bool is_eight_bit) {
    return fmt::format("--{}\r\nContent-Type: {}\r\nContent-Transfer-Encoding: {}\r\n\r\n", boundary, type,
                       is_eight_bit ? "8bit" : "7bit");
}

std::string_view subject_of(DsnAction action) {
    switch (action) {
        case DsnAction::Failed:
            return "Your message could not be delivered";
        case DsnAction::Delayed:
            return "Your message is delayed, but still being tried";
        case DsnAction::Relayed:
            return "Your message was passed on";
    }
    std::unreachable();
}

std::string top_header(const DsnFacts& facts, bool is_eight_bit) {
    return fmt::format(
        "From: Mail Delivery System <MAILER-DAEMON@{0}>\r\nTo: {1}\r\nSubject: {2}\r\nDate: {3}\r\n"
        "Message-ID: <{4}@{0}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{5}\"\r\n"
        "Content-Transfer-Encoding: {6}\r\n\r\n",
        facts.host, path_text(facts.sender), subject_of(facts.action), date_text(facts.now), facts.unique,
        facts.boundary, is_eight_bit ? "8bit" : "7bit");
}

}  // namespace

std::string_view describe(DsnAction action) {
    switch (action) {
        case DsnAction::Failed:
            return "failed";
        case DsnAction::Delayed:
            return "delayed";
        case DsnAction::Relayed:
            return "relayed";
    }
    std::unreachable();
}

Dsn make_dsn(const DsnFacts& facts) {
    const auto form = form_of(facts);
    auto words = human_part(facts);
    if (!form.is_global) words = ascii_only(std::move(words));
    const auto status = status_part(facts, form);
    const auto content = returned(facts);
    const bool is_eight_bit = form.has_eight_bit_content || !is_ascii(words) || !is_ascii(status);

    Dsn dsn;
    dsn.body = is_eight_bit ? Body::EightBitMime : Body::SevenBit;
    dsn.smtputf8 = facts.sender.needs_smtputf8();
    dsn.message = top_header(facts, is_eight_bit || dsn.smtputf8);
    dsn.message += part_head(facts.boundary,
                             is_ascii(words) ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8",
                             !is_ascii(words));
    dsn.message += words;
    dsn.message += "\r\n";
    dsn.message += part_head(facts.boundary,
                             form.is_global ? "message/global-delivery-status" : "message/delivery-status",
                             !is_ascii(status));
    dsn.message += status;
    dsn.message += "\r\n";
    if (!content.empty()) {
        dsn.message += part_head(facts.boundary, returned_type(facts, form), form.has_eight_bit_content);
        dsn.message += content;
        dsn.message += content.ends_with("\r\n") ? "\r\n" : "\r\n\r\n";
    }
    dsn.message += fmt::format("--{}--\r\n", facts.boundary);
    return dsn;
}

}  // namespace cursus
