#include "deliver/local_copy.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {

namespace {

std::string harmless(std::string text) {
    const auto is_harmless = [](char c) {
        return is_alpha(c) || is_digit(c) || std::string_view("!@%-_=+:,./").contains(c);
    };
    std::ranges::replace_if(text, [&](char c) { return !is_harmless(c); }, '_');
    return text;
}

}  // namespace

std::string head_of(const LocalCopy& copy) {
    return fmt::format("Return-Path: {}\nDelivered-To: {}\n", path_text(copy.work.envelope->sender),
                       copy.recipient.address.text());
}

std::string maildir_file_name(const LocalCopy& copy) {
    const auto arrived = copy.work.envelope->arrived.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(arrived);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(arrived - seconds);
    const auto& hostname = copy.ways.settings.hostname;
    const std::string host = hostname ? hostname->text() : "localhost";
    return fmt::format("{}.M{}Q{}R{}.{}", seconds.count(), rest.count(), copy.work.message.text(),
                       copy.recipient.key.number, host);
}

std::vector<std::string> environment_of(const LocalCopy& copy, const LocalAddress& address,
                                        const std::string& user, const std::string& home) {
    return {"PATH=/usr/local/bin:/usr/bin:/bin",
            "SHELL=/bin/sh",
            "HOME=" + home,
            "USER=" + user,
            "LOGNAME=" + user,
            "SENDER=" + harmless(bare_text(copy.work.envelope->sender)),
            "RECIPIENT=" + harmless(copy.recipient.address.text()),
            "LOCAL_PART=" + harmless(address.user),
            "DOMAIN=" + harmless(address.domain),
            "SUBADDRESS=" + harmless(address.detail),
            "MESSAGE_ID=" + copy.work.message.text()};
}

Task<Result<std::shared_ptr<const std::string>, std::string>> LocalContent::next() {
    if (is_at_end_) co_return std::make_shared<const std::string>();
    auto piece = co_await body_.piece(offset_);
    if (!piece) co_return failure(std::move(piece).error().what);
    offset_ += (*piece)->size();
    is_at_end_ = (*piece)->empty() || offset_ >= body_.size();
    std::string text = std::exchange(text_, {}) + line_ends_.to_lf(**piece);
    if (is_at_end_) text += line_ends_.end();
    co_return std::make_shared<const std::string>(std::move(text));
}

}  // namespace cursus
