#include "adapters/store_manifest.h"

#include <algorithm>
#include <cstring>

#include "adapters/store_crc32c.h"

namespace cursus {
namespace {

// RocksDB's log format: blocks of 32 KiB hold fragments, each with a checksum, a length and its kind.
constexpr std::uint64_t block_bytes = 32768;
constexpr std::uint64_t fragment_header_bytes = 7;
enum class Fragment : std::uint8_t { Full = 1, First = 2, Middle = 3, Last = 4 };

std::uint32_t masked(std::uint32_t check) {
    constexpr std::uint32_t mask_delta = 0xa282ead8;
    return ((check >> 15) | (check << 17)) + mask_delta;
}

template <class T>
T integer_at(std::string_view content, std::uint64_t offset) {
    T value;
    std::memcpy(&value, content.data() + offset, sizeof value);
    return value;
}

}  // namespace

std::uint64_t whole_manifest_bytes(std::string_view content) {
    std::uint64_t at = 0, whole = 0;
    bool is_inside = false;  // a change of several fragments
    while (true) {
        const auto left_in_block = block_bytes - at % block_bytes;
        if (left_in_block < fragment_header_bytes) at += left_in_block;  // filled with zeros
        if (at + fragment_header_bytes > content.size()) return whole;
        const auto length = integer_at<std::uint16_t>(content, at + sizeof(std::uint32_t));
        const auto end = at + fragment_header_bytes + length;
        const bool fits =
            end <= content.size() && at % block_bytes + fragment_header_bytes + length <= block_bytes;
        if (!fits) return whole;
        const auto checked = content.substr(at + fragment_header_bytes - 1, std::uint64_t{length} + 1);
        if (masked(crc32c(checked)) != integer_at<std::uint32_t>(content, at)) return whole;
        const auto kind = static_cast<Fragment>(checked.front());
        const bool begins = kind == Fragment::Full || kind == Fragment::First;
        const bool goes_on = kind == Fragment::Middle || kind == Fragment::Last;
        if ((!begins && !goes_on) || begins == is_inside) return whole;
        at = end;
        is_inside = kind == Fragment::First || kind == Fragment::Middle;
        if (!is_inside) whole = at;
    }
}

}  // namespace cursus
