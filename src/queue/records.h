// The values of layout version 1, each beginning with its own version. Decoding is bounded, and its error is
// a sentence: what was stored is not what was meant, and nobody may act on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "mail/destination.h"
#include "mail/envelope.h"
#include "mail/handling.h"
#include "mail/reply.h"
#include "queue/layout.h"
#include "queue/queue.h"

namespace cursus {

using RecordError = std::string;  // for people
template <class T>
using Decoded = Result<T, RecordError>;

struct MessageRecord {
    Envelope envelope;
    std::uint32_t pieces = 0;             // of the body
    std::uint32_t recipients = 0;         // settled ones included
    std::optional<StoredHead> head = {};  // the last piece
    friend bool operator==(const MessageRecord&, const MessageRecord&) = default;
};
std::string encode(const MessageRecord& record);
Decoded<MessageRecord> decode_message(std::string_view bytes);

// What the last attempt that reached an answer was told.
struct LastAnswer {
    std::string host;  // empty: decided here
    Reply reply;
    WallTime at{};
    friend bool operator==(const LastAnswer&, const LastAnswer&) = default;
};

struct RecipientRecord {
    Mailbox address;
    std::string original;
    Notify notify;
    RecipientState state = RecipientState::Due;
    std::uint32_t attempts = 0;
    WallTime due{};
    Destination destination;
    std::optional<LastAnswer> last;
    std::optional<std::uint32_t> parent;  // the number of the recipient it was expanded from
    std::optional<Held> held;             // while it is in state Held
    Handling handling = {};
    std::optional<WallTime> released = {};  // the last time: it grows old from then on, not from its arrival
    bool was_warned = false;                // before it was held: its sender has heard that it takes long
    friend bool operator==(const RecipientRecord&, const RecipientRecord&) = default;
};
// Its entry in the one index it has: of what is due, or of what is held.
std::string index_key(const RecipientRecord& record, Lane lane, const RecipientKey& key);
std::string encode(const RecipientRecord& record);
Decoded<RecipientRecord> decode_recipient(std::string_view bytes);

inline constexpr std::size_t owed_recipients_max = 1'000;  // of one report; more make another

struct OwedRecord {
    OwedKind kind = OwedKind::Failed;
    std::vector<OwedRecipient> recipients;
    std::optional<ReversePath> sender = {};  // in place of the envelope's
};
std::string encode(const OwedRecord& record);
Decoded<OwedRecord> decode_owed(std::string_view bytes);

std::string encode(const SiteState& state);
Decoded<SiteState> decode_site(std::string_view bytes);

struct LeaseRecord {
    std::uint64_t holder = 0;  // random, new with every start
    WallTime since{};
    friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};
std::string encode(const LeaseRecord& record);
Decoded<LeaseRecord> decode_lease(std::string_view bytes);

std::string encode_count(std::uint32_t count);  // of the layout's version, of unnamed pieces
Decoded<std::uint32_t> decode_count(std::string_view bytes);

// A peer may answer at any length; what is kept of it has an end, never inside a UTF-8 character.
inline constexpr std::size_t kept_reply_bytes_max = 1'024;
Reply shortened(const Reply& reply);
Hold shortened(Hold hold);  // each of its words

}  // namespace cursus
