#include "main/inquiry.h"

#include <utility>

#include <fmt/format.h>

#include "accounts/held_accounts_file.h"
#include "runtime/offload.h"

namespace cursus {

void Inquiry::Troubles::emit(MailEvent event) noexcept {
    if (auto* trouble = std::get_if<Trouble>(&event.body)) text_ = std::move(trouble->what);
}

Inquiry::Inquiry(Standalone& here, bool with_callouts)
    : world_(here.world()),
      data_(here.settings().data_dir),
      with_callouts_(with_callouts),
      memories_(world_, troubles_, here.settings()),
      domains_(here.router(), here.local().destinations(), here.settings()),
      targets_(here.router(), here.local().destinations(), here.settings()),
      lists_(world_.resolver, here.reactor().clock(), here.settings().dns_lists),
      scanners_(world_, here.settings().scan),
      lookups_({world_.resolver, here.reactor().clock(), here.tables(), here.local().destinations(), domains_,
                lists_, memories_.callouts, targets_, memories_.behaviour, nullptr, Footprints::Avoided,
                with_callouts ? Footprints::Left : Footprints::Avoided}) {}

// The file is written only when something has been learned, and here nothing ever is.
Task<void> Inquiry::recall() {
    co_await memories_.behaviour.start();
    why_forgotten_ = troubles_.take();
    held_ = co_await read_held();
    why_held_unknown_ = troubles_.take();
}

Task<std::vector<HeldAccount>> Inquiry::read_held() {
    HeldAccountsFile file(world_, troubles_, data_ + "/accounts-on-hold");
    auto read = [&file] { return file.read(); };
    co_return co_await offload(world_.offload, read);
}

std::vector<std::string> Inquiry::notes(const std::string& account) const {
    std::vector<std::string> notes;
    if (is_memory_asked_ && why_forgotten_.empty())
        notes.push_back(fmt::format(
            "What is remembered of clients is what {}/behaviour says: up to a minute old.", data_));
    else if (is_memory_asked_)
        notes.push_back("What the server remembers of clients is not known here: " + why_forgotten_);
    if (account.empty()) return notes;
    if (!why_held_unknown_.empty())
        notes.push_back("Which accounts are on hold is not known here: " + why_held_unknown_);
    notes.emplace_back("How much an account has sent is remembered by the server alone: here it is nothing.");
    return notes;
}

Found Inquiry::forgotten() const {
    return unknown("it is remembered by the server, and not known here: " + why_forgotten_);
}

Task<Found> Inquiry::find(Question question, Evidence& evidence) {
    const bool is_memory = question.topic == Topic::Greylisted || question.topic == Topic::UnknownRecipients;
    is_memory_asked_ |= is_memory;
    if (is_memory && !why_forgotten_.empty()) co_return forgotten();
    const bool is_callout =
        question.topic == Topic::SenderCallout || question.topic == Topic::RecipientCallout;
    Found found = co_await lookups_.find(std::move(question), evidence);
    if (!is_callout || found.is_known() || with_callouts_) co_return found;
    co_return Found{{std::string(not_asked)}, 0, "it would be asked by a callout"};
}

Task<Found> Inquiry::count(Rate rate, std::string bucket, std::string key) {
    is_memory_asked_ = true;
    if (!why_forgotten_.empty()) co_return forgotten();
    co_return co_await lookups_.count(rate, std::move(bucket), std::move(key));
}

// They keep and count what they are told: the rules behind them are played as if they had nothing against it.
Task<Result<Advice, std::string>> Inquiry::advise(AdvisorAddress, RuleStage, std::optional<Mailbox>,
                                                  Evidence&) {
    Advice advice;
    advice.notes = {"it is not asked here, and taken to have no opinion"};
    co_return advice;
}

}  // namespace cursus
