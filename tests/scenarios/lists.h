// Aliases and forward files of a scenario: who is behind the addresses that messages are sent to.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cursus {

struct PlannedLists {
    // Every local user, where they are users of the system; empty where any name is a mailbox.
    std::vector<std::string> users;
    std::map<std::string, std::vector<std::string>> aliases;   // local part to addresses
    std::map<std::string, std::vector<std::string>> forwards;  // user to addresses; its own: a copy stays

    bool empty() const { return aliases.empty() && forwards.empty(); }
};

// A mailbox that a message is to come to in the end, here or elsewhere.
struct PlannedEnd {
    std::string address;
    std::vector<std::string> named;  // the recipients that lead there
};

// All mailboxes behind the recipients, each once.
std::vector<PlannedEnd> ends_of(const PlannedLists& lists, const std::vector<std::string>& recipients);

}  // namespace cursus
