// What Dovecot says, or whoever is at its socket: a greeting and then an answer. Nobody is let in whose name
// is none, and what is passed on to the client is bounded.
#include "accounts/dovecot_protocol.h"
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    DovecotGreeting greeting;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (!greeting.is_over() && !greeting.take(line)) break;
        fuzz::require(greeting.mechanisms().size() < all_mechanisms.size());
        const auto answer = parse_dovecot_answer(line);
        if (!answer) {
            fuzz::require(!answer.error().empty() && !has_control(answer.error()));
        } else if (const auto* success = std::get_if<SaslSuccess>(&*answer)) {
            fuzz::require(!success->account.empty() && success->account.size() <= account_octets_max);
            fuzz::require(is_utf8(success->account) && !has_control(success->account));
            fuzz::require(success->last_word.size() <= sasl_octets_max);
        } else if (const auto* challenge = std::get_if<SaslChallenge>(&*answer)) {
            fuzz::require(challenge->octets.size() <= sasl_octets_max);
        }
    }
    return 0;
}
