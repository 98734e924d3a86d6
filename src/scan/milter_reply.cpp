#include "scan/milter_reply.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/printable.h"
#include "base/text.h"
#include "mail/header.h"
#include "mail/parameters.h"
#include "scan/milter_reply_text.h"

namespace cursus {
namespace {

using Parsed = Result<MilterReply, std::string>;

constexpr std::size_t milter_words_shown_max = 100;  // of what makes no sense
constexpr std::size_t reason_octets_max = 500;       // of why a message is put aside
constexpr std::size_t field_line_octets_max = 990;   // RFC 5322 §2.1.1, and a tab before it

std::string milter_words(std::string_view text) {
    return printable(text.substr(0, milter_words_shown_max));
}

// Texts that end with NUL, and nothing behind the last.
std::optional<std::vector<std::string_view>> texts_of(std::string_view data, std::size_t texts_max) {
    std::vector<std::string_view> texts;
    while (!data.empty()) {
        const auto end = data.find('\0');
        if (end == std::string_view::npos || texts.size() == texts_max) return std::nullopt;
        texts.push_back(data.substr(0, end));
        data.remove_prefix(end + 1);
    }
    if (texts.empty()) return std::nullopt;
    return texts;
}

// The line in front of `text`, which CRLF, LF or CR ends.
std::string_view take_milter_line(std::string_view& text) {
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(line.size());
    text.remove_prefix(text.starts_with(line_end) ? 2 : std::min<std::size_t>(text.size(), 1));
    return line;
}

// Where a line that is too long is broken: before a space with a word before it, or where it must.
std::size_t end_of_milter_piece(std::string_view line, std::size_t octets_max) {
    const auto space = line.find_last_of(" \t", octets_max);
    return space == line.npos || space == 0 ? octets_max : space;
}

// RFC 5322 §2.1.1: lines have 998 octets at most. A sender can make a milter write longer ones.
void append_milter_line(std::string& body, std::string_view line, std::size_t octets_max) {
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    while (line.size() > octets_max) {
        // No piece is of white space alone (RFC 5322 §3.2.2).
        line.remove_prefix(std::max<std::size_t>(line.find_first_not_of(" \t"), 1) - 1);
        if (line.size() <= octets_max) break;
        const auto end = end_of_milter_piece(line, octets_max);
        body += line.substr(0, end);
        body += line_end;
        line.remove_prefix(end);
        if (!is_blank(line.front())) body += '\t';
        octets_max = field_line_octets_max;
    }
    body += line;
}

// Milters fold with LF, as the protocol shows them fields, and with CRLF. Whatever ends a line, what follows
// stays of this field (RFC 5322 §2.2.3) and never begins another, nor the body.
std::string folded_milter_field(std::string_view name, std::string_view text, bool brings_space) {
    if (brings_space && text.starts_with(' ')) text.remove_prefix(1);
    std::string body;
    const auto name_octets = std::min(name.size() + 2, field_line_octets_max / 2);
    append_milter_line(body, take_milter_line(text), field_line_octets_max - name_octets);
    while (!text.empty()) {
        const auto line = take_milter_line(text);
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        body += line_end;
        if (!is_blank(line.front())) body += '\t';
        append_milter_line(body, line, field_line_octets_max);
    }
    return body;
}

Parsed field_of(MilterFieldChange change, std::string_view data, const MilterTerms& terms) {
    Decoder in(data);
    std::uint32_t index = change == MilterFieldChange::Add ? 0 : in.u32();
    const auto texts = texts_of(in.rest(), 2);
    if (!in.is_good() || !texts || texts->size() != 2)
        return failure(std::string("its change of a header field is broken"));
    const auto name = (*texts)[0];
    if (!is_field_name(name))
        return failure(fmt::format("\"{}\" is no name of a header field", milter_words(name)));
    // Sendmail takes the first for it.
    if (change == MilterFieldChange::Change) index = std::max(index, 1U);
    return MilterField{change, index, std::string(name),
                       folded_milter_field(name, (*texts)[1], terms.keeps_leading_space())};
}

std::string bracketed(std::string_view address) {
    return address.starts_with('<') ? std::string(address) : fmt::format("<{}>", address);
}

Result<Mailbox, std::string> recipient_of(std::string_view text, const CompletingNames& names) {
    auto recipient = parse_forward_path(bracketed(text), names.own_name, names.qualify);
    if (!recipient) return failure(fmt::format("\"{}\" is no address of a recipient", milter_words(text)));
    return *std::move(recipient);
}

Parsed sender_of(std::string_view data, const CompletingNames& names) {
    const auto texts = texts_of(data, 2);
    if (!texts) return failure(std::string("its change of the sender is broken"));
    auto sender = parse_reverse_path(bracketed(texts->front()), names.qualify);
    if (texts->front().empty() || !sender)
        return failure(fmt::format("\"{}\" is no address of a sender", milter_words(texts->front())));
    MilterSender changed{*std::move(sender), std::nullopt};
    if (texts->size() == 1) return changed;
    auto parameters = parse_mail_parameters((*texts)[1]);
    if (!parameters)
        return failure(fmt::format("\"{}\" are no parameters of MAIL", milter_words((*texts)[1])));
    changed.parameters = *std::move(parameters);
    return changed;
}

Parsed new_recipient_of(std::string_view data, std::size_t texts_max, const CompletingNames& names) {
    const auto texts = texts_of(data, texts_max);
    if (!texts) return failure(std::string("its new recipient is broken"));
    TRY(recipient, recipient_of(texts->front(), names));
    if (texts->size() == 1) return MilterNewRecipient{std::move(recipient), {}};
    auto parameters = parse_rcpt_parameters((*texts)[1]);
    if (!parameters)
        return failure(fmt::format("\"{}\" are no parameters of RCPT", milter_words((*texts)[1])));
    return MilterNewRecipient{std::move(recipient), *std::move(parameters)};
}

Parsed lost_recipient_of(std::string_view data, const CompletingNames& names) {
    const auto texts = texts_of(data, 1);
    if (!texts) return failure(std::string("the recipient that it takes away is broken"));
    TRY(recipient, recipient_of(texts->front(), names));
    return MilterLostRecipient{std::move(recipient)};
}

Parsed quarantine_of(std::string_view data) {
    const auto texts = texts_of(data, 1);
    if (!texts) return failure(std::string("its reason for the quarantine is broken"));
    return MilterQuarantine{printable(texts->front().substr(0, reason_octets_max))};
}

Parsed reply_code_of(std::string_view data) {
    const auto texts = texts_of(data, 1);
    if (!texts) return failure(std::string("its reply is broken"));
    TRY(reply, parse_milter_reply_text(texts->front()));
    // RFC 5321 §3.8: with 421 the channel is closed.
    const auto answer = reply.code() == 421    ? MilterAnswer::Disconnect
                        : reply.is_transient() ? MilterAnswer::Tempfail
                                               : MilterAnswer::Reject;
    return MilterVerdict{answer, std::move(reply)};
}

// What has no data.
std::optional<MilterReply> plain_reply(char letter) {
    switch (letter) {
        case 'a':
            return MilterVerdict{MilterAnswer::Accept};
        case 'c':
            return MilterVerdict{MilterAnswer::Continue};
        case 'd':
            return MilterVerdict{MilterAnswer::Discard};
        case 'f':
            return MilterVerdict{MilterAnswer::Disconnect};
        case 'p':
            return MilterProgress{};
        case 'r':
            return MilterVerdict{MilterAnswer::Reject};
        case 's':
            return MilterSkip{};
        case 't':
            return MilterVerdict{MilterAnswer::Tempfail};
        case '4':
            return MilterVerdict{MilterAnswer::Disconnect,
                                 Reply(421, Status{4, 7, 0}, "Service not available, try again later")};
        default:
            return std::nullopt;
    }
}

// Which announcement a change needs.
std::optional<MilterAction> action_of(char letter) {
    switch (letter) {
        case 'h':
        case 'i':
            return MilterAction::AddHeaders;
        case 'm':
            return MilterAction::ChangeHeaders;
        case 'b':
            return MilterAction::ChangeBody;
        case 'e':
            return MilterAction::ChangeSender;
        case '+':
            return MilterAction::AddRecipients;
        case '2':
            return MilterAction::AddRecipientsWithParameters;
        case '-':
            return MilterAction::RemoveRecipients;
        case 'q':
            return MilterAction::Quarantine;
        default:
            return std::nullopt;
    }
}

}  // namespace

Result<MilterReply, std::string> parse_milter_reply(char letter, std::string_view data,
                                                    const MilterTerms& terms, const CompletingNames& names) {
    if (auto plain = plain_reply(letter)) {
        if (!data.empty()) return failure(fmt::format("its answer '{}' comes with data", letter));
        return *std::move(plain);
    }
    if (letter == 'y') return reply_code_of(data);
    const auto action = action_of(letter);
    if (!action) return failure(fmt::format("'{}' is no answer", milter_words({&letter, 1})));
    if (!terms.may(*action))
        return failure(fmt::format("it makes a change ('{}') that it has not announced", letter));
    switch (letter) {
        case 'h':
            return field_of(MilterFieldChange::Add, data, terms);
        case 'i':
            return field_of(MilterFieldChange::Insert, data, terms);
        case 'm':
            return field_of(MilterFieldChange::Change, data, terms);
        case 'b':
            return MilterBodyPiece{data};
        case 'e':
            return sender_of(data, names);
        case '+':
            return new_recipient_of(data, 1, names);
        case '2':
            return new_recipient_of(data, 2, names);
        case '-':
            return lost_recipient_of(data, names);
        default:
            return quarantine_of(data);
    }
}

}  // namespace cursus
