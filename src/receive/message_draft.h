// A message between its last octet and its being kept: read by scanners, and changed as they and the rules
// want it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mail/header_edit.h"
#include "queue/queue.h"
#include "scan/message_source.h"
#include "scan/milter_body.h"

namespace cursus {

class MessageDraft {
public:
    // The first `trace_octets` of the intake are our own Received field.
    MessageDraft(Intake& intake, std::size_t trace_octets) : intake_(intake), trace_octets_(trace_octets) {}

    // As it stands now, our Received included.
    std::shared_ptr<MessageSource> source() const;

    // Where the edits count from: our own Received is not theirs to see, or the first field there is.
    enum class Counting : std::uint8_t { WithoutReceived, WithReceived };
    Task<Result<void, QueueError>> edit(std::vector<HeaderEdit> edits, Counting counting);
    // Keeps the header.
    Task<Result<void, QueueError>> replace_body(NewBody body);

private:
    Task<Result<std::string, QueueError>> head() const;

    Intake& intake_;
    std::size_t trace_octets_;
};

}  // namespace cursus
