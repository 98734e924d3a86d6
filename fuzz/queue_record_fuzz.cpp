// The queue's keys and records: whatever lies in the store, reading it ends in a value or an error, and a
// value is written back as it was read.
#include <string>

#include "fuzz/fuzz.h"
#include "queue/layout.h"
#include "queue/records.h"

namespace {

using cursus::fuzz::require;

template <class Decode>
void read_back(std::string_view bytes, Decode decode) {
    const auto record = decode(bytes);
    if (!record) return require(!record.error().empty());
    const auto again = decode(encode(*record));
    require(again.has_value());
    require(encode(*again) == encode(*record));
}

void read_keys(std::string_view key) {
    using namespace cursus;
    if (const auto recipient = parse_recipient_key(key)) require(recipient_key(*recipient) == key);
    if (const auto due = parse_due_key(key))
        require(due_key(due->destination, due->lane, due->position) == key);
    if (const auto age = parse_age_key(key)) require(age_key(*age) == key);
    if (const auto held = parse_held_key(key)) require(held_key(*held) == key);
    if (const auto owed = parse_owed_key(key)) require(owed_key(*owed) == key);
    if (const auto unnamed = parse_unnamed_key(key)) require(unnamed_key(*unnamed) == key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_keys(bytes);
    read_back(bytes, decode_message);
    read_back(bytes, decode_recipient);
    read_back(bytes, decode_owed);
    read_back(bytes, decode_site);
    read_back(bytes, decode_lease);
    return 0;
}
