#include "config/host_terms.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cursus {

std::string_view name(RouteTls tls) {
    constexpr std::array<std::string_view, 4> words{"none", "opportunistic", "required", "verified"};
    return words[static_cast<std::size_t>(tls)];
}

std::string terms_text(const HostTerms& terms) {
    std::vector<std::string> words;
    if (terms.tls != RouteTls::Opportunistic) {
        words.push_back(
            fmt::format("tls={}{}{}", name(terms.tls), terms.tls_name.empty() ? "" : ":", terms.tls_name));
    }
    if (!terms.username.empty())
        words.push_back(fmt::format("login={}:{}", terms.username, terms.password_file));
    if (!terms.mechanisms.empty()) {
        std::vector<std::string_view> names;
        for (const Mechanism mechanism : terms.mechanisms) names.push_back(name(mechanism));
        words.push_back(fmt::format("mechanisms={}", fmt::join(names, ",")));
    }
    return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace cursus
