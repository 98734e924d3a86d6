#include "deliver/local_delivery.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "base/printable.h"
#include "deliver/linger.h"
#include "deliver/timing.h"
#include "mail/delivered_to.h"
#include "mail/target_words.h"
#include "route/expansion_replies.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

constexpr std::string_view mailbox_stage = "the mailbox";

// What a command said, on one line that may stand in a reply.
std::string in_words(std::string output) {
    std::ranges::replace(output, '\n', ' ');
    return printable(trimmed(output));
}

}  // namespace

Task<void> LocalDelivery::serve(Destination destination) {
    Clock& clock = home().clock();
    Works works(local_messages_at_once);
    Settling results([this](std::vector<Settlement> all) { return needs_.queue.settle(std::move(all)); },
                     needs_.events, [](std::vector<Taken> taken) { taken.clear(); });
    TaskGroup carrying(home().executor()), settling(home().executor());
    settling.spawn(results.run());
    for (std::size_t i = 0; i < local_messages_at_once; ++i) carrying.spawn(carry(works, results));
    const auto feed = std::make_shared<Feed>();
    const std::function<bool()> is_over = [this] { return is_stopping_; };
    while (!is_stopping_) {
        auto work = co_await needs_.queue.take(destination, local_recipients_at_once);
        if (!work) {
            const bool comes = co_await more_comes(needs_.queue, destination, clock, is_over);
            if (!comes) break;
            continue;
        }
        for (const DueRecipient& recipient : work->recipients)
            if (recipient.attempts == 0)
                needs_.events.emit({clock.wall_now(),
                                    {},
                                    work->message,
                                    Routed{recipient.address.text(), destination, std::string{}}});
        Taken taken{std::move(*work), feed};
        co_await works.push(std::move(taken));
    }
    works.close();
    co_await carrying.join();
    results.stop();
    co_await settling.join();
    needs_.queue.release(destination);
}

Task<void> LocalDelivery::carry(Works& works, Settling& results) {
    while (true) {
        auto taken = co_await works.pop();
        if (!taken) co_return;
        co_await deliver_all(taken->work, results);
        std::vector<Taken> finished;
        finished.push_back(std::move(*taken));
        results.finish(std::move(finished));
    }
}

// First where everybody's mail ends, so that nobody's branches wait while somebody else's copy is written.
Task<void> LocalDelivery::deliver_all(const Work& work, Settling& results) {
    const auto ways = needs_.ways;
    Branches branches;
    std::vector<const DueRecipient*> ending_here;
    for (const DueRecipient& recipient : work.recipients) {
        const LocalCopy copy{work, recipient, *ways};
        const bool ends_here = co_await look(copy, branches, results);
        if (ends_here) ending_here.push_back(&recipient);
        // Memory is worth more than what lists so long have in common with the next.
        if (branches.leaves() > ways->settings.limits.expansion_members) branch_off(branches, results);
    }
    branch_off(branches, results);
    for (const DueRecipient* recipient : ending_here) {
        const LocalCopy copy{work, *recipient, *ways};
        auto outcome = co_await write(copy);
        settle(copy, std::move(outcome), results);
    }
}

Task<bool> LocalDelivery::look(LocalCopy copy, Branches& branches, Settling& results) {
    auto looped = co_await was_here_before(copy);
    if (looped) {
        settle(copy, *std::move(looped), results);
        co_return false;
    }
    if (copy.recipient.target) co_return true;
    auto expansion = co_await expand(copy);
    if (!expansion) {
        Outcome unknown{std::move(expansion).error(), {}};
        settle(copy, std::move(unknown), results);
        co_return false;
    }
    const bool is_elsewhere = !copy.ways.local.mailboxes().lmtp_host().empty();
    const bool ends_here = !is_elsewhere && expansion->is_itself(copy.recipient.address);
    if (ends_here && branches.stays(copy.recipient)) co_return true;
    branches.add(copy, *std::move(expansion));
    co_return false;
}

Task<LocalDelivery::Outcome> LocalDelivery::write(LocalCopy copy) {
    const auto place = co_await place_for(copy);
    if (!place) co_return Outcome{busy_now(copy.recipient.address.text()), {}};
    if (const auto late = too_late(*copy.work.envelope, home().clock().wall_now()))
        co_return Outcome{*late, {}};
    LocalTarget target = copy.recipient.target.value_or(LocalTarget{});
    co_return co_await end_in(copy, std::move(target));
}

Task<std::optional<AddressPlaces::Place>> LocalDelivery::place_for(LocalCopy copy) {
    const LocalAddress address = copy.ways.local.mailboxes().take_apart(copy.recipient.address);
    std::string whose = address.user + '@' + address.domain;
    co_return co_await places_.take(std::move(whose), home().clock());
}

Task<Result<Expansion, Reply>> LocalDelivery::expand(LocalCopy copy) {
    const auto place = co_await place_for(copy);
    if (!place) co_return failure(busy_now(copy.recipient.address.text()));
    ExpansionRequest request{copy.recipient.address, copy.work.envelope->sender};
    co_return co_await copy.ways.local.expander().expand(std::move(request));
}

// RFC 9228 §4: a message that has our own line for this address has been here, and would go round for ever.
// What stands before the message by our own hand is not the message's.
Task<std::optional<LocalDelivery::Outcome>> LocalDelivery::was_here_before(LocalCopy copy) {
    const auto front = co_await copy.work.body->piece(copy.work.front.size());
    if (!front) co_return Outcome{unwritable_now("the queue cannot read the message"), {}};
    if (!was_delivered_to(**front, copy.recipient.address)) co_return std::nullopt;
    co_return Outcome{delivered_here_before(copy.recipient.address.text()), {}};
}

void LocalDelivery::branch_off(Branches& branches, Settling& results) {
    for (Branching& branching : branches.take()) branch_off(std::move(branching), results);
}

void LocalDelivery::branch_off(Branching branching, Settling& results) {
    auto& [copy, expansion, duplicates] = branching;
    const DueRecipient& recipient = copy.recipient;
    Expanded event{recipient.address.text(), {}, expansion.leaves.size(), duplicates};
    SettledExpanded expanded;
    std::set<ReversePath> senders;  // told of
    for (Leaf& leaf : expansion.leaves) {
        const auto& sender = leaf.handling.sender;
        if (sender && senders.size() < expanded_shown_max && senders.insert(*sender).second)
            emit(copy.work.message,
                 Rewritten{"MAIL", path_text(copy.work.envelope->sender), path_text(*sender)});
        if (event.to.size() < expanded_shown_max)
            event.to.push_back(leaf.address.text() + " by " + expansion.steps[leaf.step].by);
        // RFC 3461 §5.2.7.2: a list's members are nobody the sender of the message has asked about.
        expanded.branches.push_back({.address = std::move(leaf.address),
                                     .original = leaf.is_of_list ? std::string() : recipient.original,
                                     .notify = leaf.is_of_list ? Notify() : recipient.notify,
                                     .handling = std::move(leaf.handling),
                                     .failure = std::move(leaf.failure)});
    }
    results.add({recipient.key, std::move(expanded)});
    results.then_emit({home().clock().wall_now(), {}, copy.work.message, std::move(event)});
}

Task<LocalDelivery::Outcome> LocalDelivery::end_in(LocalCopy copy, LocalTarget target) {
    const std::string where = local_target_text(target);
    if (const auto* file = std::get_if<FileTarget>(&target.what)) {
        MboxOrder order{file->path, bare_text(copy.work.envelope->sender), copy.work.envelope->arrived};
        co_return co_await act_as(copy, target.user, std::move(order), where);
    }
    if (const auto* directory = std::get_if<DirectoryTarget>(&target.what)) {
        MaildirOrder order{directory->path, maildir_file_name(copy)};
        co_return co_await act_as(copy, target.user, std::move(order), where);
    }
    if (auto* command = std::get_if<CommandTarget>(&target.what)) {
        CommandOrder order{std::move(command->arguments), {}, {}};
        co_return co_await act_as(copy, target.user, std::move(order), where);
    }
    co_return co_await end_in_mailbox(copy);
}

Task<LocalDelivery::Outcome> LocalDelivery::end_in_mailbox(LocalCopy copy) {
    auto hit = co_await copy.ways.local.lookup().find_person(copy.recipient.address);
    if (auto* nothing = std::get_if<NoAnswer>(&hit))
        co_return Outcome{lookup_unavailable(copy.recipient.address.text(), nothing->why), {}};
    auto* found = std::get_if<PersonHit>(&hit);
    if (found == nullptr) co_return Outcome{no_such_user(), {}};
    co_return co_await end_in_place(copy, std::move(found->person), std::move(found->place));
}

// A system user's mailbox is written as that user, a virtual one with our own rights; what needs a process of
// its own is always done as somebody else.
Task<LocalDelivery::Outcome> LocalDelivery::end_in_place(LocalCopy copy, Person person, MailboxPlace place) {
    if (std::holds_alternative<DiscardPlace>(place))
        co_return Outcome{Reply{250, Status{2, 0, 0}, "Thrown away, as configured"}, "discard:"};
    if (auto* maildir = std::get_if<MaildirPlace>(&place); maildir != nullptr && !person.system) {
        const std::string path = maildir->path;
        auto trouble = co_await maildirs_.write(copy, std::move(*maildir));
        co_return Outcome{trouble.value_or(Reply{250, Status{2, 0, 0}, "In the mailbox"}), path};
    }
    DeputyOrder order;
    std::string where;
    if (auto* maildir = std::get_if<MaildirPlace>(&place)) {
        where = maildir->path;
        order = MaildirOrder{std::move(maildir->path), maildir_file_name(copy), std::move(maildir->folder)};
    } else if (auto* mbox = std::get_if<MboxPlace>(&place)) {
        where = mbox->path;
        order = MboxOrder{std::move(mbox->path), bare_text(copy.work.envelope->sender),
                          copy.work.envelope->arrived};
    } else if (auto* command = std::get_if<CommandPlace>(&place)) {
        where = command->arguments.front();
        order = CommandOrder{std::move(command->arguments), {}, {}};
    }
    if (person.system) co_return co_await act_as(copy, *std::move(person.system), std::move(order), where);
    co_return co_await act_as(copy, copy.ways.settings.run_as, std::move(order), where);
}

Task<LocalDelivery::Outcome> LocalDelivery::act_as(LocalCopy copy, std::string user, DeputyOrder order,
                                                   std::string where) {
    auto found = co_await needs_.world.users.find(user);
    if (!found) co_return Outcome{lookup_unavailable(user, found.error()), where};
    if (!*found)
        co_return Outcome{lookup_unavailable(user, "there is no such user, and the configuration names them"),
                          where};
    co_return co_await act_as(copy, **std::move(found), std::move(order), std::move(where));
}

Task<LocalDelivery::Outcome> LocalDelivery::act_as(LocalCopy copy, SystemUser user, DeputyOrder order,
                                                   std::string where) {
    if (auto* command = std::get_if<CommandOrder>(&order)) {
        const LocalAddress address = copy.ways.local.mailboxes().take_apart(copy.recipient.address);
        command->environment = environment_of(copy, address, user.name, user.home);
        const LocalSettings& local = copy.ways.settings.local;
        command->limits = {local.command_time, local.command_output, local.command_memory};
    }
    LocalContent content(copy);
    const auto result = co_await needs_.world.deputy.deliver(std::move(user), std::move(order), content);
    co_return outcome_of(copy, result, std::move(where));
}

LocalDelivery::Outcome LocalDelivery::outcome_of(LocalCopy copy, const DeputyResult& result,
                                                 std::string where) const {
    const std::string what = in_words(result.what);
    switch (result.outcome) {
        case DeputyOutcome::Done:
            return {Reply{250, Status{2, 0, 0}, "Delivered"}, std::move(where)};
        case DeputyOutcome::Full:
            return full(copy, what);
        case DeputyOutcome::Never:
            return {rejected_here(what), std::move(where)};
        case DeputyOutcome::Later:
            break;
    }
    return {unwritable_now(what), std::move(where)};
}

// RFC 3463 §3.3, X.2.2. For a while the owner may make room.
LocalDelivery::Outcome LocalDelivery::full(LocalCopy copy, const std::string& what) const {
    const auto age = needs_.world.reactors.front()->clock().wall_now() - copy.work.envelope->arrived;
    const bool is_over = age >= copy.ways.settings.local.full_give_up_after;
    return {mailbox_is_full(what, is_over ? FullMailbox::ForGood : FullMailbox::ForNow), {}};
}

void LocalDelivery::settle(LocalCopy copy, Outcome outcome, Settling& results) {
    const DueRecipient& recipient = copy.recipient;
    const std::string address = recipient.address.text();
    emit(copy.work.message,
         Attempted{address, {}, std::nullopt, false, std::string(mailbox_stage), outcome.reply});
    if (outcome.reply.is_positive()) {
        const WallTime now = home().clock().wall_now();
        results.add({recipient.key, SettledDelivered{}});
        results.then_emit({now,
                           {},
                           copy.work.message,
                           Delivered{address, std::move(outcome.where), std::move(outcome.reply),
                                     now - copy.work.envelope->arrived}});
    } else if (outcome.reply.is_permanent()) {
        results.add({recipient.key, SettledFailed{{}, std::move(outcome.reply)}});
    } else if (is_stopping_) {
        // Our own end is no fault of the recipient's, and may be the reason.
        results.add({recipient.key, SettledUntouched{}});
    } else {
        results.add({recipient.key, SettledDeferred{{}, std::move(outcome.reply)}});
    }
}

void LocalDelivery::emit(MessageId message, EventBody body) {
    needs_.events.emit({home().clock().wall_now(), {}, message, std::move(body)});
}

}  // namespace cursus
