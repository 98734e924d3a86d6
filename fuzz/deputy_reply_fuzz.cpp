// What the server reads from a process that runs as some user: it ends in a reply, which is written as it was
// read, or in an error.
#include "adapters/deputy_protocol.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reply = decode_deputy_reply(text);
    fuzz::require(reply ? encode(*reply) == text : !reply.error().empty());
    return 0;
}
