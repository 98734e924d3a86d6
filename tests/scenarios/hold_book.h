// Who was held from when until when, and who is gone since: as the events and what was done by hand tell it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/event_log.h"
#include "tests/scenarios/plan.h"

namespace cursus {

// Begun once more where a kill came in between, and ended when it was done in the end.
struct DoneByHand {
    const PlannedHand* planned = nullptr;
    Instant began{}, ended = Instant::max();
};

class HoldBook {
public:
    using Whose = std::pair<MessageId, std::string>;  // a recipient of one message
    struct Hold {
        Whose whose;
        Instant from{}, until{};           // when a hand began to release it
        std::optional<WallTime> end = {};  // of itself
        Instant ends = Instant::max();     // the same, or a little later
    };

    HoldBook(const EventLog& log, const std::vector<DoneByHand>& hands, const std::vector<Instant>& kills);

    const std::vector<Hold>& holds() const { return holds_; }
    // Sentences: news of somebody who is held or gone, holds that end though nobody wants it.
    const std::vector<std::string>& contradictions() const { return contradictions_; }
    // Whether this recipient, of any copy that was taken of the message, was removed or forgotten; or may
    // have been, where a kill left nobody to tell.
    bool may_be_gone(const std::string& token, const std::string& recipient) const;

private:
    void read(const LoggedEvent& logged);
    void begin(Whose whose, const LoggedEvent& logged, std::optional<WallTime> end);
    void forget(const Whose& whose, WallTime at);
    void end(const Whose& whose, std::string_view how);
    void hear_of(const Whose& whose, Instant at);
    bool is_under_way(PlannedHand::Does what, const std::string& recipient, Instant at) const;
    bool is_of(const Whose& whose, const std::string& token, const std::string& recipient) const;
    bool is_killed_within(Instant from, Instant until) const;
    bool is_in_doubt(const std::string& recipient) const;

    const std::vector<DoneByHand>& hands_;
    const std::vector<Instant>& kills_;
    std::vector<Hold> holds_;
    std::map<Whose, std::size_t> open_;  // of holds_
    std::set<Whose> gone_;
    std::map<MessageId, std::string> tokens_;
    std::vector<std::string> contradictions_;
};

}  // namespace cursus
