#include "receive/refusal.h"

#include <utility>

#include <fmt/format.h>

namespace cursus {

Refusal refusal(Reply reply, std::string rule) {
    const bool is_end = reply.code() == 421 || reply.code() == 521;
    return {std::move(reply), std::move(rule), is_end ? Afterwards::Close : Afterwards::GoOn};
}

Reply with_record(const Reply& reply, SessionId session) {
    std::vector<std::string> lines = reply.lines();
    lines.back() += fmt::format("{}({})", lines.back().empty() ? "" : " ", session.text());
    return {reply.code(), reply.status(), std::move(lines)};
}

}  // namespace cursus
