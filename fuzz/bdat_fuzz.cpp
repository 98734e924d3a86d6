// BDAT: chunk after chunk, to the octet, against the rules read plainly.
#include <string>

#include "fuzz/fuzz.h"
#include "fuzz/plain_text.h"
#include "mail/data_framing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    using fuzz::require;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    const auto options = input.number();
    const Body body = options & 1 ? Body::BinaryMime : Body::EightBitMime;
    const std::size_t octets_max = options & 2 ? 64 : 1 << 20;
    BdatFraming framing(octets_max, body);
    std::string_view rest = input.rest();
    std::string out, sent;
    bool announced_too_much = false;
    while (!rest.empty() && !framing.is_complete()) {
        const auto head =
            static_cast<std::uint8_t>(rest.front());  // an announcement: last or not, and how long
        rest.remove_prefix(1);
        const std::size_t length = head & 0x7f;
        framing.begin(length, head & 0x80);
        announced_too_much = announced_too_much || sent.size() + length > octets_max;
        const auto chunk = rest.substr(0, length);
        for (fuzz::Pieces pieces(chunk, seed); !pieces.empty();) {
            auto piece = pieces.next();
            framing.feed(piece, out);
            require(piece.empty());
        }
        sent += chunk;
        rest.remove_prefix(chunk.size());
        require(framing.left() == length - chunk.size());
    }
    require(framing.octets() == sent.size());
    if (announced_too_much) {
        require(framing.violation().has_value());
        return 0;
    }
    auto expected = body == Body::BinaryMime ? std::nullopt : fuzz::violation_of(sent, octets_max);
    // A CR at the end is bare only once nothing more can come.
    if (expected && !framing.is_complete() && !fuzz::violation_of(sent + "\n", octets_max + 1))
        expected.reset();
    require(framing.violation() == expected);
    require(expected || out == sent);
    return 0;
}
