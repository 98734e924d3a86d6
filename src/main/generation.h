// One version of the configuration, and all that is made of it: what a reload replaces.
#pragma once

#include <memory>

#include "accounts/authenticator.h"
#include "config/settings.h"
#include "deliver/ways.h"
#include "main/memories.h"
#include "policy/callout_target.h"
#include "policy/lookups.h"
#include "receive/ground_rules.h"
#include "route/local_routing.h"
#include "route/router.h"
#include "runtime/countries.h"
#include "runtime/reactor.h"
#include "runtime/table.h"

namespace cursus {

// What is made of it outside, by whoever has the right to.
struct GenerationParts {
    Tables tables = {};
    ReturnPaths returns = {};                           // forwarded mail keeps its sender
    std::unique_ptr<Authenticator> authenticator = {};  // nobody can log in
    std::unique_ptr<Countries> countries = {};          // no address's country is known
    std::unique_ptr<Advisors> advisors = {};            // rules ask no other programs
};

// Immutable, so any thread may ask. Each part refers to those before it.
class Generation {
public:
    // The memories outlive it.
    Generation(World& world, Memories& memories, std::unique_ptr<const Settings> settings,
               GenerationParts parts, Footprints footprints = Footprints::Left);
    Generation(const Generation&) = delete;
    Generation& operator=(const Generation&) = delete;

    const Settings& settings() const { return *settings_; }
    const Destinations& destinations() const { return local_.destinations(); }

    // Each keeps the generation.
    static std::shared_ptr<const GroundRules> rules(const std::shared_ptr<const Generation>& of) {
        return {of, &of->rules_};
    }
    static std::shared_ptr<const Ways> ways(const std::shared_ptr<const Generation>& of) {
        return {of, &of->ways_};
    }

private:
    std::unique_ptr<const Settings> settings_;
    GenerationParts parts_;
    LocalRouting local_;
    Router router_;
    SenderDomains sender_domains_;
    CalloutTargets callout_targets_;
    BlockLists block_lists_;
    Scanners scanners_;
    Lookups lookups_;
    GroundRules rules_;
    Ways ways_;
};

}  // namespace cursus
