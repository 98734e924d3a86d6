// What must hold of every verdict on spam, whatever a scanner said.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "mail/header.h"
#include "scan/said.h"
#include "scan/verdict.h"

namespace cursus::fuzz {

inline void require_score(double score) {
    require(std::isfinite(score) && std::abs(score) <= spam_score_max);
}

// The edits are safe and few, and a header that has them made is still one header, and no body.
inline void require_edits(const SpamVerdict& verdict) {
    constexpr std::string_view header = "Received: us\r\nFrom: a@b.example\r\nSubject: x\r\nX-A: y\r\n";
    std::vector<HeaderEdit> edits = verdict.edits;
    edits.insert(edits.end(), verdict.action_edits.begin(), verdict.action_edits.end());
    require(edits.size() <= spam_edits_max);
    for (const auto& edit : edits) require(is_safe(edit));
    const std::string edited = edited_header(header, edits);
    HeaderFields fields(edited, TextEnd::IsMessageEnd);
    std::size_t count = 0;
    while (const auto field = fields.next()) {
        require(!field->name.empty());
        ++count;
    }
    require(!fields.has_ended() && fields.rest().empty());
    require(count <= 4 + edits.size());
}

inline void require_sound(const SpamVerdict& verdict) {
    require_score(verdict.score);
    require(verdict.symbols.size() <= spam_symbols_max);
    for (const auto& symbol : verdict.symbols) {
        require(is_symbol(symbol.name));
        if (symbol.score) require_score(*symbol.score);
    }
    require(verdict.action_name.size() <= said_octets_max && !has_control(verdict.action_name));
    require(verdict.omissions.size() <= spam_omissions_max);
    for (const auto& omission : verdict.omissions) require(!has_control(omission));
    require_edits(verdict);
}

}  // namespace cursus::fuzz
