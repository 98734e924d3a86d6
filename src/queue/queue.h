// The queue as the other stages see it: receive/ brings messages in, deliver/ takes work and settles it,
// report/ pays what is owed, admin/ looks and intervenes. Layout of records, group commit, recovery and the
// schedule are its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "config/settings.h"
#include "mail/destination.h"
#include "mail/envelope.h"
#include "mail/events.h"
#include "mail/handling.h"
#include "mail/reply.h"
#include "runtime/event.h"
#include "runtime/reactor.h"
#include "runtime/store.h"
#include "runtime/task.h"

namespace cursus {

enum class QueueErrorKind : std::uint8_t {
    Full,        // no room on disk: 452 4.3.1
    OverBudget,  // the memory for message bodies is in use: 451 4.3.2 after waiting
    Broken,      // the store failed: 451 4.3.0
};
struct QueueError {
    QueueErrorKind kind;
    std::string what;
};

// Octets that can be read in pieces; from memory when it is still there, else from the store (offloaded).
class MessageBody {
public:
    virtual ~MessageBody() = default;
    virtual std::uint64_t size() const = 0;
    // Up to 256 KiB from `offset`; empty at the end.
    virtual Task<Result<std::shared_ptr<const std::string>, QueueError>> piece(std::uint64_t offset) = 0;
};

// ---- in: one message on its way into the queue (receive/, report/)
class Intake {
public:
    virtual ~Intake() = default;  // abandoned unless committed: nothing of it remains
    virtual MessageId id() const = 0;
    // Appends message octets (CRLF lines, dots unstuffed). Waits while the memory budget is used up
    // (bounded), and writes a chunk to the store for each 256 KiB beyond the first.
    virtual Task<Result<void, QueueError>> append(std::string bytes) = 0;
    // Room in the memory budget for octets that the caller still holds and will append: waits as append does,
    // and append takes from it first.
    virtual Task<Result<void, QueueError>> reserve(std::uint64_t octets) = 0;
    // Puts `with` in place of the first `octets` octets as they stand now, however many are in the store
    // already. Waits for memory as append does.
    virtual Task<Result<void, QueueError>> replace_head(std::uint64_t octets, std::string with) = 0;
    // Drops everything that was appended: what is appended now begins the message, whose id stays.
    virtual Task<Result<void, QueueError>> restart() = 0;
    virtual std::uint64_t size() const = 0;
    // The octets as they stand now, while no append is under way; for readers on the same reactor, any number
    // of them. What is in memory is not copied, and stays in memory as long as this lives. After restart(),
    // and once this intake is gone, pieces that have to be read from the store fail.
    virtual std::shared_ptr<MessageBody> so_far() = 0;
    // Returns after the sync: success means kept (invariant 1). Once only; `recipients` is not empty.
    virtual Task<Result<void, QueueError>> commit(Envelope envelope,
                                                  std::vector<NewRecipient> recipients) = 0;
};

// ---- out: work for deliver/
struct RecipientKey {
    MessageId message;
    std::uint32_t number = 0;
    friend auto operator<=>(const RecipientKey&, const RecipientKey&) = default;
};

struct DueRecipient {
    RecipientKey key;
    Mailbox address;
    std::string original;
    Notify notify;
    std::uint32_t attempts = 0;              // finished earlier ones, at recipient level
    std::optional<LocalTarget> target = {};  // none: where the address leads
};

// Recipients of one message due at one destination, leased to whoever took it until settled. If it is
// destroyed with recipients unsettled, they are due again at once. Envelope and body are as these recipients
// are to see them: sender, front and size by their handling.
struct Work {
    MessageId message;
    std::shared_ptr<const Envelope> envelope;
    std::shared_ptr<MessageBody> body;
    std::string front = {};    // header lines that the body begins with, beyond the message's own
    bool single_copy = false;  // one recipient, who is to stay alone
    std::vector<DueRecipient> recipients;
    std::shared_ptr<void> hold;  // the lease: the queue's own business
};

// What became of one recipient.
struct SettledDelivered {};
// Passed on to a host, and its sender is to be told so unless NOTIFY=NEVER (RFC 2852 §4.1.4).
struct SettledRelayed {
    std::string host;
    Reply reply;
};
struct SettledFailed {  // for good: a report is owed unless the sender is null or NOTIFY says no
    std::string host;   // reporting host for the report, empty when it was decided here
    Reply reply;        // the peer's, or ours
};
struct SettledDeferred {  // the recipient or the message is at fault: by [retry], counted per recipient
    std::string host;
    Reply reply;
};
// The site is at fault, or our own end cut it short: due as before, its attempt count unchanged.
struct SettledUntouched {};
// What takes a recipient's place.
struct Branch {
    Mailbox address;
    std::string original;  // ORCPT
    Notify notify;
    Handling handling;
    std::optional<Reply> failure = {};  // it fails at once, with this
};
struct SettledExpanded {  // by an alias or a forward file: all branches, or none, take its place in one batch
    std::vector<Branch> branches;  // empty: it is discarded
};
struct Settlement {
    RecipientKey key;
    std::variant<SettledDelivered, SettledRelayed, SettledFailed, SettledDeferred, SettledUntouched,
                 SettledExpanded>
        outcome;
};

// What is known of a destination that is down, for the report to those whose mail expires meanwhile.
struct DestinationTrouble {
    std::string host;  // empty when it was decided here (DNS)
    Reply reply;
    std::uint32_t failures = 0;  // in a row
};

// ---- what a site's trouble looks like to the queue
struct SiteState {
    std::uint32_t failures = 0;  // in a row
    WallTime next_try{};         // not before
    std::string why;             // the last reply or error
};

// ---- reports owed (report/)
enum class OwedKind : std::uint8_t { Failed, Delayed, Relayed };
struct OwedRecipient {
    std::string address, original;  // original: ORCPT, empty when none
    std::string host;
    std::optional<Reply> reply;  // the last one known
    WallTime last_attempt{};
    std::optional<WallTime> will_retry_until;  // Delayed
};
struct OwedReport {
    MessageId message;
    std::uint64_t number = 0;  // names the debt
    OwedKind kind;
    std::shared_ptr<const Envelope> envelope;
    ReversePath sender;  // who is told: the envelope's, or who stands in for it with these recipients
    std::shared_ptr<MessageBody> body;
    std::vector<OwedRecipient> recipients;
    std::shared_ptr<void>
        hold;  // while it lives nobody else is given this debt; unpaid, it comes again later
};

// ---- looking at the queue (admin/)
// A hold, as it is kept.
struct Held {
    Hold hold;
    WallTime since{};
    friend bool operator==(const Held&, const Held&) = default;
};
enum class RecipientState : std::uint8_t { Unrouted, Due, Leased, Held, Expanded, Delivered, Failed };
struct ListedRecipient {
    MessageId message;
    std::uint32_t number = 0;
    std::string sender, recipient, destination;
    std::string last_reply;  // the destination's own while it is down, else the recipient's; empty: none yet
    RecipientState state = RecipientState::Due;
    std::uint32_t attempts = 0;
    std::uint64_t size = 0;
    WallTime arrived{}, due{};             // due: the earliest next attempt, a site's back-off considered
    std::optional<WallTime> release = {};  // RFC 4865, while it is to come
    std::optional<DeliverBy> deliver_by = {};
    std::int8_t priority = 0;
    std::optional<Held> held = {};
};
// All that is named must be as it says.
struct QueueFilter {
    std::optional<MessageId> message = {};
    std::string destination_domain = {};  // exact, empty: any
    std::string sender = {};  // exact path text without brackets ("" with sender_is_null), empty: any
    bool sender_is_null = false;
    std::string account = {};                  // that sent it, empty: any
    std::string recipient = {};                // the address, empty: any
    std::optional<RecipientState> state = {};  // Held, or Due: everything else; none: any
    std::string held_by = {};                  // empty: anybody, or it is not held
};
struct ListPage {
    std::vector<ListedRecipient> recipients;
    std::string next;  // give it back to go on; empty at the end. A page may be short or empty and
};  // still not be the end: each looks at a bounded number of records.
struct DestinationSummary {
    Destination destination;
    std::uint64_t recipients = 0;  // counted up to count_max
    bool more = false;             // counting stopped at count_max
    WallTime oldest{};             // arrival of the oldest
    std::optional<SiteState> site;
};
inline constexpr std::uint64_t summary_count_max = 10'000;
struct HeldSummary {
    std::uint64_t recipients = 0;  // counted up to summary_count_max
    bool more = false;
};
// A message as it is kept, for people who look at it.
struct StoredMessage {
    std::shared_ptr<const Envelope> envelope;
    std::shared_ptr<MessageBody> body;
};

// ---- the queue itself
struct QueueNeeds {
    World& world;  // home is world.reactors[0]
    Store& store;
    EventSink& events;
    const Settings& settings;
    DestinationOf destination_of;
};

class Queue {
public:
    explicit Queue(const QueueNeeds& needs);
    ~Queue();
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    // Opens what the store holds: checks the layout's version, takes the lease, sweeps chunks without a
    // message, and begins to look for work, none of which takes longer the longer the queue is. On the home
    // reactor, once.
    Task<Result<void, QueueError>> start();
    // The end is near: from a few seconds on, what the store refuses is given up instead of being tried for
    // ever, so that a failing disk does not hold up whoever waits for it. Then stop().
    void begin_stop();
    // Hands out nothing more; returns when every commit in flight has ended. Work still out stays due in the
    // store.
    Task<void> stop();

    // ---- in; from any reactor
    // Refuses with Full below [queue] min_free and while the store reports no room, with Broken while it
    // fails.
    Task<Result<std::unique_ptr<Intake>, QueueError>> begin();

    // ---- out; on the home reactor. A destination that was handed out belongs to its taker until release().
    // Waits for a destination that has work due now; nullopt after stop().
    Task<std::optional<Destination>> next_destination();
    // The recipients, at most `recipients_max`, of the next due message; nullopt when nothing is due now.
    // In order of priority, then due time. Only a bounded window is in memory however much is due.
    Task<std::optional<Work>> take(const Destination& destination, std::size_t recipients_max);
    // Waits until take() would give something, or `deadline`, or call_off(). For a taker that keeps its
    // connection a little longer.
    Task<Woken> wait_for_work(const Destination& destination, Instant deadline);
    void call_off(const Destination& destination);  // who waits for its work has no use for it any more
    void release(const Destination& destination);
    // Release, and hand out again at `until` and not before: its site is down. Its messages are not touched
    // meanwhile. `trouble` explains it: in listings, and in the report when its mail expires.
    void park(const Destination& destination, WallTime until, DestinationTrouble trouble);

    // From any reactor. Records what became of recipients that were taken; returns after the sync.
    // SettledDeferred is due again by [retry]; a failure, or the expiry of give_up_after, records the owed
    // report in the same batch. On a store error nothing is forgotten: it is tried again until it is kept or
    // stop() is called.
    Task<void> settle(std::vector<Settlement> settlements);

    // ---- sites; on the home reactor. Kept in the store, so that a restart does not forget a back-off.
    Result<std::optional<SiteState>, QueueError> site_state(std::string_view site);
    Task<void> set_site_state(std::string site, std::optional<SiteState> state);  // nullopt: up again
    // When a recipient or a site that has failed `failures` times in a row (1: once) is tried again: [retry]
    // schedule.
    WallTime retry_at(std::uint32_t failures) const;

    // ---- reports owed; on the home reactor
    Task<std::optional<OwedReport>> next_owed();  // waits; nullopt after stop()
    // Enqueues the notification and clears the debt in one batch. `message` is complete, CRLF lines.
    Task<Result<MessageId, QueueError>> pay(const OwedReport& debt, Envelope envelope, NewRecipient to,
                                            std::string message);
    Task<Result<void, QueueError>> forgive(
        const OwedReport& debt);  // nobody may be told (null sender, NOTIFY)

    // ---- looking and intervening; on the home reactor; each call does a bounded amount of work
    Result<ListPage, QueueError> list(const QueueFilter& filter, std::string_view from, std::size_t limit);
    Result<std::vector<DestinationSummary>, QueueError> summary(std::size_t destinations_max);
    Result<HeldSummary, QueueError> held_summary();
    // Nullopt: there is no such message.
    Result<std::optional<StoredMessage>, QueueError> message(MessageId id);
    // One bounded step over what matches; `next` in and out as in list(). How many recipients were touched,
    // and how many were not because somebody is at work on them: a delivery is under way, most likely.
    struct Step {
        std::size_t touched = 0, busy = 0;
        std::string next;
    };
    Task<Result<Step, QueueError>> retry_now(const QueueFilter& filter, std::string from);
    Task<Result<Step, QueueError>> remove(const QueueFilter& filter, std::string from, std::string by);

    // Nothing of what matches and is due is handed out any more, and its sender hears nothing of it. What is
    // held already stays held as it is.
    Task<Result<Step, QueueError>> hold(const QueueFilter& filter, std::string from, Hold hold);
    // Everything that matches and is held is due now, and grows old from now on. Once only: what is due is
    // not touched.
    Task<Result<Step, QueueError>> release_held(const QueueFilter& filter, std::string from, std::string by);

    struct Gauges {
        std::uint64_t body_bytes_held = 0, body_bytes_budget = 0;
        std::uint64_t leased = 0;
        std::uint64_t destinations = 0;
        std::uint64_t held = 0;  // recipients, as last counted, within two minutes
    };
    Gauges gauges() const;  // any thread

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace cursus
