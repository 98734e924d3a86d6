// The MANIFEST of the index, RocksDB's own log of its changes: how much of it is whole.
#pragma once

#include <cstdint>
#include <string_view>

namespace cursus {

// The octets up to the end of the last change before the first that is not there in full. A change that was
// being written when the power went may have reached the medium in any of its pieces; RocksDB forgives a log
// that ends early, but takes a piece in the wrong place for damage.
std::uint64_t whole_manifest_bytes(std::string_view content);

}  // namespace cursus
