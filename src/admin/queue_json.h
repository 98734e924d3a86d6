// The queue's answers as JSON, and its filter as a request has it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "admin/http.h"
#include "queue/queue.h"

namespace cursus {

nlohmann::json json_of(const ListedRecipient& recipient);
nlohmann::json json_of(const DestinationSummary& destination);
nlohmann::json json_of(MessageId id, const Envelope& envelope);

struct Selection {
    QueueFilter filter;
    std::string from;
    bool is_said = false;  // something is named, or everything is meant
};
// The error is a sentence.
Result<Selection, std::string> selection_of(const AdminRequest& request);

}  // namespace cursus
