// What the fuzz targets share. A target aborts when something that must hold does not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace cursus::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

// The fuzzer's octets: some are taken as numbers, what is left is the input proper.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
    std::uint8_t number() {
        if (rest_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

// Cuts a text into pieces whose lengths wander with the seed, so that every place is cut at some time.
class Pieces {
public:
    Pieces(std::string_view text, std::uint8_t seed) : rest_(text), state_(seed | 0x100U) {}
    bool empty() const { return rest_.empty(); }
    std::string_view next() {
        state_ = state_ * 1103515245U + 12345U;
        const std::size_t spread = state_ >> 24 & 1 ? 3 : 150;
        const auto piece = rest_.substr(0, 1 + (state_ >> 16) % spread);
        rest_.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view rest_;
    std::uint32_t state_;
};

}  // namespace cursus::fuzz
