// A message between its last octet and its being kept: read by scanners, and changed as they and the rules
// want it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mail/header_edit.h"
#include "queue/queue.h"
#include "scan/message_source.h"
#include "scan/milter_body.h"

namespace cursus {

class MessageDraft final : public BodyRoom {
public:
    // `trace`: our own Received field, which the intake begins with. Both outlive this.
    MessageDraft(Intake& intake, std::string_view trace) : intake_(intake), trace_(trace) {}

    std::string_view trace() const { return trace_; }
    // As it stands now, our Received included.
    std::shared_ptr<MessageSource> source() const;

    // What the edits are of: all up to the empty line, from behind our own Received, which is not theirs to
    // see, or from the first field; or what milters are shown as header, which ends at a line that is no
    // field.
    enum class Counting : std::uint8_t { WithoutReceived, WithReceived, AsShownToMilters };
    Task<Result<void, QueueError>> edit(std::vector<HeaderEdit> edits, Counting counting);
    // In the queue's memory for bodies, of which replace_body() takes it.
    Task<Result<void, std::string>> reserve(std::uint64_t octets) override;
    // Keeps the header.
    Task<Result<void, QueueError>> replace_body(NewBody body);

private:
    struct Header {
        std::string fields;  // each with its CRLF, but for the last where the message ends with it
        bool is_whole;       // false: it is longer than a header may be
    };
    enum class Ends : std::uint8_t { AtEmptyLine, AtLineThatIsNoField };
    Task<Result<Header, QueueError>> header(Ends ends) const;
    std::size_t behind_trace(std::string_view header) const;

    Intake& intake_;
    std::string_view trace_;
};

}  // namespace cursus
