// The addresses in the body of a From, To, Cc and the like (RFC 5322 §3.4), each with the place where it
// stands, so that one can be replaced and every other octet stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

struct ListedAddress {
    std::string local_part;             // unquoted; comments and white space taken out
    std::string_view local_text;        // the same as it stands, folds and all
    std::optional<std::string> domain;  // as it stands but for comments and white space; "[192.0.2.1]" too
    std::size_t offset, length;         // of local part, "@" and domain, in the field's body
    std::size_t entry;                  // where its element of the list begins: behind the comma before it
};

// Reads what RFC 5322 allows, its obsolete forms (§4.4) included: display names, comments, groups, routes.
// What it cannot read is passed over up to the next comma, so that one broken address does not hide the
// others; what does not end (a comment, a quoted string) hides all that follows. Where an address without a
// domain could as well be a name without an address (a quoted string or an encoded word that stands alone),
// it is not given out.
class AddressList {
public:
    // `body` is a field's body, folded as it came; it outlives this.
    explicit AddressList(std::string_view body) : body_(body) {}
    std::optional<ListedAddress> next();
    // Of what next() has read: all of it is what RFC 5322 allows, and every address has a domain.
    bool is_clean() const { return is_clean_; }
    std::size_t groups() const { return groups_; }

private:
    enum class Token : std::uint8_t { Atom, Quoted, Literal, Special, End };
    struct AddrSpec {
        ListedAddress address;
        bool is_plain;       // the local part is a dot-atom (RFC 5322 §3.2.3) and no encoded word
        bool has_stray_dot;  // of the local part's, one does not stand between two words
    };

    void advance();  // to the next token
    void stop();
    void skip_space_and_comments();
    void take_quoted(char last);
    bool is_at(char special) const { return token_ == Token::Special && body_[begin_] == special; }
    bool is_at_word() const { return token_ == Token::Atom || token_ == Token::Quoted; }
    bool is_at_separator() const { return token_ == Token::End || is_at(',') || is_at(';'); }
    std::string_view text() const { return body_.substr(begin_, end_ - begin_); }

    std::optional<ListedAddress> take_element();
    void take_separator(bool is_element_empty, const std::optional<ListedAddress>& address);
    std::optional<ListedAddress> take_angle_address();
    std::optional<AddrSpec> take_addr_spec();
    std::optional<std::string> take_domain(std::size_t& end);
    void skip_route();

    std::string_view body_;
    std::size_t begin_ = 0, end_ = 0;  // of the token at hand
    std::size_t entry_ = 0;
    Token token_ = Token::Special;
    bool has_begun_ = false;
    bool is_clean_ = true;
    bool is_in_group_ = false, is_behind_group_ = false;
    std::size_t groups_ = 0;
};

}  // namespace cursus
