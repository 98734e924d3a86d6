// What `cursus verify` has found, for people and for programs.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "policy/callout_answer.h"
#include "policy/local_recipients.h"
#include "policy/sender_domain.h"

namespace cursus {

struct VerifyReport {
    // Of an address of this host.
    struct Here {
        std::optional<RecipientRefusal> refusal;
        std::string who;  // "maildir:/users/bob/Maildir, as bob"
    };
    std::string address;
    std::optional<Here> here;
    DomainAnswer domain;  // of an address elsewhere
    std::optional<CalloutAnswer> callout;
};

std::string as_text(const VerifyReport& report);
nlohmann::json as_json(const VerifyReport& report);
// sysexits.h: 0, EX_NOUSER when mail for it would be refused, EX_TEMPFAIL when that cannot be told now.
int exit_code(const VerifyReport& report);

}  // namespace cursus
