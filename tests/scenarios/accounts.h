// What became of the mail of a scenario, as the world outside the program saw it.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "sim/world.h"
#include "tests/scenarios/town.h"

namespace cursus {

// One copy for one recipient, at a server or in a mailbox.
struct Delivery {
    std::string token, recipient;
    Instant began{}, at{};  // not known of mailboxes
    SunkMessage::Answer answer = SunkMessage::Answer::Confirmed;
    MessageId message;  // the program's, from its trace field
    std::string text;
    bool is_local = false;
};

// One recipient in one notification that reached the sender.
struct Notice {
    std::string token, recipient, action;  // "failed", "delayed"
    std::string notification;              // Message-ID of the notification
    Instant at{};
    SunkMessage::Answer answer = SunkMessage::Answer::Confirmed;
    MessageId message;  // of the notification
    std::string envelope_recipient;
};

struct Accounts {
    std::vector<Delivery> deliveries;
    std::vector<Notice> notices;
    std::vector<std::string> oddities;  // what is neither
};
Accounts collect_accounts(SimWorld& sim, const Town& town);

// The value of the first header field of that name; empty without one.
std::string header_field(std::string_view text, std::string_view name);

}  // namespace cursus
