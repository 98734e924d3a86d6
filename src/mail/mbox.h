// The text of a mailbox file ("mbox", RFC 4155), as most programs write and read it.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace cursus {

// The line that begins a message, RFC 4155 appendix A: "From sender timestamp", the time as asctime() prints
// it, in UTC. The null path is MAILER-DAEMON; blanks and control characters of a quoted local part become
// "_", since readers split the line at blanks.
std::string from_line(std::string_view envelope_sender, WallTime at);

// Quotes the lines that would look like such a line, by putting ">" before those that begin with any number
// of ">" (none included) and then "From ": this can be undone, as quoting "From " alone cannot. In pieces.
class FromQuoting {
public:
    std::string add(std::string_view piece);
    // What is still held back, and the end of line and the empty line that every message ends with.
    std::string end();

private:
    // What the line has been so far.
    enum class Line : unsigned char { Undecided, Plain };
    void take(char c, std::string& out);
    std::string held() const;

    Line line_ = Line::Undecided;
    std::size_t angles_ = 0, matched_ = 0;  // of an undecided line: how many ">", and how much of "From "
};

}  // namespace cursus
