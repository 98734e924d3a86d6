// One session's talk with one milter.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/service_address.h"
#include "base/time.h"
#include "runtime/reactor.h"
#include "scan/message_source.h"
#include "scan/milter_body.h"
#include "scan/milter_connection.h"
#include "scan/milter_macros.h"
#include "scan/milter_reply.h"

namespace cursus {

// A milter that says it is busy gets its time again, and again; but no step, and no message up to its end,
// may take more than so many times what one step may take. The end may take as long once more, or what it is
// given.
inline constexpr int milter_patience = 10;
// Of what it says to one command: how often it is busy, and how many changes it makes, of how many octets.
// Pieces of a new body and removals of fields do not count.
inline constexpr std::size_t milter_packets_max = 10'000;
inline constexpr std::size_t milter_change_octets_max = 1024 * 1024;

inline constexpr std::string_view milter_says_too_much = "it says more than it was asked for";

// A message as a milter is shown it.
struct MilterMessage {
    std::string_view header;  // its fields, the empty line not needed; our own Received is not among them
    MessageSource& content;   // where the body is
    std::uint64_t body_at;    // and where in it it begins
    Body kind;
    std::uint64_t body_octets_max;  // of a new body
    BodyRoom& body_room;            // and where it may be meanwhile
    std::size_t removals_max;       // of header fields: how much there is to remove is up to the sender
};

using MilterChange =
    std::variant<MilterField, MilterSender, MilterNewRecipient, MilterLostRecipient, MilterQuarantine>;
struct MilterChanges {
    std::vector<MilterChange> list;  // in the order in which they were made
    std::optional<NewBody> body;
};
struct MilterOutcome {
    MilterVerdict verdict;
    MilterChanges changes;  // none, unless the verdict is Continue or Accept
};

struct MilterTimeouts {
    Duration step;  // connecting included
    Duration end;   // of a message, when a milter does its work
};

struct MilterTrouble {
    enum class With : std::uint8_t { Milter, Message };  // Message: it cannot be read back here
    With with;
    std::string what;  // a sentence that names the milter
};

class MilterGathering;

class MilterSession {
public:
    // Nothing happens before the first question. `here` and what `names` names outlive it.
    MilterSession(Reactor& here, ServiceAddress server, MilterTimeouts timeouts, CompletingNames names)
        : here_(here), server_(std::move(server)), timeouts_(timeouts), names_(names) {}

    // Every step but those of message(). Connect comes first, and again when another client comes in the
    // place of the first. What the milter does not want to hear of is Continue at once. After trouble it is
    // not asked any more, and every further question is the same trouble.
    Task<Result<MilterVerdict, MilterTrouble>> ask(MilterQuestion question, const MilterMacros& macros);
    // Header, body and end, behind RCPT (and DATA, if there was one).
    Task<Result<MilterOutcome, MilterTrouble>> message(MilterMessage message, const MilterMacros& macros);
    // The message that has been begun is given up; nothing happens when there is none.
    Task<void> abort();
    Task<void> quit();
    // What it wants makes no sense: it is broken from now on.
    MilterTrouble give_up(std::string why) { return breaks(std::move(why)); }

    bool is_broken() const { return phase_ == Phase::Broken; }
    bool wants_refused_recipients() const {
        return phase_ == Phase::InMessage && terms_.wants_refused_recipients();
    }
    std::string name() const { return text(server_); }
    // How many commands it has been told; what it did not want to see is not counted.
    std::uint64_t told() const { return told_; }

private:
    enum class Phase : std::uint8_t {
        Closed,  // not begun, or over: it has said its last word about this client
        Idle,    // between messages
        InMessage,
        Settled,  // it has said its last word about this message
        Broken,
    };
    using Answer = Result<MilterVerdict, MilterTrouble>;
    // Until when an answer is waited for.
    struct Patience {
        Duration timeout;  // of the next packet
        Instant due, latest;
    };

    // ---- any step
    Task<Result<void, std::string>> make_ready(MilterCommand command);
    Task<Result<void, std::string>> open();
    bool is_asked(MilterCommand command) const;
    Task<Answer> step(MilterCommand command, std::string_view data, const MilterMacros& macros);
    Task<Result<MilterVerdict, std::string>> exchange(MilterCommand command, std::string_view data,
                                                      const MilterMacros& macros);
    Task<Result<MilterVerdict, std::string>> answer_to(MilterCommand command);
    Task<Result<MilterReply, std::string>> next_reply(Patience& patience);
    void put_macros(MilterCommand command, const MilterMacros& macros);
    void settle(MilterCommand command, MilterAnswer answer);
    Patience patience() const;
    Patience patience_at_end() const;
    void wait_again(Patience& patience) const;
    MilterTrouble breaks(std::string why);

    // ---- a message (milter_message.cpp)
    Task<Result<MilterOutcome, MilterTrouble>> show(MilterMessage message, const MilterMacros& macros);
    Task<Answer> show_header(std::string_view header);
    Task<Answer> show_body(MilterMessage message);
    Task<Answer> show_piece(std::string_view piece);
    Task<Result<MilterOutcome, MilterTrouble>> end_message(MilterMessage message, const MilterMacros& macros);
    Task<Result<MilterVerdict, std::string>> gather_changes(MilterGathering& gathering, BodyRoom& room);

    Reactor& here_;
    ServiceAddress server_;
    MilterTimeouts timeouts_;
    CompletingNames names_;
    Phase phase_ = Phase::Closed;
    std::string why_broken_;
    std::uint64_t told_ = 0;
    std::unique_ptr<MilterConnection> connection_;
    MilterTerms terms_;
    MilterPacket packet_;                   // the last one
    std::optional<MilterCommand> skipped_;  // of which it has seen enough in this message
    std::optional<Instant> message_end_;    // when its patience with a message ends
};

}  // namespace cursus
