// An event as a line: JSON for programs, a short form for people. Neither ever holds a control byte.
#pragma once

#include <string>

#include "journal/event_fields.h"

namespace cursus {

// {"at":"…","event":"accepted","session":"…","message":"…",…}; no line end. What is not UTF-8 becomes U+FFFD.
std::string json_line(const MailEvent& event);
void append_json_line(std::string& out, const MailEvent& event);
// 04:12:52.123 MESSAGE-ID accepted sender=<a@b.example> …; no line end. Control bytes are written as \xNN.
std::string human_line(const MailEvent& event);

}  // namespace cursus
