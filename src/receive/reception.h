// One message between the wire and the queue: its octets are read, checked, counted and handed on as they
// come.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "mail/data_framing.h"
#include "mail/envelope.h"
#include "mail/header.h"
#include "mail/header_rewrite.h"
#include "mail/missing_fields.h"
#include "mail/reply.h"
#include "queue/queue.h"
#include "receive/address_rules.h"
#include "receive/content_reading.h"
#include "receive/input.h"
#include "receive/message_draft.h"
#include "receive/refusal.h"
#include "runtime/clock.h"
#include "runtime/task.h"

namespace cursus {

Refusal refusal(const QueueError& error);
Refusal refusal(DataViolation violation);

class Reception {
public:
    // Octets are handed to the queue, which accounts for their memory, in pieces of about this many. Those of
    // a header that waits for its end are accounted for in the same steps.
    static constexpr std::size_t piece_octets = std::size_t{64} * 1024;
    // What a client that stalls may leave with us before it is handed on all the same.
    static constexpr std::size_t stalled_octets_max = std::size_t{16} * 1024;
    // A refused message is read on to its end, so that the refusal is heard, unless it is larger than this.
    static std::uint64_t raw_octets_max(const LimitSettings& limits);
    // RFC 5321 §4.5.3.2: no silence beyond [limits] idle; and since its timeouts grow with the message and
    // not beyond it, after `grace` no less than so many octets a second on average.
    static constexpr Duration grace = std::chrono::minutes{10};
    static constexpr std::uint64_t octets_per_second_min = 1024;

    struct Surroundings {
        Input& input;
        Clock& clock;
        const LimitSettings& limits;
    };

    // `trace` is our Received field, the first octets of what is kept. `declared`: SIZE of MAIL, a hint.
    Reception(Surroundings around, std::unique_ptr<Intake> intake, std::string trace,
              std::optional<std::uint64_t> declared);
    // Of a message that cannot be taken: what is read is thrown away.
    Reception(Surroundings around, Refusal refusal);

    // What is done to the header of a message from a client of ours; nothing is handed on before.
    struct FixUps {
        const AddressRules& rules;
        // Date and Message-ID are added where they lack, the latter with this host; empty: they are not.
        std::string completing_host;
        bool removes_blind_copies = false;  // a header that is too long for it is refused
    };
    void fix_up(FixUps fix_ups) { fix_ups_.emplace(std::move(fix_ups)); }  // before the first octet
    const std::vector<MissingField>& added() const { return added_; }
    const std::optional<RewrittenHeader>& rewritten() const { return rewritten_; }
    // What rules ask of the content is gathered from now on: before the first octet.
    void read_content(SurveyNeeds needs, bool reads_links, MessageTerms terms);
    // Null: nothing was asked for.
    ContentReading* content() { return content_ ? &*content_ : nullptr; }
    // After the end, of a message that is not refused, until it is committed.
    MessageDraft draft() { return {*intake_, trace_}; }
    MessageId id() const { return intake_->id(); }
    Body body(const std::optional<Body>& announced) const;
    void note_eight_bit() { is_eight_bit_ = true; }  // what was put in place of its body has such octets

    bool is_header_unread() const { return is_header_unread_; }  // it was too long to be rewritten

    // DATA: to the end of the message. On a failure the client is gone, or silent too long, and nothing is
    // kept.
    Task<Result<void, StreamError>> read_lines();
    // BDAT: one chunk, whatever is wrong with the message. None may follow a last one.
    Task<Result<void, StreamError>> read_chunk(std::uint64_t size, bool is_last);

    const std::optional<Refusal>& refused() const { return refusal_; }
    void refuse(Refusal refusal);  // from now on; the first one stays
    std::uint64_t octets() const {
        return lines_.octets() + chunks_.octets();
    }  // of the message, as sent to us

    // After the end, of a message that is not refused: keeps it and returns its id once it is kept for good.
    // Fills in the envelope's size, and its body when octets beyond ASCII came unannounced.
    Task<Result<MessageId, Refusal>> commit(Envelope envelope, std::vector<NewRecipient> recipients);

private:
    Task<Result<void, StreamError>> fill();
    Task<void> hand_on(std::size_t octets_min);
    Task<void> account_for(std::size_t octets_min);
    void make_room(std::size_t octets);
    void look_at(std::size_t from,
                 const std::optional<DataViolation>& violation);  // piece_ from there on is new
    void settle_header();
    void rewrite_header(const AddressRules& rules);
    void remove_blind_copies();
    void add_missing_fields(std::string_view host);
    void replace_header(std::string_view with);
    std::string_view header_text() const;
    Result<void, StreamError> give_up();
    Instant deadline() const;
    std::uint64_t raw_octets() const { return lines_.raw_octets() + chunks_.octets(); }

    Surroundings around_;
    Instant started_;
    DotDecoder lines_;
    BdatFraming chunks_;
    std::unique_ptr<Intake> intake_;  // null once the message is refused
    std::string piece_;
    std::uint64_t expected_octets_ = 0;
    std::optional<Refusal> refusal_;
    HeaderSurvey header_;
    bool is_eight_bit_ = false;
    std::string trace_;              // in front of the header
    std::optional<FixUps> fix_ups_;  // until they are done; nothing is handed on meanwhile
    std::size_t accounted_for_ = 0;  // of piece_, while it waits for them
    std::size_t header_octets_ = 0;  // of the header as it stands in piece_, once it is there
    std::optional<RewrittenHeader> rewritten_;
    std::vector<MissingField> added_;
    bool is_header_unread_ = false;
    std::optional<ContentReading> content_;
};

}  // namespace cursus
