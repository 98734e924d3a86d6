#include "base/fingerprint.h"

#include <bit>
#include <string>

#include "base/codec.h"

namespace cursus {
namespace {

// The names are those of the paper.
struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
            v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
        }
    }
    void take(std::uint64_t word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }
    std::uint64_t outcome() {
        rounds(4);
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

std::uint64_t little_endian(std::string_view octets) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < octets.size(); ++i)
        word |= std::uint64_t{static_cast<unsigned char>(octets[i])} << 8 * i;
    return word;
}

}  // namespace

Fingerprint fingerprint(const FingerprintKey& key, std::string_view text) {
    constexpr std::size_t word_octets = 8;
    SipState state{key.first ^ 0x736f6d6570736575, key.second ^ 0x646f72616e646f6d ^ 0xee,
                   key.first ^ 0x6c7967656e657261, key.second ^ 0x7465646279746573};
    const std::uint64_t length = text.size();
    for (; text.size() >= word_octets; text.remove_prefix(word_octets))
        state.take(little_endian(text.substr(0, word_octets)));
    state.take(little_endian(text) | length << 56);
    state.v2 ^= 0xee;
    const std::uint64_t first = state.outcome();
    state.v1 ^= 0xdd;
    return {first, state.outcome()};
}

Fingerprint Fingerprinter::of(std::initializer_list<std::string_view> parts) const {
    std::size_t octets = 0;
    for (const std::string_view part : parts) octets += part.size() + sizeof(std::uint32_t);
    Encoder text(octets);
    for (const std::string_view part : parts) text.text(part);
    return fingerprint(key_, text.take());
}

}  // namespace cursus
