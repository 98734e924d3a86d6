#include "deliver/local_delivery.h"

#include <fmt/format.h>

#include "deliver/linger.h"
#include "runtime/offload.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

constexpr std::string_view mailbox_stage = "the mailbox";

Reply reply_of(const FileError& error) {
    if (error.kind == FileErrorKind::Full)
        return {452, Status{4, 3, 1}, "No room in the mailbox's file system"};
    return {451, Status{4, 3, 0}, "The mailbox cannot be written to now: " + error.what};
}

Reply no_such_mailbox() {
    return {550, Status{5, 1, 1}, "No mailbox can have this name"};
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
        for (const DueRecipient& recipient : taken->work.recipients)
            co_await deliver(taken->work, recipient, results);
        std::vector<Taken> finished;
        finished.push_back(std::move(*taken));
        results.finish(std::move(finished));
    }
}

Task<void> LocalDelivery::deliver(const Work& work, const DueRecipient& recipient, Settling& results) {
    const auto maildir = paths_.of(recipient.address);
    std::optional<Reply> trouble = no_such_mailbox();
    if (maildir) trouble = co_await write(work, recipient, *maildir);
    const WallTime now = home().clock().wall_now();
    const std::string address = recipient.address.text();
    const Reply reply = trouble.value_or(Reply{250, Status{2, 0, 0}, "In the mailbox"});
    needs_.events.emit({now,
                        {},
                        work.message,
                        Attempted{address, {}, std::nullopt, false, std::string(mailbox_stage), reply}});
    if (!trouble) {
        results.add({recipient.key, SettledDelivered{}});
        results.then_emit(
            {now, {}, work.message, Delivered{address, *maildir, reply, now - work.envelope->arrived}});
    } else if (trouble->is_permanent()) {
        results.add({recipient.key, SettledFailed{{}, *trouble}});
    } else {
        results.add({recipient.key, SettledDeferred{{}, *trouble}});
    }
}

Task<std::optional<Reply>> LocalDelivery::write(const Work& work, const DueRecipient& recipient,
                                                std::string maildir) {
    MaildirFile file(needs_.world.files, maildir, file_name(work, recipient));
    const bool is_known = known_.contains(maildir);
    auto trouble = co_await write_pieces(work, file, head(work, recipient), is_known, maildir);
    if (trouble) {
        known_.erase(maildir);  // perhaps somebody took its directories away
        auto abandon = [&file] {
            file.abandon();
            return true;
        };
        co_await offload(needs_.world.offload, abandon);
        co_return trouble;
    }
    if (known_.size() >= maildirs_remembered_max) known_.clear();
    known_.insert(std::move(maildir));
    co_return std::nullopt;
}

// One trip to the pool for each piece of the message, which for most messages is one in all.
Task<std::optional<Reply>> LocalDelivery::write_pieces(const Work& work, MaildirFile& file, std::string text,
                                                       bool is_known, std::string maildir) {
    Files& files = needs_.world.files;
    LineEnds line_ends;
    bool is_first = true, is_last = false;
    std::uint64_t offset = 0;
    auto step = [&]() -> FileResult<> {
        if (is_first) {
            if (!is_known) {
                TRY_VOID(prepare_maildir(files, paths_.root(), maildir));
            }
            auto opened = file.open();
            if (!opened && opened.error().kind == FileErrorKind::NotFound) {
                TRY_VOID(prepare_maildir(files, paths_.root(), maildir));
                opened = file.open();
            }
            if (!opened) return opened;
        }
        TRY_VOID(file.write(text));
        return is_last ? file.commit() : FileResult<>{};
    };
    while (!is_last) {
        auto piece = co_await work.body->piece(offset);
        if (!piece) co_return Reply{451, Status{4, 3, 0}, "The message cannot be read from the queue now"};
        offset += (*piece)->size();
        is_last = (*piece)->empty() || offset >= work.body->size();
        text += line_ends.to_lf(**piece);
        if (is_last) text += line_ends.end();
        auto done = co_await offload(needs_.world.offload, step);
        if (!done) co_return reply_of(done.error());
        is_first = false;
        text.clear();
    }
    co_return std::nullopt;
}

// RFC 5321 §4.4: final delivery puts the reverse path before everything else.
std::string LocalDelivery::head(const Work& work, const DueRecipient& recipient) const {
    return fmt::format("Return-Path: {}\nDelivered-To: {}\n", path_text(work.envelope->sender),
                       recipient.address.text());
}

std::string LocalDelivery::file_name(const Work& work, const DueRecipient& recipient) const {
    const auto arrived = work.envelope->arrived.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(arrived);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(arrived - seconds);
    const std::string host = needs_.settings.hostname ? needs_.settings.hostname->text() : "localhost";
    return fmt::format("{}.M{}Q{}R{}.{}", seconds.count(), rest.count(), work.message.text(),
                       recipient.key.number, host);
}

}  // namespace cursus
