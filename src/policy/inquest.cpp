#include "policy/inquest.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.h"
#include "config/conditions.h"
#include "policy/told_advice.h"

namespace cursus {
namespace {

bool is_counted(Topic topic) {
    return topic != Topic::TableEntry && spec_of(topic).cost == Cost::Counted;
}

}  // namespace

std::shared_ptr<Inquest::Entry> Inquest::entry(Question question) {
    auto& entry = entries_[question];
    if (!entry) {
        entry = std::make_shared<Entry>();
        asking_.spawn(find(std::move(question), entry));
    }
    return entry;
}

Task<Found> Inquest::find_now(Question question) {
    const Instant since = needs_.clock.now();
    const Found finding = co_await needs_.finder.find(question, *this);
    needs_.tell(looked_up(question, finding, since));
    co_return finding;
}

Task<void> Inquest::find(Question question, std::shared_ptr<Entry> entry) {
    entry->finding = co_await find_now(std::move(question));
    entry->answered.set();
}

LookedUp Inquest::looked_up(const Question& question, const Found& finding, Instant since) const {
    return {std::string(name(question.topic)),
            question.subject,
            finding.words,
            finding.number,
            finding.detail,
            finding.trouble,
            needs_.clock.now() - since};
}

Task<Found> Inquest::ask(Question question) {
    if (is_counted(question.topic)) co_return co_await find_now(std::move(question));
    const auto asked = entry(std::move(question));
    asked->was_asked = true;
    co_await asked->answered.wait();
    co_return asked->finding;
}

Task<Found> Inquest::count(Rate rate, std::string bucket, std::string key) {
    const Instant since = needs_.clock.now();
    const Question question{Topic::Rate, bucket + ' ' + key};
    const Found finding = co_await needs_.finder.count(rate, std::move(bucket), std::move(key));
    needs_.tell(looked_up(question, finding, since));
    co_return finding;
}

Task<Result<Advice, std::string>> Inquest::advise(AdvisorAddress advisor, RuleStage stage,
                                                  std::optional<Mailbox> recipient) {
    const Instant since = needs_.clock.now();
    LookedUp told{"ask", advice_subject(advisor, stage, recipient), {}, 0, {}, {}};
    auto advice = co_await needs_.finder.advise(std::move(advisor), stage, std::move(recipient), *this);
    if (advice) {
        told.words = words_of(*advice);
        told.detail = fmt::format("{}", fmt::join(advice->notes, "; "));
    } else {
        told.trouble = printable(advice.error());
    }
    told.took = needs_.clock.now() - since;
    needs_.tell(std::move(told));
    co_return advice;
}

bool Inquest::was_asked(const Question& question) const {
    const auto found = entries_.find(question);
    return found != entries_.end() && found->second->was_asked;
}

void Inquest::start_over() {
    entries_.clear();
    facts_.tags.clear();
}

void Inquest::start_transaction() {
    std::erase_if(entries_, [](const auto& entry) { return is_of_transaction(entry.first.topic); });
}

}  // namespace cursus
