#include "base/codec.h"

namespace cursus {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

}  // namespace

void Encoder::big_endian(std::uint64_t value, int octets) {
    for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8)
        out_.push_back(static_cast<char>(value >> shift));
}

void Encoder::time(WallTime value) {
    u64(static_cast<std::uint64_t>(value.time_since_epoch().count()) ^ sign_bit);
}

void Encoder::text(std::string_view bytes) {
    u32(static_cast<std::uint32_t>(bytes.size()));
    out_.append(bytes);
}

std::uint64_t Decoder::big_endian(int octets) {
    const auto bytes = raw(static_cast<std::size_t>(octets));
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

WallTime Decoder::time() {
    const auto octets = u64();
    if (!is_good_) return {};
    return WallTime(WallTime::duration(static_cast<std::int64_t>(octets ^ sign_bit)));
}

std::string_view Decoder::raw(std::size_t count) {
    if (count > left_.size()) {
        fail();
        return {};
    }
    const auto bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return bytes;
}

std::string_view Decoder::text() {
    const auto length = u32();
    return raw(length);
}

bool Decoder::yes_or_no() {
    const auto value = u8();
    if (value > 1) fail();
    return is_good_ && value == 1;
}

std::size_t Decoder::count() {
    const auto value = u32();
    if (value > left_.size()) fail();
    return is_good_ ? value : 0;
}

}  // namespace cursus
