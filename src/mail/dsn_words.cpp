#include <algorithm>
#include <array>

#include "mail/dsn.h"

namespace cursus {
namespace {

struct Words {
    std::uint16_t subject, detail;  // RFC 3463 §3, RFC 5248's registry
    std::string_view text;
};

constexpr std::array words{
    Words{1, 1, "There is no such mailbox there. Please check the address for typing mistakes."},
    Words{1, 2,
          "The part of the address behind the @ does not exist or cannot receive mail. Please check it for "
          "typing mistakes."},
    Words{1, 3, "The address is not written correctly. Please check it for typing mistakes."},
    Words{1, 6, "The mailbox has moved, and its new address is not known here."},
    Words{1, 7, "The other mail server did not like the way your own address is written."},
    Words{1, 8, "The other mail server does not believe that your own address can receive mail."},
    Words{1, 10, "The part of the address behind the @ says that it receives no mail at all."},
    Words{2, 1, "The mailbox is switched off and takes no messages."},
    Words{2, 2, "The mailbox is full."},
    Words{2, 3, "The message is too large for this mailbox."},
    Words{3, 1, "The other mail server has no room left."},
    Words{3, 2, "The other mail server is not taking messages at the moment."},
    Words{3, 4, "The message is too large for the other mail server."},
    Words{4, 1, "The mail server of the recipient could not be reached."},
    Words{4, 2, "The connection to the mail server of the recipient kept breaking."},
    Words{4, 3, "It could not be found out where mail for this address has to go."},
    Words{4, 4, "It could not be found out where mail for this address has to go."},
    Words{4, 6, "The message was going round in circles between mail servers."},
    Words{4, 7, "The message could not be delivered in time."},
    Words{6, 3, "The message has content in a form that the other mail server cannot take."},
    Words{6, 7, "The address has characters that the other mail server cannot handle."},
    Words{6, 9, "The message has characters in its header that the other mail server cannot handle."},
};

std::string_view words_of_subject(std::uint16_t subject) {
    switch (subject) {
        case 1:
            return "The other mail server did not accept the address.";
        case 2:
            return "The mailbox could not take the message.";
        case 4:
            return "The mail server of the recipient could not be reached.";
        case 6:
            return "The other mail server cannot handle the content of the message.";
        case 7:
            return "The other mail server's rules do not allow the message.";
        default:
            return "The other mail server did not take the message.";
    }
}

}  // namespace

std::string plain_words(const std::optional<Reply>& reply) {
    if (!reply) return "The message could not be delivered so far.";
    if (!reply->status()) return std::string(words_of_subject(0));
    const auto& status = *reply->status();
    const auto exact = std::ranges::find_if(words, [&status](const Words& entry) {
        return entry.subject == status.subject && entry.detail == status.detail;
    });
    return std::string(exact != words.end() ? exact->text : words_of_subject(status.subject));
}

}  // namespace cursus
