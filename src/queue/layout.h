// The keys of layout version 1. Numbers and times are big-endian, so that octets sort as they do.
//
//   V                                    the layout's version
//   l                                    the lease of whoever works on this queue
//   m<message>                           message record
//   r<message><number>                   recipient record
//   d<destination>\0<lane><due><message><number>   due index: every recipient in state Due, nothing else
//   x<stage><time><message>              messages with unsettled recipients, by what comes next for their age
//   o<message><number>                   an owed report
//   s<site>                              a site's trouble
//   u<message>                           how many pieces are kept of a body that has no message record yet
//   h<until><message><number>            index of the held: every recipient in state Held, nothing else
//   blob b<message><piece>               a body's piece: 256 KiB each, the last one shorter; behind it the
//   head
//                                        that replaced the body's first octets, if that came too late
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "mail/destination.h"
#include "queue/queue.h"

namespace cursus {

inline constexpr std::uint32_t layout_version = 1;
inline constexpr std::size_t body_piece_bytes = 256 * 1024;
inline constexpr std::size_t destination_bytes_max = 300;

inline constexpr std::string_view version_key = "V";
inline constexpr std::string_view lease_key = "l";

std::string message_key(MessageId message);
std::string recipient_key(const RecipientKey& recipient);
std::string recipients_prefix(MessageId message);
std::optional<RecipientKey> parse_recipient_key(std::string_view key);

// Priorities 9 to -9 (RFC 6710) as lanes 0 to 18: the more urgent sorts first.
using Lane = std::uint8_t;
inline constexpr Lane lane_max = 18;
Lane lane_of(int priority);

// A recipient's place among those of one destination and lane.
struct DuePosition {
    WallTime due{};
    RecipientKey recipient;
    friend auto operator<=>(const DuePosition&, const DuePosition&) = default;
};
struct DueEntry {
    Destination destination;
    Lane lane = 0;
    DuePosition position;
};
inline constexpr std::string_view due_prefix = "d";
std::string destination_prefix(std::string_view destination);  // with the NUL
std::string lane_prefix(std::string_view destination, Lane lane);
std::string due_key(std::string_view destination, Lane lane, const DuePosition& position);
std::optional<DueEntry> parse_due_key(std::string_view key);

// What a message's age brings next. Look came later: a release that does not know it never looks there, and
// gives such messages up only when one of their deferrals comes too late.
enum class AgeStage : std::uint8_t {
    Warn,    // of all recipients, by [retry]
    GiveUp,  // the same
    Look,    // recipients have times of their own ([[domain]]): when the next of any of them comes
};
struct AgeEntry {
    AgeStage stage = AgeStage::Warn;
    WallTime time{};  // Warn, GiveUp: when it arrived, so that a new [retry] holds for old messages too
    MessageId message;
};
std::string age_prefix(AgeStage stage);
std::string age_key(const AgeEntry& entry);
std::optional<AgeEntry> parse_age_key(std::string_view key);

struct OwedKey {
    MessageId message;
    std::uint64_t number = 0;
    friend auto operator<=>(const OwedKey&, const OwedKey&) = default;
};
inline constexpr std::string_view owed_prefix = "o";
std::string owed_key(const OwedKey& owed);
std::string owed_of_prefix(MessageId message);
std::optional<OwedKey> parse_owed_key(std::string_view key);

std::string site_key(std::string_view site);

inline constexpr std::string_view unnamed_prefix = "u";
std::string unnamed_key(MessageId message);
std::optional<MessageId> parse_unnamed_key(std::string_view key);

// Every recipient that is held, by when that ends; without an end last, at the end of time.
struct HeldEntry {
    WallTime until{};
    RecipientKey recipient;
    friend auto operator<=>(const HeldEntry&, const HeldEntry&) = default;
};
inline constexpr std::string_view held_prefix = "h";
std::string held_key(const HeldEntry& entry);
std::optional<HeldEntry> parse_held_key(std::string_view key);

std::string piece_key(MessageId message, std::uint32_t piece);

// A head of its own, for a body whose first pieces were in the store when its head was changed: nothing kept
// is ever written again, so it is one piece more, behind the body's, and stands in place of the body's first
// octets.
struct StoredHead {
    std::uint64_t octets = 0;       // its own
    std::uint64_t in_place_of = 0;  // so many of the body's
    friend bool operator==(const StoredHead&, const StoredHead&) = default;
};
// Where a body's octets lie in the store.
struct BodyShape {
    std::uint64_t size = 0;
    std::uint32_t pieces = 0;  // the head's included
    std::optional<StoredHead> head = {};
};
struct BodyPlace {
    std::uint32_t piece = 0;
    std::uint64_t inside = 0;  // of the piece
    std::uint64_t octets = 0;  // from there on, body_piece_bytes at most
};
BodyPlace place_in(const BodyShape& shape, std::uint64_t offset);  // of an offset before the end

// The first key after `key`.
std::string after_key(std::string_view key);

}  // namespace cursus
