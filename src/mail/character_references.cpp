#include "mail/character_references.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {
namespace {

constexpr std::size_t reference_octets_max = 10;  // "&NewLine" has 8
constexpr std::uint32_t point_max = 0x10ffff;
constexpr std::uint32_t replacement = 0xfffd;

constexpr std::array<std::pair<std::string_view, char>, 18> named{{
    {"&amp", '&'},
    {"&lt", '<'},
    {"&gt", '>'},
    {"&quot", '"'},
    {"&apos", '\''},
    {"&colon", ':'},
    {"&sol", '/'},
    {"&bsol", '\\'},
    {"&period", '.'},
    {"&commat", '@'},
    {"&num", '#'},
    {"&quest", '?'},
    {"&percnt", '%'},
    {"&lowbar", '_'},
    {"&Tab", '\t'},
    {"&NewLine", '\n'},
    {"&lsqb", '['},
    {"&rsqb", ']'},
}};

}  // namespace

void CharacterReferences::decode(std::string_view piece, std::string& out) {
    while (!piece.empty()) {
        if (state_ == State::Text) {
            const auto plain = piece.substr(0, piece.find('&'));
            out += plain;
            piece.remove_prefix(plain.size());
            if (piece.empty()) return;
        }
        push(piece.front(), out);
        piece.remove_prefix(1);
    }
}

void CharacterReferences::push(char c, std::string& out) {
    if (goes_on(c)) return;
    const bool is_ended = c == ';' && state_ != State::Text;
    if (is_ended) raw_ += c;
    give(out);
    if (is_ended) return;
    if (c == '&') {
        state_ = State::Ampersand;
        raw_ = c;
    } else {
        out += c;
    }
}

// Whether `c` still belongs to the reference that has begun.
bool CharacterReferences::goes_on(char c) {
    const auto digit = hex_digit(c);
    switch (state_) {
        case State::Text:
            return false;
        case State::Ampersand:
            if (c != '#' && !is_alpha(c)) return false;
            state_ = c == '#' ? State::Hash : State::Name;
            raw_ += c;
            return true;
        case State::Hash:
            if (to_lower(c) == 'x') {
                state_ = State::HexMark;
                raw_ += c;
                return true;
            }
            [[fallthrough]];
        case State::Decimal:
            if (!is_digit(c)) return false;
            state_ = State::Decimal;
            add_digit(10, *digit);
            return true;
        case State::HexMark:
        case State::Hex:
            if (!digit) return false;
            state_ = State::Hex;
            add_digit(16, *digit);
            return true;
        case State::Name:
            if (!is_alpha(c) || raw_.size() >= reference_octets_max) return false;
            raw_ += c;
            return true;
    }
    return false;
}

void CharacterReferences::add_digit(unsigned base, unsigned digit) {
    point_ = std::min(point_ * base + digit, point_max + 1);
}

// What the reference stands for, or its octets if it is none.
void CharacterReferences::give(std::string& out) {
    if (state_ == State::Decimal || state_ == State::Hex) {
        const bool is_scalar = point_ != 0 && point_ <= point_max && (point_ < 0xd800 || point_ > 0xdfff);
        append_utf8(out, is_scalar ? point_ : replacement);
    } else {
        std::string_view name = raw_;
        if (name.ends_with(';')) name.remove_suffix(1);
        const auto* found = std::ranges::find(named, name, [](const auto& entry) { return entry.first; });
        if (state_ == State::Name && found != named.end()) {
            out += found->second;
        } else {
            out += raw_;
        }
    }
    state_ = State::Text;
    raw_.clear();
    point_ = 0;
}

void CharacterReferences::end(std::string& out) {
    give(out);
}

}  // namespace cursus
