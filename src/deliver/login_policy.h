// How we log in at a host that a route has an account at, and what it means when that does not work. Pure.
#pragma once

#include <string_view>

#include "mail/mechanism.h"
#include "route/route.h"
#include "smtp/client.h"

namespace cursus {

// The best mechanism that the host offers and the route allows. A password is shown inside TLS, and to hosts
// that nobody is in between of; elsewhere never. A failure says what is missing.
Result<Mechanism, DialogueFailure> login_mechanism(const Candidate& where, const SmtpClient& client);

// Whatever goes wrong is for now: it is our account that is at fault, not the mail.
DialogueFailure no_password(const Candidate& where, std::string_view why);
DialogueFailure login_failed(const Candidate& where, DialogueFailure failure);

// The account is not let in. The site's other hosts would say the same, and count it as another bad guess.
bool is_login_refused(const DialogueFailure& failure);

}  // namespace cursus
