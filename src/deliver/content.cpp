#include "deliver/content.h"

#include <algorithm>

#include <fmt/format.h>

namespace cursus {

namespace {

bool has_eight_bit(std::string_view octets) {
    return std::ranges::any_of(octets, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool needs_smtputf8(const ReversePath& sender) {
    const auto* mailbox = std::get_if<Mailbox>(&sender);
    return mailbox != nullptr && mailbox->needs_smtputf8();
}

Reply utf8_refused() {
    return {550, Status{5, 6, 7}, "The next host does not take internationalised addresses (SMTPUTF8)"};
}

}  // namespace

void EightBitScan::add(std::string_view piece) {
    constexpr std::string_view empty_line = "\r\n\r\n";
    if (is_past_header_) {
        in_body_ = in_body_ || has_eight_bit(piece);
        return;
    }
    const std::string joined = tail_ + std::string(piece);
    const auto end = joined.find(empty_line);
    if (end == std::string::npos) {
        in_header_ = in_header_ || has_eight_bit(piece);
        tail_ = joined.substr(joined.size() - std::min(joined.size(), empty_line.size() - 1));
        return;
    }
    is_past_header_ = true;
    in_header_ = in_header_ || has_eight_bit(std::string_view(joined).substr(0, end));
    in_body_ = has_eight_bit(std::string_view(joined).substr(end));
}

Task<Result<EightBitScan, QueueError>> scan_content(std::shared_ptr<MessageBody> body) {
    EightBitScan scan;
    std::uint64_t offset = 0;
    while (true) {
        CO_TRY(piece, co_await body->piece(offset));
        if (!piece || piece->empty()) co_return scan;
        scan.add(*piece);
        offset += piece->size();
    }
}

bool needs_scan(const Envelope& envelope, const Extensions& peer) {
    return (envelope.body != Body::SevenBit && !peer.eight_bit_mime) || (envelope.smtputf8 && !peer.smtputf8);
}

std::optional<Reply> unmet(const Envelope& envelope, const Extensions& peer, const EightBitScan* scan) {
    if (peer.size.value_or(0) != 0 && envelope.size > *peer.size)
        return Reply{
            552, Status{5, 3, 4},
            fmt::format("The message has {} octets, the next host takes {}", envelope.size, *peer.size)};
    if (scan == nullptr) return std::nullopt;
    if (!peer.smtputf8 && (needs_smtputf8(envelope.sender) || (envelope.smtputf8 && scan->in_header())))
        return utf8_refused();
    if (!peer.eight_bit_mime && envelope.body != Body::SevenBit && (scan->in_body() || scan->in_header()))
        return Reply{554, Status{5, 6, 3}, "The message has 8-bit content, the next host does not take it"};
    return std::nullopt;
}

std::optional<Reply> unmet(const Mailbox& recipient, const Extensions& peer) {
    if (peer.smtputf8 || !recipient.needs_smtputf8()) return std::nullopt;
    return utf8_refused();
}

}  // namespace cursus
