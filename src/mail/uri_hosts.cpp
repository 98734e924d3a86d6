#include "mail/uri_hosts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::size_t slice_octets = 4096;      // decoded at a time
constexpr std::size_t recent_octets_min = 32;   // always kept: a token, and white space before it
constexpr std::size_t recent_octets_max = 512;  // then it is cut to the above

constexpr std::array<std::string_view, 4> schemes{"http", "https", "ftp", "mailto"};
constexpr std::array<std::string_view, 4> encoded_ends{"%2f", "%5c", "%3f", "%23"};  // slashes, "?", "#"

bool is_slash(char c) {
    return c == '/' || c == '\\';
}
bool is_white(char c) {
    return is_control(c) || c == ' ';
}
bool is_quote(char c) {
    return c == '"' || c == '\'';
}

// The scheme that `text` ends with, when `mark` follows it.
std::optional<std::string_view> scheme_before(std::string_view text, std::string_view mark) {
    if (!text.ends_with(mark)) return std::nullopt;
    text.remove_suffix(mark.size());
    const auto* const found =
        std::ranges::find_if(schemes, [text](std::string_view scheme) { return text.ends_with(scheme); });
    return found == schemes.end() ? std::nullopt : std::optional(*found);
}

// Octets up to the first that may end a token, with it; all if there is none. The "a" is that of "%3a".
std::size_t run_to_token_end(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ':' || c == '.' || is_slash(c)) return i + 1;
        if ((c == 'a' || c == 'A') && (i == 0 || text[i - 1] == '3')) return i + 1;
    }
    return text.size();
}

}  // namespace

void UriHosts::feed(std::string_view decoded_text) {
    while (!decoded_text.empty() && !is_cut_) {
        decoded_.clear();
        references_.decode(decoded_text.substr(0, slice_octets), decoded_);
        decoded_text.remove_prefix(std::min(slice_octets, decoded_text.size()));
        scan(decoded_);
    }
}

void UriHosts::end() {
    decoded_.clear();
    references_.end(decoded_);
    scan(decoded_);
    finish();
    recent_.clear();
}

void UriHosts::scan(std::string_view text) {
    while (!text.empty() && !is_cut_) {
        // Most of a text is outside, where only the ends of tokens need a look.
        const auto size = state_ == State::Outside ? run_to_token_end(text) : 1;
        if (state_ != State::Outside) collect(text.front());
        remember(text.substr(0, size));
        text.remove_prefix(size);
        look_for_start();
    }
}

void UriHosts::remember(std::string_view text) {
    if (recent_.size() + text.size() > recent_octets_max)
        recent_.erase(0, recent_.size() - std::min(recent_.size(), recent_octets_min));
    if (text.size() > recent_octets_min) text = text.substr(text.size() - recent_octets_min);
    recent_ += to_lower(text);
}

void UriHosts::look_for_start() {
    const char last = recent_.back();
    if (last == ':' || last == 'a') {
        const std::string_view mark = last == ':' ? ":" : "%3a";
        const auto scheme = scheme_before(recent_, mark);
        if (!scheme) return;
        const auto of_uri = last == ':' ? State::Authority : State::Encoded;
        begin(*scheme == "mailto" ? State::Address : of_uri, scheme->size() + mark.size());
        return;
    }
    if (state_ != State::Outside) return;
    constexpr std::string_view www = "www.";
    if (last == '.' && recent_.ends_with(www)) {
        const char before = octet_before(www.size());
        if (is_alpha(before) || is_digit(before) || before == '-' || before == '_' || before == '.') return;
        begin(State::Bare, www.size());
        authority_ = www;
    } else if (is_slash(last) && is_slash(octet_before(1))) {
        const char before = octet_before(2);
        if (is_quote(before) || before == '=') begin(State::Authority, 2);
    }
}

void UriHosts::begin(State state, std::size_t token_octets) {
    finish();
    state_ = state;
    quote_ = state == State::Authority ? quote_before(token_octets) : char{0};
}

// NUL: nothing stands there.
char UriHosts::octet_before(std::size_t token_octets) const {
    return recent_.size() > token_octets ? recent_[recent_.size() - token_octets - 1] : char{0};
}

// Browsers leave out white space between the quote and the URI.
char UriHosts::quote_before(std::size_t token_octets) const {
    while (is_white(octet_before(token_octets)) && token_octets + 1 < recent_octets_min) ++token_octets;
    const char before = octet_before(token_octets);
    return is_quote(before) ? before : char{0};
}

void UriHosts::collect(char c) {
    if (state_ == State::Address) return collect_address(c);
    if (authority_.empty() && !has_at_ && is_slash(c)) return;
    if (is_slash(c) || c == '?' || c == '#' || (state_ == State::Encoded && c == '&')) return finish();
    if (c == '@') return drop_user();
    if (quote_ != 0) return collect_quoted(c);
    if (is_white(c) || c == '"' || c == '<' || c == '>') return finish();
    keep(c);
}

// RFC 6068 §2: addresses parted by commas, then "?" and header fields.
void UriHosts::collect_address(char c) {
    if (c == '?' || c == '<' || c == '>' || is_quote(c) || is_white(c)) return finish();
    if (c == ',' || c == ';') {
        finish();
        state_ = State::Address;
        return;
    }
    if (c == '@') return drop_user();
    keep(c);
}

// What came was no host. Behind a bare name it may have been one.
void UriHosts::drop_user() {
    if (state_ == State::Bare) consider();
    authority_.clear();
    is_too_long_ = false;
    has_at_ = true;
}

// The value of an attribute goes on behind white space, where "@" may follow; what only looks like one, in
// plain text, ends there. Both are considered. Browsers leave tabs and line ends out.
void UriHosts::collect_quoted(char c) {
    if (c == quote_) return finish();
    if (is_white(c) || c == '<' || c == '>') consider();
    if (is_control(c)) return;
    keep(c);
}

void UriHosts::keep(char c) {
    if (authority_.size() >= uri_authority_octets_max) {
        is_too_long_ = true;
        return;
    }
    authority_ += c;
    constexpr std::size_t octet_length = 3;
    if (state_ != State::Encoded || authority_.size() < octet_length) return;
    const auto last = to_lower(std::string_view(authority_).substr(authority_.size() - octet_length));
    if (std::ranges::find(encoded_ends, last) == encoded_ends.end()) return;
    authority_.resize(authority_.size() - octet_length);
    if (!authority_.empty()) finish();
}

void UriHosts::finish() {
    const bool is_local_part =
        state_ == State::Address && !has_at_ && authority_.find("%40") == std::string::npos;
    if (state_ != State::Outside && !is_local_part) consider();
    state_ = State::Outside;
    quote_ = 0;
    authority_.clear();
    is_too_long_ = false;
    has_at_ = false;
}

void UriHosts::consider() {
    if (authority_.empty() || is_too_long_) return;
    if (++candidates_ > uri_candidates_max) {
        is_cut_ = true;
        return;
    }
    auto host = uri_host(authority_);
    if (!host || std::ranges::find(hosts_, *host) != hosts_.end()) return;
    if (hosts_.size() == uri_hosts_max) {
        is_cut_ = true;
        return;
    }
    hosts_.push_back(*std::move(host));
}

}  // namespace cursus
