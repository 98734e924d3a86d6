// DATA: the decoder against a slow obvious one, the same in whatever pieces; and what the encoder makes is
// undone by it.
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/plain_text.h"
#include "mail/data_framing.h"

namespace cursus::fuzz {
namespace {

struct Decoded {
    bool has_ended = false;
    std::string message, rest;
    std::optional<DataViolation> violation;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

template <class Cut>
Decoded decode(std::string_view wire, std::uint64_t octets_max, Cut pieces) {
    DotDecoder decoder(octets_max);
    Decoded result;
    while (!result.has_ended && !pieces.empty()) {
        auto piece = pieces.next();
        result.has_ended = decoder.feed(piece, result.message);
        require(result.has_ended || piece.empty());
    }
    result.rest = wire.substr(decoder.raw_octets());
    result.violation = decoder.violation();
    require(result.violation || result.message.size() == decoder.octets());
    if (result.violation) result.message.clear();
    return result;
}

struct Whole {
    std::string_view text;
    bool empty() const { return text.empty(); }
    std::string_view next() { return std::exchange(text, {}); }
};

Decoded decode_plainly(std::string_view wire, std::uint64_t octets_max) {
    Decoded result;
    std::string_view raw;
    if (wire.starts_with(".\r\n")) {
        raw = {};
    } else {
        const auto end = wire.find("\r\n.\r\n");
        if (end == std::string_view::npos) return result;
        raw = wire.substr(0, end + 2);
    }
    result.has_ended = true;
    result.rest = wire.substr(raw.size() + 3);
    while (!raw.empty()) {
        if (raw.starts_with('.')) raw.remove_prefix(1);
        const auto end = raw.find("\r\n") + 2;
        result.message += raw.substr(0, end);
        raw.remove_prefix(end);
    }
    result.violation = violation_of(result.message, octets_max);
    if (result.violation) result.message.clear();
    return result;
}

void check_encoder(std::string_view message, std::uint8_t seed) {
    DotEncoder encoder;
    std::vector<std::string_view> pieces;
    std::optional<DataViolation> violation;
    for (Pieces cut(message, seed); !cut.empty() && !violation;)
        violation = encoder.encode(cut.next(), pieces);
    if (!violation) violation = encoder.finish(pieces);
    require(violation == violation_of(message, ~std::size_t{0}));
    if (violation) return;
    std::string wire;
    for (const auto piece : pieces) wire += piece;
    const auto back = decode(wire, ~std::uint64_t{0}, Whole{wire});
    require(back.has_ended && back.rest.empty() && !back.violation);
    const bool lacks_end = !message.empty() && !message.ends_with("\r\n");
    require(back.message == std::string(message) + (lacks_end ? "\r\n" : ""));
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    const auto bound = input.number();
    const std::uint64_t octets_max = bound < 128 ? bound : 1 << 20;
    const auto whole = fuzz::decode(input.rest(), octets_max, fuzz::Whole{input.rest()});
    const auto torn = fuzz::decode(input.rest(), octets_max, fuzz::Pieces(input.rest(), seed));
    fuzz::require(whole.has_ended == torn.has_ended && whole.violation == torn.violation &&
                  whole.rest == torn.rest);
    fuzz::require(!whole.has_ended || whole == torn);
    const auto plain = fuzz::decode_plainly(input.rest(), octets_max);
    fuzz::require(plain.has_ended == whole.has_ended);
    fuzz::require(!plain.has_ended || plain == whole);
    fuzz::check_encoder(input.rest(), seed);
    return 0;
}
