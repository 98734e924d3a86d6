#include "mail/address_list.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "mail/comments.h"

namespace cursus {
namespace {

constexpr std::string_view specials = "()<>[]:;@\\,.\"";  // RFC 5322 §3.2.3

// RFC 5322 §3.2.3, and every octet beyond ASCII (RFC 6532 §3.2), whatever its character set.
bool may_be_in_atom(char c) {
    return !is_control(c) && c != ' ' && !specials.contains(c);
}

// RFC 2047 §5: part of a display name, never of an address.
bool is_encoded_word(std::string_view word) {
    return word.size() > 4 && word.starts_with("=?") && word.ends_with("?=");
}

bool is_dot_atom(std::string_view text) {
    return !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
}

// Of a quoted string: without its quotes, its backslashes and its folds (RFC 5322 §3.2.4).
void append_unquoted(std::string& to, std::string_view quoted) {
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
        if (quoted[i] == '\r' || quoted[i] == '\n') continue;
        if (quoted[i] == '\\') ++i;
        to += quoted[i];
    }
}

}  // namespace

std::optional<ListedAddress> AddressList::next() {
    if (!std::exchange(has_begun_, true)) advance();
    while (token_ != Token::End) {
        const auto element = begin_;
        auto address = take_element();
        while (!is_at_separator() && !is_at(':')) {
            is_clean_ = false;
            advance();
        }
        take_separator(begin_ == element, address);
        if (address) return address;
    }
    return std::nullopt;
}

// Behind the name of a group its first member stands, RFC 5322 §3.4.
void AddressList::take_separator(bool is_element_empty, const std::optional<ListedAddress>& address) {
    // A comma follows a group, or nothing.
    if (std::exchange(is_behind_group_, is_at(';')) && !is_element_empty) is_clean_ = false;
    if (is_at(':')) {
        if (is_in_group_ || is_element_empty) is_clean_ = false;
        is_in_group_ = true;
        ++groups_;
    } else {
        if (address ? !address->domain : !is_element_empty) is_clean_ = false;
        if ((is_at(';') && !is_in_group_) || (token_ == Token::End && is_in_group_)) is_clean_ = false;
        if (is_at(';')) is_in_group_ = false;
    }
    entry_ = end_;
    if (token_ == Token::End) return;
    advance();
    if (token_ == Token::End && is_in_group_) is_clean_ = false;
}

// What it leaves up to the separator is unreadable.
std::optional<ListedAddress> AddressList::take_element() {
    const std::size_t entry = entry_;
    auto found = take_addr_spec();
    if (found && is_at_separator()) {
        if (!found->address.domain && !found->is_plain) return std::nullopt;
        if (found->has_stray_dot) is_clean_ = false;
        return std::move(found->address);
    }
    // A display name, or what is meant as one.
    if (found && found->address.domain) is_clean_ = false;
    while (!is_at_separator() && !is_at(':') && !is_at('<')) {
        if (!is_at_word() && !is_at('.')) is_clean_ = false;
        advance();
    }
    if (!is_at('<')) return std::nullopt;
    auto address = take_angle_address();
    if (address) address->entry = entry;
    return address;
}

std::optional<ListedAddress> AddressList::take_angle_address() {
    advance();
    if (is_at('@')) skip_route();
    auto found = take_addr_spec();
    if (!found || !is_at('>')) return std::nullopt;
    advance();
    if (!is_at_separator()) return std::nullopt;
    if (!found->address.domain && is_encoded_word(found->address.local_part)) return std::nullopt;
    if (found->has_stray_dot) is_clean_ = false;
    return std::move(found->address);
}

// RFC 5322 §4.4: "<@a.example,@b.example:user@c.example>".
void AddressList::skip_route() {
    while (is_at('@') || is_at(',') || is_at('.') || token_ == Token::Atom || token_ == Token::Literal)
        advance();
    if (is_at(':')) advance();
}

// RFC 5322 §3.4.1, §4.4, and dots in whatever order: they are in use.
std::optional<AddressList::AddrSpec> AddressList::take_addr_spec() {
    if (!is_at_word() && !is_at('.')) return std::nullopt;
    AddrSpec found{
        {.local_part = {}, .local_text = {}, .domain = {}, .offset = begin_, .length = 0, .entry = entry_},
        true,
        false};
    ListedAddress& address = found.address;
    std::size_t end = begin_;
    bool may_be_word = true;
    for (; is_at('.') || (may_be_word && is_at_word()); advance()) {
        if (may_be_word && is_at('.')) found.has_stray_dot = true;
        may_be_word = is_at('.');
        end = end_;
        if (token_ == Token::Quoted) {
            found.is_plain = false;
            append_unquoted(address.local_part, text());
        } else {
            address.local_part += text();
        }
    }
    if (may_be_word) found.has_stray_dot = true;
    found.is_plain =
        found.is_plain && is_dot_atom(address.local_part) && !is_encoded_word(address.local_part);
    address.local_text = body_.substr(address.offset, end - address.offset);
    if (is_at('@')) {
        advance();
        address.domain = take_domain(end);
        if (!address.domain) {
            is_clean_ = false;
            return std::nullopt;
        }
    }
    address.length = end - address.offset;
    return found;
}

std::optional<std::string> AddressList::take_domain(std::size_t& end) {
    if (token_ == Token::Literal) {
        std::string literal(text());
        end = end_;
        advance();
        return literal;
    }
    std::string domain;
    while (token_ == Token::Atom) {
        domain += text();
        end = end_;
        advance();
        if (!is_at('.')) return domain;
        domain += '.';
        advance();
    }
    return std::nullopt;
}

void AddressList::advance() {
    skip_space_and_comments();
    if (begin_ == body_.size()) return stop();
    const char c = body_[begin_];
    end_ = begin_ + 1;
    token_ = Token::Special;
    if (may_be_in_atom(c)) {
        token_ = Token::Atom;
        while (end_ < body_.size() && may_be_in_atom(body_[end_])) ++end_;
    } else if (c == '"') {
        token_ = Token::Quoted;
        take_quoted('"');
    } else if (c == '[') {
        token_ = Token::Literal;
        take_quoted(']');
    }
}

void AddressList::stop() {
    token_ = Token::End;
    begin_ = end_ = body_.size();
}

// A quoted string or a literal, RFC 5322 §3.2.4, §3.4.1.
void AddressList::take_quoted(char last) {
    end_ = end_of_quoted(body_, begin_, last);
    if (end_ != std::string_view::npos) return;
    is_clean_ = false;
    stop();
}

// From the end of the last token to the beginning of the next. A comment that does not end takes all.
void AddressList::skip_space_and_comments() {
    begin_ = cursus::skip_space_and_comments(body_, end_);
    if (begin_ != std::string_view::npos) return;
    begin_ = body_.size();
    is_clean_ = false;
}

}  // namespace cursus
