// What rules ask that takes no look into the message: of the DNS, of tables, of other hosts, of what is
// remembered.
#pragma once

#include "policy/advisors.h"
#include "policy/behaviour.h"
#include "policy/block_lists.h"
#include "policy/callouts.h"
#include "policy/inquest.h"
#include "policy/sender_domain.h"
#include "runtime/table.h"

namespace cursus {

// Whether being asked leaves traces: counts, greylisted attempts, callouts.
enum class Footprints : std::uint8_t { Left, Avoided };

// Everything outlives the lookups.
struct LookupNeeds {
    Resolver& resolver;
    const Clock& clock;  // any reactor's: only asked what time it is
    const Tables& tables;
    const Destinations& destinations;
    const SenderDomains& domains;
    BlockLists& lists;
    Callouts& callouts;
    const CalloutTargets& targets;
    Behaviour& behaviour;
    Advisors* advisors;  // null: they are not asked
    Footprints footprints = Footprints::Left, in_callouts = Footprints::Left;
};

// Any reactor.
class Lookups final : public Finder {
public:
    explicit Lookups(const LookupNeeds& needs) : needs_(needs) {}

    Task<Found> find(Question question, Evidence& evidence) override;
    Task<Found> count(Rate rate, std::string bucket, std::string key) override;
    Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                             std::optional<Mailbox> recipient, Evidence& evidence) override;

private:
    Task<Found> in_list(Question question, Evidence& evidence);
    Task<Found> sender_domain(const SessionFacts& facts);
    Task<Found> helo_dns(const SessionFacts& facts);
    Found helo_form(const SessionFacts& facts) const;
    Task<Found> reverse_dns(const SessionFacts& facts);
    Task<Found> callout(Mailbox address, CalloutSubject subject);
    Found greylisted(const Question& question, const SessionFacts& facts);
    Task<Found> table_entry(Question question);

    LookupNeeds needs_;
};

}  // namespace cursus
