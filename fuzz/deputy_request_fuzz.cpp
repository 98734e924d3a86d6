// What the deputy reads, with root's rights, from a server that may be in anybody's hands: it ends in a
// request that nothing is to be said against, which is written as it was read, or in an error.
#include "adapters/deputy_protocol.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const std::string_view packet(reinterpret_cast<const char*>(data), size);
    const auto request = decode_deputy_request(packet);
    if (!request) {
        fuzz::require(!request.error().empty());
        return 0;
    }
    fuzz::require(refusal_of(*request).empty());
    fuzz::require((request->uid != 0) != std::holds_alternative<PamQuestion>(request->work));
    fuzz::require(encode(*request) == packet);
    return 0;
}
