// What must hold for every advice, whoever has written what it was made of.
#pragma once

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "policy/advice_parts.h"

namespace cursus::fuzz {

inline bool is_plain_line(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_printable(c) || c == '\t'; });
}

inline void require_reply(const Reply& reply, int class_of_code) {
    require(reply.code() / 100 == class_of_code && reply.code() / 10 % 10 <= 5);
    require(reply.status() && reply.status()->status_class == class_of_code);
    require(reply.lines().size() == 1 && !reply.lines().front().empty());
    require(is_plain_line(reply.lines().front()) && reply.lines().front().size() <= advised_text_octets_max);
    require(std::ranges::count(reply.wire(), '\n') == 1);
}

inline void require_safe(const Advice& advice) {
    if (const auto* reject = std::get_if<Advice::Reject>(&advice.decision)) require_reply(reject->reply, 5);
    if (const auto* defer = std::get_if<Advice::Defer>(&advice.decision)) require_reply(defer->reply, 4);
    if (const auto* unless = std::get_if<Advice::DeferUnlessRejected>(&advice.decision))
        require_reply(unless->reply, 4);
    if (const auto* where = std::get_if<Advice::DeferIfRejected>(&advice.decision))
        require_reply(where->reply, 4);
    for (const AdvisedField& field : advice.fields) {
        require(!field.name.empty() && field.name.find_first_of(": \t") == std::string::npos);
        require(is_plain_line(field.name) && is_plain_line(field.body));
        require(field.name.size() + field.body.size() < advised_field_octets_max);
    }
    for (const Mailbox& copy : advice.copies) require(!has_control(copy.text()));
    if (advice.redirect) require(!has_control(advice.redirect->text()));
    for (const std::string& tag : advice.tags) require(!tag.empty() && is_plain_line(tag));
    for (const std::string& note : advice.notes)
        require(is_plain_line(note) && note.size() <= advised_text_octets_max);
}

}  // namespace cursus::fuzz
