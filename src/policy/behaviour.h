// What is remembered of how clients behave, and kept over restarts.
#pragma once

#include <string>

#include "base/fingerprint.h"
#include "config/settings_policy.h"
#include "mail/events.h"
#include "policy/greylist.h"
#include "policy/harvest.h"
#include "policy/rates.h"
#include "runtime/event.h"
#include "runtime/reactor.h"
#include "runtime/replaced_file.h"
#include "runtime/task_group.h"

namespace cursus {

struct BehaviourSnapshot;

// Any thread may ask rates(), greylist() and harvest() between start() and the end of finish(). They are
// written each minute in which anything has changed, so a crash loses what was learned in the last one. A
// file that cannot be read, or is of no use, is told of and put aside: everybody is a stranger then.
class Behaviour {
public:
    static constexpr Duration write_interval = std::chrono::minutes{1};

    // `path` is the file's. Nothing is read yet.
    Behaviour(World& world, EventSink& events, std::string path, const GreylistSettings& settings);
    Behaviour(const Behaviour&) = delete;
    Behaviour& operator=(const Behaviour&) = delete;

    // From the home reactor, once, before the first question.
    Task<void> start();
    void adopt(const GreylistSettings& settings);  // any thread
    // From the home reactor, after the last question: writes what the file lacks.
    Task<void> finish();

    Rates& rates() { return rates_; }
    Greylist& greylist() { return greylist_; }
    Harvest& harvest() { return harvest_; }

private:
    Clock& clock() const { return world_.reactors.front()->clock(); }
    void read();
    void restore(const BehaviourSnapshot& snapshot);
    Task<void> write_each_minute();
    Task<void> write_if_changed();
    bool take_changed();
    FileResult<> write();
    void tell(std::string what);

    World& world_;
    EventSink& events_;
    ReplacedFile file_;           // by one task at a time, on the pool
    Fingerprinter fingerprints_;  // as the file says from start() on
    Rates rates_{fingerprints_};
    Greylist greylist_;
    Harvest harvest_{fingerprints_};
    bool is_behind_ = false;  // the last attempt to write failed
    Event stopping_;
    TaskGroup tasks_;
};

}  // namespace cursus
