#include "mail/message_id.h"

#include "mail/address_list.h"
#include "mail/comments.h"

namespace cursus {

// It is written like an address in angle brackets, with neither a name nor a route before it.
bool is_message_id(std::string_view body) {
    const auto begin = skip_space_and_comments(body, 0);
    if (begin >= body.size() || body[begin] != '<') return false;
    AddressList addresses(body);
    const auto id = addresses.next();
    if (!id || !id->domain || skip_space_and_comments(body, begin + 1) != id->offset) return false;
    const auto end = skip_space_and_comments(body, id->offset + id->length);
    return addresses.is_clean() && end < body.size() && skip_space_and_comments(body, end + 1) == body.size();
}

}  // namespace cursus
