// What `cursus route` has found, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mail/reply.h"
#include "route/expansion.h"
#include "route/local_routing.h"
#include "route/route.h"

namespace cursus {

struct RouteReport {
    // Of one leaf of the expansion.
    struct End {
        std::optional<Reply> failure;
        std::string destination;
        Route route;
        std::string place;  // of a mailbox here: "maildir:/users/bob/Maildir, as bob"
    };
    std::string address;
    std::optional<Reply> trouble;  // nothing can be told now
    Expansion expansion;
    std::vector<End> ends;  // one a leaf
};

std::string as_text(const RouteReport& report);
nlohmann::json as_json(const RouteReport& report);
int exit_code(const RouteReport& report);  // sysexits.h: 0, EX_NOUSER when it goes nowhere, EX_TEMPFAIL

// Where a leaf that stays here is written.
Task<std::string> place_of(const LocalRouting& local, const Leaf& leaf);
std::string person_text(const PersonHit& person, const LocalRouting& local);

std::vector<std::string> address_texts(const RemoteHost& host);
nlohmann::json hosts_json(const std::vector<std::vector<RemoteHost>>& preferences);

}  // namespace cursus
