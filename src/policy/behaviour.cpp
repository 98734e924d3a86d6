#include "policy/behaviour.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "policy/behaviour_snapshot.h"
#include "runtime/offload.h"

namespace cursus {

Behaviour::Behaviour(World& world, EventSink& events, std::string path, const GreylistSettings& settings)
    : world_(world),
      events_(events),
      file_(world.files, std::move(path), behaviour_octets_max),
      fingerprints_({world.random.next(), world.random.next()}),
      greylist_(fingerprints_, settings),
      tasks_(world.reactors.front()->executor()) {}

Task<void> Behaviour::start() {
    auto work = [this] {
        read();
        return true;
    };
    co_await offload(world_.offload, work);
    tasks_.spawn(write_each_minute());
}

void Behaviour::adopt(const GreylistSettings& settings) {
    greylist_.adopt(settings);
}

Task<void> Behaviour::finish() {
    stopping_.set();
    co_await tasks_.join();
    co_await write_if_changed();
}

void Behaviour::read() {
    const auto octets = file_.read();
    if (!octets) return tell(octets.error().what);
    if (!*octets) return;
    const auto snapshot = parse_behaviour(**octets);
    if (snapshot) return restore(*snapshot);
    file_.distrust();
    tell(fmt::format("{} is not used: {}. It will be kept as {}, and all clients are strangers", file_.path(),
                     snapshot.error(), file_.aside()));
}

// While nothing ran, time went on as the wall's clock says: not at all where it was set back since.
void Behaviour::restore(const BehaviourSnapshot& snapshot) {
    const WallTime now = clock().wall_now();
    const auto longest = std::chrono::duration_cast<WallTime::duration>(behaviour_age_max);
    const Instant then = clock().now() - (now - std::clamp(snapshot.saved_at, now - longest, now));
    fingerprints_ = Fingerprinter(snapshot.key);
    rates_.restore(snapshot.rates, then);
    greylist_.restore(snapshot.greylist, then);
    harvest_.restore(snapshot.harvest, then);
    take_changed();
}

Task<void> Behaviour::write_each_minute() {
    for (;;) {
        const Woken woken = co_await stopping_.wait_until(clock(), clock().now() + write_interval);
        if (woken == Woken::BySet) co_return;
        co_await write_if_changed();
    }
}

Task<void> Behaviour::write_if_changed() {
    const bool has_changed = take_changed();
    if (!has_changed && !is_behind_) co_return;
    auto work = [this] { return write(); };
    const auto written = co_await offload(world_.offload, work);
    const bool was_behind = std::exchange(is_behind_, !written);
    if (!written && !was_behind) tell(written.error().what);  // and not each minute again
}

bool Behaviour::take_changed() {
    const bool rates = rates_.take_changed();
    const bool greylist = greylist_.take_changed();
    const bool harvest = harvest_.take_changed();
    return rates || greylist || harvest;
}

FileResult<> Behaviour::write() {
    const Instant now = clock().now();
    return file_.replace(encode({clock().wall_now(), fingerprints_.key(), rates_.saved(now),
                                 greylist_.saved(now), harvest_.saved(now)}));
}

void Behaviour::tell(std::string what) {
    events_.emit({clock().wall_now(), {}, {}, Trouble{"memory of clients' behaviour", std::move(what)}});
}

}  // namespace cursus
