// One recipient's copy of a message as it is written here: what stands before it, and its lines.
#pragma once

#include <string>
#include <vector>

#include "deliver/maildir.h"
#include "deliver/ways.h"
#include "queue/queue.h"
#include "route/local_address.h"
#include "runtime/deputy.h"

namespace cursus {

struct LocalCopy {
    const Work& work;
    const DueRecipient& recipient;
    const Ways& ways;
};

// Return-Path and Delivered-To, lines end in LF. RFC 5321 §4.4: final delivery puts the reverse path before
// everything else; RFC 9228: where it was delivered to.
std::string head_of(const LocalCopy& copy);

// The same for every attempt, so that a delivery that is done once more replaces what the first one left.
std::string maildir_file_name(const LocalCopy& copy);

// All that a command finds in its environment. What came from the network is in there with everything but
// letters, digits and a few marks replaced.
std::vector<std::string> environment_of(const LocalCopy& copy, const LocalAddress& address,
                                        const std::string& user, const std::string& home);

// The head and the message, for whoever writes it as another user. What it is given outlives it.
class LocalContent final : public Content {
public:
    explicit LocalContent(const LocalCopy& copy) : body_(*copy.work.body), text_(head_of(copy)) {}
    Task<Result<std::shared_ptr<const std::string>, std::string>> next() override;

private:
    MessageBody& body_;
    std::string text_;  // what goes before the next piece
    LineEnds line_ends_;
    std::uint64_t offset_ = 0;
    bool is_at_end_ = false;
};

}  // namespace cursus
