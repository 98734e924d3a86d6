#include "policy/callout_cache.h"

#include <algorithm>

namespace cursus {

const CalloutCache::Kept* CalloutCache::fresh(Entries& entries, const std::string& key, Instant now) {
    const Kept* const kept = entries.find(key);
    if (kept != nullptr && now < kept->until) return kept;
    entries.erase(key);
    return nullptr;
}

// The address' own answer goes before what is known of all of its domain.
std::optional<CalloutAnswer> CalloutCache::find(const CalloutKey& key, Instant now) {
    const Kept* kept = fresh(addresses_, key.of_address, now);
    if (kept == nullptr) kept = fresh(domains_, key.of_domain, now);
    if (kept == nullptr || kept->trait == DomainTrait::TellsApart) return std::nullopt;
    CalloutAnswer answer = kept->answer;
    answer.age = now - kept->heard;
    return answer;
}

bool CalloutCache::tells_apart(const CalloutKey& key, Instant now) {
    const Kept* const kept = fresh(domains_, key.of_domain, now);
    return kept != nullptr && kept->trait == DomainTrait::TellsApart;
}

// A backup that spoke for hosts that were away may know less than they do.
Duration CalloutCache::lifetime(const CalloutFinding& finding, Duration usual) const {
    return finding.is_of_best ? usual : std::min(usual, settings_.negative);
}

void CalloutCache::keep(const CalloutKey& key, const CalloutFinding& finding, Instant now) {
    if (finding.trait) keep_trait(key, finding, now);
    const auto verdict = finding.answer.verdict;
    if (verdict != CalloutVerdict::Accepted && verdict != CalloutVerdict::Refused) return;
    const bool is_positive = verdict == CalloutVerdict::Accepted;
    const Duration usual = is_positive ? settings_.positive : settings_.negative;
    addresses_.at(key.of_address) = {finding.answer, std::nullopt, now, now + lifetime(finding, usual)};
}

void CalloutCache::keep_trait(const CalloutKey& key, const CalloutFinding& finding, Instant now) {
    Kept kept{finding.answer, finding.trait, now, now};
    switch (*finding.trait) {
        case DomainTrait::AcceptsAnything:
            kept.answer.reply.reset();  // it was about one address, whose name it may hold
            kept.until += lifetime(finding, settings_.positive);
            break;
        case DomainTrait::TellsApart:
            kept.answer = {};
            kept.until += lifetime(finding, settings_.positive);
            break;
        case DomainTrait::RefusesNullSender:
            kept.until += settings_.negative;
            break;
        case DomainTrait::Unreachable:
            kept.until += std::min(callout_unreachable_kept, settings_.negative);
            break;
    }
    domains_.at(key.of_domain) = std::move(kept);
}

}  // namespace cursus
