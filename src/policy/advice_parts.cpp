#include "policy/advice_parts.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text.h"
#include "mail/header.h"

namespace cursus {
namespace {

constexpr std::size_t quoted_octets_max = 100;  // of what makes no sense, in an error

std::string quoted_piece(std::string_view text) {
    return fmt::format("\"{}\"", printable(text.substr(0, quoted_octets_max)));
}

std::string_view own_words(int code) {
    return code / 100 == 5 ? "Refused by a policy of this site"
                           : "Not now, by a policy of this site; try again later";
}

}  // namespace

std::string advised_text(std::string_view text) {
    std::string safe(text.substr(0, advised_text_octets_max));
    std::ranges::replace_if(safe, [](char c) { return !is_printable(c); }, '?');
    return safe;
}

Reply advised_reply(int code, std::string_view text) {
    assert(code / 100 == 4 || code / 100 == 5);
    const auto class_of_code = static_cast<std::uint8_t>(code / 100);
    Status status{class_of_code, 7, 1};
    const auto word = text.substr(0, text.find(' '));
    if (const auto written = Status::parse(word)) {
        status = {class_of_code, written->subject, written->detail};
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return {code, status, advised_text(text.empty() ? own_words(code) : text)};
}

Result<AdvisedField, std::string> advised_field(std::string_view name, std::string_view body) {
    if (!is_field_name(name))
        return failure(fmt::format("{} is no name of a header field", quoted_piece(name)));
    constexpr std::string_view separator = ": ";
    if (name.size() + separator.size() + body.size() > advised_field_octets_max)
        return failure(fmt::format("the header field {} is too long", quoted_piece(name)));
    const auto may_stand = [](char c) { return is_printable(c) || c == '\t'; };
    if (!std::ranges::all_of(body, may_stand))
        return failure(
            fmt::format("the header field {} is not one line of printable ASCII", quoted_piece(name)));
    return AdvisedField{std::string(name), std::string(body)};
}

Result<Mailbox, std::string> advised_mailbox(std::string_view address) {
    auto mailbox = Mailbox::parse(address);
    if (!mailbox) return failure(fmt::format("{} is no address", quoted_piece(address)));
    return *std::move(mailbox);
}

}  // namespace cursus
