#include "queue/layout.h"

#include <algorithm>

#include "base/codec.h"

namespace cursus {
namespace {

constexpr std::size_t position_bytes = 1 + 8 + 8 + 4;

Encoder key_of(char kind, MessageId message, std::size_t room) {
    Encoder key(room);
    key.u8(static_cast<std::uint8_t>(kind));
    key.u64(message.value());
    return key;
}

// A decoder behind the kind's letter, or one that gives nothing.
Decoder inside(std::string_view key, char kind) {
    Decoder decoder(key);
    if (decoder.u8() != static_cast<std::uint8_t>(kind)) decoder.fail();
    return decoder;
}

}  // namespace

std::string message_key(MessageId message) {
    return key_of('m', message, 9).take();
}

std::string recipient_key(const RecipientKey& recipient) {
    auto key = key_of('r', recipient.message, 13);
    key.u32(recipient.number);
    return key.take();
}

std::string recipients_prefix(MessageId message) {
    return key_of('r', message, 9).take();
}

std::optional<RecipientKey> parse_recipient_key(std::string_view key) {
    auto decoder = inside(key, 'r');
    RecipientKey recipient;
    recipient.message = MessageId(decoder.u64());
    recipient.number = decoder.u32();
    if (!decoder.is_at_end()) return std::nullopt;
    return recipient;
}

Lane lane_of(int priority) {
    return static_cast<Lane>(priority_max - std::clamp(priority, -priority_max, priority_max));
}

std::string destination_prefix(std::string_view destination) {
    Encoder key(2 + destination.size());
    key.u8('d');
    key.raw(destination);
    key.u8(0);
    return key.take();
}

std::string lane_prefix(std::string_view destination, Lane lane) {
    auto key = destination_prefix(destination);
    key.push_back(static_cast<char>(lane));
    return key;
}

std::string due_key(std::string_view destination, Lane lane, const DuePosition& position) {
    Encoder key(2 + destination.size() + position_bytes);
    key.u8('d');
    key.raw(destination);
    key.u8(0);
    key.u8(lane);
    key.time(position.due);
    key.u64(position.recipient.message.value());
    key.u32(position.recipient.number);
    return key.take();
}

std::optional<DueEntry> parse_due_key(std::string_view key) {
    auto decoder = inside(key, 'd');
    const auto nul = decoder.rest().find('\0');
    if (nul == std::string_view::npos) return std::nullopt;
    DueEntry entry;
    entry.destination = decoder.raw(nul);
    decoder.u8();
    entry.lane = decoder.u8();
    entry.position.due = decoder.time();
    entry.position.recipient.message = MessageId(decoder.u64());
    entry.position.recipient.number = decoder.u32();
    if (!decoder.is_at_end() || entry.lane > lane_max) return std::nullopt;
    return entry;
}

std::string age_prefix(AgeStage stage) {
    Encoder key;
    key.u8('x');
    key.u8(static_cast<std::uint8_t>(stage));
    return key.take();
}

std::string age_key(const AgeEntry& entry) {
    Encoder key(18);
    key.u8('x');
    key.u8(static_cast<std::uint8_t>(entry.stage));
    key.time(entry.time);
    key.u64(entry.message.value());
    return key.take();
}

std::optional<AgeEntry> parse_age_key(std::string_view key) {
    auto decoder = inside(key, 'x');
    AgeEntry entry;
    entry.stage = decoder.choice(AgeStage::Look);
    entry.time = decoder.time();
    entry.message = MessageId(decoder.u64());
    if (!decoder.is_at_end()) return std::nullopt;
    return entry;
}

std::string owed_key(const OwedKey& owed) {
    auto key = key_of('o', owed.message, 17);
    key.u64(owed.number);
    return key.take();
}

std::string owed_of_prefix(MessageId message) {
    return key_of('o', message, 9).take();
}

std::optional<OwedKey> parse_owed_key(std::string_view key) {
    auto decoder = inside(key, 'o');
    OwedKey owed;
    owed.message = MessageId(decoder.u64());
    owed.number = decoder.u64();
    if (!decoder.is_at_end()) return std::nullopt;
    return owed;
}

std::string site_key(std::string_view site) {
    std::string key = "s";
    key.append(site);
    return key;
}

std::string unnamed_key(MessageId message) {
    return key_of('u', message, 9).take();
}

std::optional<MessageId> parse_unnamed_key(std::string_view key) {
    auto decoder = inside(key, 'u');
    const MessageId message(decoder.u64());
    if (!decoder.is_at_end()) return std::nullopt;
    return message;
}

std::string piece_key(MessageId message, std::uint32_t piece) {
    auto key = key_of('b', message, 13);
    key.u32(piece);
    return key.take();
}

std::string held_key(const HeldEntry& entry) {
    Encoder key(21);
    key.u8('h');
    key.time(entry.until);
    key.u64(entry.recipient.message.value());
    key.u32(entry.recipient.number);
    return key.take();
}

std::optional<HeldEntry> parse_held_key(std::string_view key) {
    auto decoder = inside(key, 'h');
    HeldEntry entry;
    entry.until = decoder.time();
    entry.recipient.message = MessageId(decoder.u64());
    entry.recipient.number = decoder.u32();
    if (!decoder.is_at_end()) return std::nullopt;
    return entry;
}

BodyPlace place_in(const BodyShape& shape, std::uint64_t offset) {
    std::uint64_t end = shape.size;
    if (shape.head && offset < shape.head->octets) {
        return {.piece = shape.pieces - 1,
                .inside = offset,
                .octets = std::min<std::uint64_t>(body_piece_bytes, shape.head->octets - offset)};
    }
    if (shape.head) {
        offset = offset - shape.head->octets + shape.head->in_place_of;
        end = end - shape.head->octets + shape.head->in_place_of;
    }
    const auto into = offset % body_piece_bytes;
    return {.piece = static_cast<std::uint32_t>(offset / body_piece_bytes),
            .inside = into,
            .octets = std::min(body_piece_bytes - into, end - offset)};
}

std::string after_key(std::string_view key) {
    std::string after(key);
    after.push_back('\0');
    return after;
}

}  // namespace cursus
