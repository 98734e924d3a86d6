// A peer's replies: the same in whatever pieces they come, bounded, and readable.
#include <vector>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "mail/reply_parser.h"
#include "smtp/client.h"

namespace cursus::fuzz {
namespace {

struct Heard {
    std::vector<Reply> replies;
    std::optional<ReplyFault> fault;
    bool is_between = true;
    friend bool operator==(const Heard&, const Heard&) = default;
};

bool listen(ReplyParser& parser, std::string_view input, Heard& heard) {
    while (const auto reply = parser.next(input)) {
        if (!*reply) {
            heard.fault = reply->error();
            return false;
        }
        heard.replies.push_back(**reply);
    }
    heard.is_between = parser.is_between_replies();
    return true;
}

void check(const Reply& reply) {
    require(reply.code() >= 200 && reply.code() <= 599);
    require(!reply.lines().empty() && reply.lines().size() <= reply_lines_max);
    for (const auto& line : reply.lines())
        require(!has_control(line) && line.size() <= reply_line_octets_max);
    require(!reply.status() || reply.status()->status_class == reply.code() / 100);
    require(reply.wire().ends_with("\r\n"));
    require(read_extensions(reply).auth.size() <= 32);
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    fuzz::Heard whole, torn;
    ReplyParser whole_parser, torn_parser;
    fuzz::listen(whole_parser, input.rest(), whole);
    fuzz::Pieces pieces(input.rest(), seed);
    while (!pieces.empty() && fuzz::listen(torn_parser, pieces.next(), torn)) {
    }
    if (whole.fault) whole.is_between = torn.is_between = true;
    fuzz::require(whole == torn);
    for (const auto& reply : whole.replies) fuzz::check(reply);
    return 0;
}
