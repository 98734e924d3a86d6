// Octets out and in: what records and messages between processes are made of. Reading is bounded and never
// trusts a length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace cursus {

class Encoder {
public:
    explicit Encoder(std::size_t expected_bytes = 0) { out_.reserve(expected_bytes); }

    void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void u32(std::uint32_t value) { big_endian(value, 4); }
    void u64(std::uint64_t value) { big_endian(value, 8); }
    // In the order of time as octets sort, before the epoch too.
    void time(WallTime value);
    void raw(std::string_view bytes) { out_.append(bytes); }
    void text(std::string_view bytes);  // its length first
    std::string take() { return std::move(out_); }

private:
    void big_endian(std::uint64_t value, int octets);
    std::string out_;
};

// Once something is missing or out of bounds every later read gives nothing, and is_good() stays false.
class Decoder {
public:
    explicit Decoder(std::string_view bytes) : left_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
    std::uint64_t u64() { return big_endian(8); }
    WallTime time();
    std::string_view raw(std::size_t count);
    std::string_view text();
    // A value of an enum whose enumerators count from 0 to `last`.
    template <class Enum>
    Enum choice(Enum last) {
        const auto value = u8();
        if (value > static_cast<std::uint8_t>(last)) fail();
        return is_good_ ? static_cast<Enum>(value) : Enum{};
    }
    bool yes_or_no();
    // How many of something follow, each of which takes at least one octet.
    std::size_t count();

    void fail() {
        is_good_ = false;
        left_ = {};
    }
    bool is_good() const { return is_good_; }
    bool is_at_end() const { return is_good_ && left_.empty(); }
    std::string_view rest() const { return left_; }

private:
    std::uint64_t big_endian(int octets);
    std::string_view left_;
    bool is_good_ = true;
};

}  // namespace cursus
