#include "scan/rspamd_question.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

// Whatever a client said stays within its field.
std::string field_value(std::string_view text) {
    std::string value(text.substr(0, rspamd_field_octets_max));
    std::ranges::replace_if(value, is_control, '?');
    return value;
}

class RspamdHead {
public:
    explicit RspamdHead(std::string request) : text_(std::move(request)) {}
    void add(std::string_view name, std::string_view value) {
        if (!value.empty()) text_ += fmt::format("{}: {}\r\n", name, field_value(value));
    }
    bool has_room() const { return text_.size() + rspamd_field_octets_max < rspamd_head_octets_max; }
    std::string text() && { return std::move(text_) + "\r\n"; }

private:
    std::string text_;
};

}  // namespace

std::string rspamd_question(const ScanContext& context, std::uint64_t message_octets) {
    RspamdHead head(
        fmt::format("POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    "Content-Type: message/rfc822\r\nContent-Length: {}\r\n",
                    message_octets));
    const ClientFacts& client = context.client;
    if (client.endpoint) head.add("IP", client.endpoint->address.text());
    head.add("Helo", client.helo);
    head.add("Hostname", client.reverse_name);
    head.add("User", client.authenticated);
    const std::string_view tls = client.tls;
    const auto space = std::min(tls.find(' '), tls.size());
    head.add("TLS-Version", tls.substr(0, space));
    head.add("TLS-Cipher", tls.substr(std::min(space + 1, tls.size())));
    head.add("Queue-Id", context.queue_id);
    head.add("MTA-Name", context.own_name);
    head.add("From", path_text(context.sender));
    for (const Mailbox& recipient : context.recipients) {
        if (!head.has_room()) break;
        head.add("Rcpt", path_text(recipient));
    }
    return std::move(head).text();
}

}  // namespace cursus
