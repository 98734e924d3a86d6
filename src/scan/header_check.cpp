#include "scan/header_check.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "mail/comments.h"
#include "mail/date_syntax.h"
#include "mail/header.h"
#include "mail/message_id.h"
#include "mail/mime_charset.h"
#include "mail/mime_words.h"
#include "scan/address_check.h"

namespace cursus {
namespace {

// Controls but those that stand in folds, and NUL, which is found by itself. Without a branch in it, for the
// compiler to make vector instructions of.
bool has_odd_control(std::string_view text) {
    unsigned char any = 0;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool is_usual = (octet == '\t') | (octet == '\r') | (octet == '\n') | (octet == '\0');
        any |= static_cast<unsigned char>(((octet < 0x20) & !is_usual) | (octet == 0x7f));
    }
    return any != 0;
}

std::string_view without_outer_space(std::string_view text) {
    while (!text.empty() && is_folding_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_folding_space(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

struct HeaderCheck::KnownField {
    std::string_view name;
    Malformation duplicate;  // RFC 5322 §3.6, RFC 2045 §4
};

// In the order of the enumerators. What stands twice of a Content field is the walker's to find.
constinit const std::array<HeaderCheck::KnownField, HeaderCheck::known_fields> HeaderCheck::all_known{{
    {"From", Malformation::DuplicateFrom},
    {"Sender", Malformation::DuplicateSender},
    {"Reply-To", Malformation::DuplicateReplyTo},
    {"To", Malformation::DuplicateTo},
    {"Cc", Malformation::DuplicateCc},
    {"Bcc", Malformation::DuplicateField},
    {"Date", Malformation::DuplicateDate},
    {"Subject", Malformation::DuplicateSubject},
    {"Message-ID", Malformation::DuplicateMessageId},
    {"In-Reply-To", Malformation::DuplicateField},
    {"References", Malformation::DuplicateField},
    {"MIME-Version", Malformation::DuplicateField},
    {"Content-Type", Malformation::DuplicateField},
}};

void HeaderCheck::field(std::string_view text, HeaderOf whose, std::uint32_t part) {
    const bool is_own = whose == HeaderOf::Message;
    if (is_own && ++fields_ > header_fields_max) return findings_.note(Malformation::HeaderTooManyFields);
    const auto colon = text.find(':');
    auto name = text.substr(0, colon);
    check_octets(text, part);
    if (text.contains("=?")) check_words(text.substr(colon + 1), part);
    if (!name.empty() && is_blank(name.back())) findings_.note(Malformation::SpaceBeforeColon, name, part);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    check_name(name, part);
    if (is_own) check_known(name, without_outer_space(text.substr(colon + 1)));
}

// RFC 5322 §2.2.
void HeaderCheck::check_name(std::string_view name, std::uint32_t part) {
    if (!is_field_name(name)) findings_.note(Malformation::FieldName, name, part);
}

// RFC 5322 §2.2, RFC 6532 §3.2.
void HeaderCheck::check_octets(std::string_view text, std::uint32_t part) {
    if (has_odd_control(text)) findings_.note(Malformation::ControlInHeader, text, part);
    if (is_ascii(text)) return;
    if (!is_smtputf8_)
        findings_.note(Malformation::EightBitInHeader, text, part);
    else if (!is_utf8(text))
        findings_.note(Malformation::HeaderNotUtf8, text, part);
}

void HeaderCheck::check_words(std::string_view text, std::uint32_t part) {
    EncodedWords words(text);
    while (const auto word = words.next()) {
        if (!word->is_sound) findings_.note(Malformation::EncodedWordSyntax, word->text, part);
        if (word->text.size() > encoded_word_octets_max)
            findings_.note(Malformation::EncodedWordTooLong, word->text, part);
        if (has_hidden_control(to_utf8(word->charset, word->octets)))
            findings_.note(Malformation::EncodedWordControl, word->text, part);
    }
}

void HeaderCheck::check_known(std::string_view name, std::string_view body) {
    const auto known = std::ranges::find_if(all_known, [=](const KnownField& field) {
        return field.name.size() == name.size() && equal_ignoring_case(field.name, name);
    });
    if (known == all_known.end()) return;
    const auto field = static_cast<Known>(known - all_known.begin());
    if (++count(field) > 1) note_duplicate(field, body);
    check_body(field, body);
}

void HeaderCheck::note_duplicate(Known field, std::string_view body) {
    if (field == Known::ContentType) return;
    if (field == Known::Subject && body != subject_)
        findings_.note(Malformation::DuplicateSubjectDiffers, body);
    else
        findings_.note(all_known[static_cast<std::size_t>(field)].duplicate, body);
}

void HeaderCheck::check_body(Known field, std::string_view body) {
    switch (field) {
        case Known::From:
            if (check_from(body, findings_) > 1) has_several_from_ = true;
            break;
        case Known::Sender:
            check_sender(body, findings_);
            break;
        case Known::ReplyTo:
        case Known::To:
        case Known::Cc:
            check_address_list(body, findings_);
            break;
        case Known::Date:
            if (!is_date_time(body)) findings_.note(Malformation::DateSyntax, body);
            break;
        case Known::MessageId:
            if (!is_message_id(body)) findings_.note(Malformation::MessageIdSyntax, body);
            break;
        case Known::Subject:
            if (count(field) == 1) subject_ = body;
            break;
        case Known::Bcc:
        case Known::InReplyTo:
        case Known::References:
        case Known::MimeVersion:
        case Known::ContentType:
            break;
    }
}

// RFC 5322 §3.6, RFC 2045 §4. What stands behind the last field that was looked at may be what seems to miss.
void HeaderCheck::end() {
    if (fields_ > header_fields_max) return;
    if (count(Known::From) == 0) findings_.note(Malformation::MissingFrom);
    if (count(Known::Date) == 0) findings_.note(Malformation::MissingDate);
    if (count(Known::MessageId) == 0) findings_.note(Malformation::MissingMessageId);
    if (count(Known::ContentType) != 0 && count(Known::MimeVersion) == 0)
        findings_.note(Malformation::MissingMimeVersion);
    if (has_several_from_ && count(Known::Sender) == 0)
        findings_.note(Malformation::MultipleFromWithoutSender);
}

}  // namespace cursus
