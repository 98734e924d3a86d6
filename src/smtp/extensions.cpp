#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "smtp/client.h"

namespace cursus {
namespace {

constexpr std::size_t auth_mechanisms_max = 32;

std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

// RFC 9422 §4: name=value pairs. A limit of 0 makes no sense and is no limit.
void read_limits(std::string_view text, Extensions& extensions) {
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
        const auto equals = std::min(word.find('='), word.size());
        const auto name = to_upper(word.substr(0, equals));
        const auto value = parse_number<std::uint32_t>(word.substr(std::min(equals + 1, word.size())));
        if (!value || *value == 0) continue;
        if (name == "RCPTMAX") extensions.rcpt_max = value;
        if (name == "MAILMAX") extensions.mail_max = value;
    }
}

void read_mechanisms(std::string_view text, Extensions& extensions) {
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
        auto mechanism = to_upper(word);
        if (extensions.auth.size() == auth_mechanisms_max) return;
        if (std::ranges::find(extensions.auth, mechanism) == extensions.auth.end()) {
            extensions.auth.push_back(std::move(mechanism));
        }
    }
}

}  // namespace

Extensions read_extensions(const Reply& ehlo) {
    Extensions extensions;
    extensions.esmtp = true;
    for (std::size_t i = 1; i < ehlo.lines().size(); ++i) {
        std::string_view rest = ehlo.lines()[i];
        const auto keyword = to_upper(take_word(rest));
        if (keyword == "PIPELINING")
            extensions.pipelining = true;
        else if (keyword == "8BITMIME")
            extensions.eight_bit_mime = true;
        else if (keyword == "SMTPUTF8")
            extensions.smtputf8 = true;
        else if (keyword == "STARTTLS")
            extensions.starttls = true;
        else if (keyword == "CHUNKING")
            extensions.chunking = true;
        else if (keyword == "DSN")
            extensions.dsn = true;
        else if (keyword == "ENHANCEDSTATUSCODES")
            extensions.enhanced_status_codes = true;
        else if (keyword == "MT-PRIORITY")
            extensions.mt_priority = true;
        else if (keyword == "DELIVERBY")
            extensions.deliver_by =
                std::chrono::seconds{parse_number<std::uint32_t>(take_word(rest)).value_or(0)};
        else if (keyword == "SIZE")
            extensions.size = parse_number<std::uint64_t>(take_word(rest)).value_or(0);
        else if (keyword == "LIMITS")
            read_limits(rest, extensions);
        else if (keyword == "AUTH")
            read_mechanisms(rest, extensions);
    }
    return extensions;
}

}  // namespace cursus
