#include "queue/committer.h"

#include <iterator>
#include <utility>

namespace cursus {
namespace {

constexpr Duration retry_interval = std::chrono::seconds{1};

}  // namespace

void Committer::add(Precedence precedence, Batch batch, Executor where, Done done) {
    Change change{.batch = std::move(batch), .bytes = 0, .where = std::move(where), .done = std::move(done)};
    change.bytes = change.batch.bytes();
    {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return;
        (precedence == Precedence::Settlement ? settlements_ : acceptances_).push_back(std::move(change));
        if (is_writing_ || is_paused_) return;
        is_writing_ = true;
    }
    wake(write_next());
}

Task<Result<void, StoreError>> Committer::keep(Precedence precedence, Batch batch, Executor here) {
    std::optional<Result<void, StoreError>> kept;
    auto arrange = [this, precedence, &batch, &here, &kept](Resume resume) {
        add(precedence, std::move(batch), here,
            [&kept, resume = std::move(resume)](const auto& result) mutable {
                kept = result;
                resume();
            });
    };
    co_await suspend(std::move(arrange));
    co_return *std::move(kept);
}

// At least one change, and more while they fit.
void Committer::move_into(Batch& batch, Changes& from, std::size_t& bytes) {
    const bool is_settlement = &from == &settlements_;
    while (!from.empty() && (written_.empty() || bytes + from.front().bytes <= batch_bytes_max)) {
        auto& change = from.front();
        bytes += change.bytes;
        if (is_settlement) {
            batch.append(Batch(change.batch));  // a copy: it may have to be written again
        } else {
            batch.append(std::move(change.batch));
        }
        written_.push_back(std::move(change));
        from.pop_front();
    }
}

bool Committer::compose(Batch& batch) {
    if (is_paused_) return false;
    std::size_t bytes = 0;
    move_into(batch, settlements_, bytes);
    settlements_written_ = written_.size();
    if (settlements_.empty() && !std::exchange(settlements_only_, false))
        move_into(batch, acceptances_, bytes);
    return !written_.empty();
}

// is_writing_ is set by the caller, who thereby owns the right to write. Whoever waits in stop() is returned
// when nothing is left, to be woken last of all.
Committer::Stopped Committer::write_next() {
    Batch batch;
    {
        const std::lock_guard lock(mutex_);
        if (!compose(batch)) {
            is_writing_ = false;
            return is_paused_ ? std::nullopt : std::exchange(stopped_, std::nullopt);
        }
    }
    store_.write(std::move(batch),
                 [self = shared_from_this()](Result<void, StoreError> result) { self->written(result); });
    return std::nullopt;
}

void Committer::written(const Result<void, StoreError>& result) {
    std::vector<Change> ended;
    if (result) {
        health_.store_worked();
        const std::lock_guard lock(mutex_);
        ended.swap(written_);
    } else {
        health_.store_failed(result.error());
        ended = set_aside(result.error());
    }
    auto stopped = write_next();  // before anybody is woken: the disk should not wait for that
    wake(std::move(ended), result);
    wake(std::move(stopped));
}

// After a failed write: the settlements wait for the next one, everything else has failed.
std::vector<Committer::Change> Committer::set_aside(const StoreError& error) {
    std::vector<Change> lost;
    bool pauses = false;
    {
        const std::lock_guard lock(mutex_);
        const auto first_lost = written_.begin() + static_cast<std::ptrdiff_t>(settlements_written_);
        lost.assign(std::make_move_iterator(first_lost), std::make_move_iterator(written_.end()));
        if (is_stopping_ || clock_.now() >= patience_ends_) {
            lost.insert(lost.end(), std::make_move_iterator(written_.begin()),
                        std::make_move_iterator(first_lost));
        } else {
            // Without the new mail beside them they may find room yet.
            settlements_only_ = error.kind == StoreErrorKind::Full && !lost.empty();
            pauses = !settlements_only_ && settlements_written_ != 0;
            settlements_.insert(settlements_.begin(), std::make_move_iterator(written_.begin()),
                                std::make_move_iterator(first_lost));
        }
        written_.clear();
        is_paused_ = pauses;
    }
    if (pauses) pause();
    return lost;
}

void Committer::pause() {
    auto go_on = [self = shared_from_this()] {
        {
            const std::lock_guard lock(self->mutex_);
            self->is_paused_ = false;
            self->is_writing_ = true;
        }
        wake(self->write_next());
    };
    run_later(home_, [self = shared_from_this(), go_on = std::move(go_on)] {
        self->clock_.call_at(self->clock_.now() + retry_interval, go_on);
    });
}

void Committer::wake(std::vector<Change> changes, const Result<void, StoreError>& result) {
    WakeGroups<Done> groups;
    for (auto& change : changes) groups.add(change.where, std::move(change.done));
    groups.post([result](Done& done) { done(result); });
}

void Committer::wake(Stopped stopped) {
    if (stopped) run_later(stopped->first, std::move(stopped->second));
}

void Committer::give_up_at(Instant latest) {
    const std::lock_guard lock(mutex_);
    patience_ends_ = latest;
}

Task<void> Committer::stop() {
    const auto here = co_await this_executor();
    auto arrange = [this, &here](Resume resume) {
        {
            const std::lock_guard lock(mutex_);
            is_stopping_ = true;
            if (!is_idle()) {
                stopped_.emplace(here, std::move(resume));
                return;
            }
        }
        resume();
    };
    co_await suspend(std::move(arrange));
}

void Committer::close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
}

}  // namespace cursus
