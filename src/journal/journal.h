// What `cursus trace` searches: every event under the ids it belongs to, and ids under the addresses they
// concern.
#pragma once

#include <string>
#include <vector>

#include "journal/event_stream.h"
#include "runtime/archive.h"

namespace cursus {

class JournalReader final : public EventReader {
public:
    JournalReader(Archive& archive, EventSink& trouble) : archive_(archive), trouble_(trouble) {}
    void read(std::span<const MailEvent> events) override;

private:
    Archive& archive_;
    EventSink& trouble_;  // told once when the archive fails, and once when it works again
    bool is_failing_ = false;
    std::uint32_t sequence_ = 0;  // tells events of one microsecond apart
};

// Events of one message or session, oldest first, as JSON lines; at most `limit`.
Result<std::vector<std::string>, StoreError> trace_id(const Archive& archive, std::uint64_t id,
                                                      std::size_t limit);

// Ids of messages and sessions that concern an address as sender or recipient, newest first; at most `limit`.
Result<std::vector<std::uint64_t>, StoreError> trace_address(const Archive& archive, std::string_view address,
                                                             std::size_t limit);

}  // namespace cursus
