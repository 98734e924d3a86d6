// The sender as greylisting knows it: without what changes from message to message.
#pragma once

#include <string>

#include "mail/mailbox.h"

namespace cursus {

// Bulk senders and lists put numbers and tokens into each message's return path (VERP, BATV, SRS), and some
// put another one into each attempt, which would never pass (RFC 6647 §4.2). So of the local part, in lower
// case,
// `#` stands for all that follows the first `+`, and for every word (letters and digits between other
// characters) that has a digit, that is four or more letters out of a to f, or that is longer than 20 octets;
// words that are `#` side by side are one:
//   bounces+1234-5f=julius=rome.example@list.example   bounces+#@list.example
//   prvs=0234af5c=ann@b.example                        prvs=#=ann@b.example
//   msg-3f2a-cafe-77.news@b.example                    msg-#.news@b.example
// The null path is "<>".
std::string greylist_sender(const ReversePath& sender);

}  // namespace cursus
