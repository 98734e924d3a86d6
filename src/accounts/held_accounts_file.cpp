#include "accounts/held_accounts_file.h"

#include <utility>

#include "runtime/offload.h"

namespace cursus {

HeldAccountsFile::HeldAccountsFile(World& world, EventSink& events, std::string path)
    : world_(world), events_(events), file_(world.files, std::move(path), held_accounts_octets_max) {}

// What could not be read at the start is the operator's to bring back, not ours to overwrite.
std::vector<HeldAccount> HeldAccountsFile::read() {
    const std::scoped_lock lock(writing_);
    const auto text = file_.read();
    if (!text) tell(text.error());
    if (!text || !*text) return {};
    return parse_held_accounts(**text);
}

void HeldAccountsFile::keep(const AccountLimits& limits) {
    {
        const std::scoped_lock lock(counting_);
        ++pending_;
    }
    world_.offload.run([this, &limits] {
        write_now(limits);
        const std::scoped_lock lock(counting_);
        if (--pending_ == 0 && when_none_is_pending_ != nullptr) when_none_is_pending_->complete(true);
    });
}

Task<void> HeldAccountsFile::finish(const AccountLimits& limits) {
    co_await wait_for_writers();
    auto catch_up = [this, &limits] {
        if (is_behind_) write_now(limits);
        return is_behind_;
    };
    co_await offload(world_.offload, catch_up);
}

Task<void> HeldAccountsFile::wait_for_writers() {
    Completion<bool> none_pending;
    {
        const std::scoped_lock lock(counting_);
        if (pending_ == 0) co_return;
        when_none_is_pending_ = &none_pending;
    }
    co_await none_pending.wait();
    const std::scoped_lock lock(counting_);  // the last of them has let go of it
    when_none_is_pending_ = nullptr;
}

// Whoever comes last finds what is newest.
void HeldAccountsFile::write_now(const AccountLimits& limits) {
    const std::scoped_lock lock(writing_);
    const auto written = file_.replace(held_accounts_text(limits.held()));
    is_behind_ = !written;
    if (!written) tell(written.error());
}

void HeldAccountsFile::tell(const FileError& error) {
    events_.emit(
        {world_.reactors.front()->clock().wall_now(), {}, {}, Trouble{"accounts on hold", error.what}});
}

}  // namespace cursus
