// The hosts that the URIs in a text lead to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mail/character_references.h"
#include "mail/uri_host.h"

namespace cursus {

inline constexpr std::size_t uri_hosts_max = 100;
inline constexpr std::size_t uri_candidates_max = 10'000;  // what looks like a URI, repetitions included

// Finds http, https, ftp and mailto URIs, names that begin with "www.", and references without a scheme
// ("//host/") behind a quote or an equals sign, in plain text and in HTML alike. What a person's program
// might go to is found, at the price of finding what it might not: character references, percent-encoding
// and backslashes are read as browsers read them, and URIs inside others are found too.
class UriHosts {
public:
    // The text of one part, its transfer encoding taken off; the same in whatever pieces it comes.
    void feed(std::string_view decoded_text);
    // The part is complete, and another may follow.
    void end();

    const std::vector<std::string>& hosts() const { return hosts_; }  // as uri_host gives them; each once
    bool is_cut() const { return is_cut_; }                           // there was more than the bounds above

private:
    // Encoded: the whole URI is percent-encoded, as a parameter of another.
    enum class State : std::uint8_t { Outside, Authority, Encoded, Address, Bare };

    void scan(std::string_view text);
    void remember(std::string_view text);
    void collect(char c);
    void collect_address(char c);
    void collect_quoted(char c);
    void drop_user();
    void keep(char c);
    void look_for_start();
    void begin(State state, std::size_t token_octets);
    char octet_before(std::size_t token_octets) const;
    char quote_before(std::size_t token_octets) const;
    void finish();
    void consider();

    CharacterReferences references_;
    std::string decoded_;  // of the piece at hand
    std::string recent_;   // the last octets, lower case
    State state_ = State::Outside;
    char quote_ = 0;         // that began the value which is the URI; 0: none did
    std::string authority_;  // behind the last "@" of what has come
    bool is_too_long_ = false;
    bool has_at_ = false;
    std::size_t candidates_ = 0;
    bool is_cut_ = false;
    std::vector<std::string> hosts_;
};

}  // namespace cursus
