// Dialogues as text, run against a session. Lines of a transcript:
//     S: 250 OK        the server says exactly this; "..." stands for anything
//     C: EHLO x        the client says this and CRLF; lines that follow one another are sent at once
//     C~ raw\r\n\0     the client sends these octets (\r \n \0 \t \\ and \xHH are escapes) and nothing more
//     C! tls           the client begins a TLS handshake;  C! closes, C! resets, C! is silent
//     S! closes        the server ends the connection
//     # ...            a remark
// Before the first of them, what differs from a small site: "client: 192.0.2.1", "tls: starttls", "service:
// lmtp", "account: NAME PASSWORD" (AUTH is then offered), "accounts: down", "loopback: clear", "limit:
// recipients 2", "store: full at begin" (full, memory or broken; at begin, append or commit), "cut: never"
// (what is said at once must also arrive at once). Behind the last of them: "kept: 1", the number of messages
// taken.
#pragma once

#include <cstdint>
#include <string_view>

#include "receive/tests/session_world.h"

namespace cursus {

// How a client's octets are cut into what the server reads at once.
enum class Cut : std::uint8_t { Whole, Octets, AtRandom };

// Fails the running test where the dialogue differs. A new world unless one is given.
void converse(std::string_view transcript, Cut cut = Cut::Whole, std::uint64_t seed = 0);
void converse(SessionWorld& world, std::string_view transcript, Cut cut = Cut::Whole, std::uint64_t seed = 0);

}  // namespace cursus
