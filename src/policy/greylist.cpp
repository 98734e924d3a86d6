#include "policy/greylist.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/text.h"
#include "policy/greylist_sender.h"

namespace cursus {
namespace {

std::size_t waiting_max(const GreylistSettings& settings) {
    return settings.entries / 2;
}

std::size_t passed_max(const GreylistSettings& settings) {
    return settings.entries / 4;
}

bool is_kept(Instant last, const GreylistSettings& settings, Instant now) {
    return now - last <= settings.keep;
}

// After the end of the window it is a new message's first attempt, RFC 6647 §5, 2.
bool is_first_attempt(std::optional<Instant> first, const GreylistSettings& settings, Instant now) {
    return !first || now - *first > settings.retry_window;
}

Greylist::Answer answer_to_attempt(std::optional<Instant> first, const GreylistSettings& settings,
                                   Instant now) {
    if (is_first_attempt(first, settings, now)) return Greylist::Wait{now + settings.wait};
    if (now - *first < settings.wait) return Greylist::Wait{*first + settings.wait};
    return Greylist::Passed{now - *first};
}

}  // namespace

bool Greylist::Network::is_trusted(const GreylistSettings& settings, Instant now) const {
    return settings.pass_after > 0 && passed >= settings.pass_after && is_kept(last, settings, now);
}

Greylist::Greylist(const Fingerprinter& fingerprints, const GreylistSettings& settings)
    : fingerprints_(fingerprints),
      settings_(std::make_shared<const GreylistSettings>(settings)),
      waiting_(waiting_max(settings)),
      passed_(passed_max(settings)),
      networks_(passed_max(settings)) {}

void Greylist::adopt(const GreylistSettings& settings) {
    settings_.replace(std::make_shared<const GreylistSettings>(settings));
    waiting_.set_entries_max(waiting_max(settings));
    passed_.set_entries_max(passed_max(settings));
    networks_.set_entries_max(passed_max(settings));
}

Greylist::Keys Greylist::keys_of(const GreylistTriplet& triplet, const GreylistSettings& settings) const {
    const bool is_v4 = triplet.client.is_v4();
    const std::string network =
        first_bits(triplet.client, is_v4 ? settings.network_v4 : settings.network_v6).text();
    return {fingerprints_.of({network}),
            fingerprints_.of({network, greylist_sender(triplet.sender), to_lower(triplet.recipient.text())})};
}

Greylist::Answer Greylist::ask(const GreylistTriplet& triplet, Instant now) {
    const auto settings = settings_.now();
    const Keys keys = keys_of(triplet, *settings);
    if (is_whitelisted(keys.network, *settings, now)) return Whitelisted{};
    const Answer answer = attempt(keys.triplet, *settings, now);
    if (std::holds_alternative<Passed>(answer)) note_passed(keys.network, now);
    return answer;
}

// A network of which nothing has passed is not remembered. One that has is seen with whatever it sends.
bool Greylist::is_whitelisted(const Fingerprint& network, const GreylistSettings& settings, Instant now) {
    return networks_.with(network, [&](auto& shard) {
        Network* const known = shard.find(network);
        if (known == nullptr) return false;
        if (!is_kept(known->last, settings, now)) {
            shard.erase(network);
            return false;
        }
        known->last = now;
        return known->is_trusted(settings, now);
    });
}

bool Greylist::is_known(const Fingerprint& triplet, const GreylistSettings& settings, Instant now) {
    return passed_.with(triplet, [&](auto& shard) {
        Pass* const pass = shard.find(triplet);
        if (pass == nullptr) return false;
        if (!is_kept(pass->last, settings, now)) {
            shard.erase(triplet);
            return false;
        }
        pass->last = now;
        return true;
    });
}

// All that concerns a triplet happens under its lock in waiting_, and only ever in this order: of two
// sessions that try it at once one passes and the other finds it known.
Greylist::Answer Greylist::attempt(const Fingerprint& triplet, const GreylistSettings& settings,
                                   Instant now) {
    return waiting_.with(triplet, [&](auto& shard) -> Answer {
        if (is_known(triplet, settings, now)) return Known{};
        const Attempt* const before = shard.find(triplet);
        const auto first = before == nullptr ? std::nullopt : std::optional(before->first);
        const Answer answer = answer_to_attempt(first, settings, now);
        if (std::holds_alternative<Passed>(answer)) {
            shard.erase(triplet);
            passed_.with(triplet, [&](auto& passed) { passed.at(triplet).last = now; });
        } else if (is_first_attempt(first, settings, now)) {
            shard.at(triplet).first = now;
        }
        return answer;
    });
}

void Greylist::note_passed(const Fingerprint& network, Instant now) {
    networks_.with(network, [&](auto& shard) {
        Network& known = shard.at(network);
        ++known.passed;
        known.last = now;
    });
}

Greylist::Answer Greylist::peek(const GreylistTriplet& triplet, Instant now) const {
    const auto settings = settings_.now();
    const Keys keys = keys_of(triplet, *settings);
    const auto network = networks_.peek(keys.network);
    if (network && network->is_trusted(*settings, now)) return Whitelisted{};
    const auto pass = passed_.peek(keys.triplet);
    if (pass && is_kept(pass->last, *settings, now)) return Known{};
    const auto attempt = waiting_.peek(keys.triplet);
    return answer_to_attempt(attempt ? std::optional(attempt->first) : std::nullopt, *settings, now);
}

Greylist::Saved Greylist::saved(Instant now) const {
    const auto settings = settings_.now();
    const auto age = [now](Instant then) { return std::max(now - then, Duration{}); };
    Saved saved;
    for (const auto& [triplet, attempt] : waiting_.copy())
        if (!is_first_attempt(attempt.first, *settings, now))
            saved.waiting.push_back({triplet, age(attempt.first)});
    for (const auto& [triplet, pass] : passed_.copy())
        if (is_kept(pass.last, *settings, now)) saved.passed.push_back({triplet, age(pass.last)});
    for (const auto& [network, known] : networks_.copy())
        if (is_kept(known.last, *settings, now))
            saved.networks.push_back({network, age(known.last), known.passed});
    return saved;
}

void Greylist::restore(const Saved& saved, Instant then) {
    for (const auto& [triplet, first] : saved.waiting)
        waiting_.with(triplet, [&](auto& shard) { shard.at(triplet).first = then - first; });
    for (const auto& [triplet, last] : saved.passed)
        passed_.with(triplet, [&](auto& shard) { shard.at(triplet).last = then - last; });
    for (const auto& [network, last, passed] : saved.networks)
        networks_.with(network, [&](auto& shard) { shard.at(network) = {then - last, passed}; });
}

bool Greylist::take_changed() {
    const bool waiting = waiting_.take_changed();
    const bool passed = passed_.take_changed();
    const bool networks = networks_.take_changed();
    return waiting || passed || networks;
}

}  // namespace cursus
