// A session that did happen, out of its events in the journal: for `cursus explain --session`.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "main/imagined_session.h"
#include "policy/found.h"

namespace cursus {

struct SessionRecord {
    std::string listener;
    // Messages are not kept: where there was one there is a stand-in (stand_in.h). Recipients that rules or
    // milters added look like the client's own.
    ImaginedClient client;
    bool has_stand_in = false;
    std::vector<LookedUp> of_milters;  // what they answered
};

SessionRecord session_record(const nlohmann::json& events);

std::string bare_path(std::string path);  // without its brackets
// Of an event "looked_up".
Found found_in(const nlohmann::json& event);

}  // namespace cursus
