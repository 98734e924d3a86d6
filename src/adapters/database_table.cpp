#include "adapters/database_table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/table_values.h"
#include "base/printable.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 250ms;
constexpr auto longest_pause = 5'000ms;

}  // namespace

std::optional<std::string> ConnectPause::reason() {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() >= until_) return std::nullopt;
    return why_;
}

void ConnectPause::failed(const std::string& why) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now < until_) return;  // several have tried at once: that counts as one
    why_ = why;
    next_ = std::clamp<std::chrono::milliseconds>(next_ * 2, first_pause, longest_pause);
    until_ = now + next_;
}

void ConnectPause::succeeded() {
    const std::lock_guard lock(mutex_);
    until_ = {};
    next_ = {};
}

Task<TableAnswer> DatabaseTable::find(std::string key) {
    if (!can_be_key(key)) co_return std::nullopt;
    LookupPool::Work work = [this, wanted = std::move(key)](LookupDeadline deadline) {
        return look_up(wanted, deadline);
    };
    co_return co_await pool_.run(std::move(work));
}

TableAnswer DatabaseTable::look_up(const std::string& key, LookupDeadline deadline) {
    auto asked = ask(key, deadline);
    if (!asked)
        return failure(TableTrouble{fmt::format("table {}: {}", name_, printable(asked.error().why))});
    if (!*asked) return std::nullopt;
    return TableRow{**std::move(asked), fmt::format("table {}", name_), 0};
}

DatabaseTable::Asked DatabaseTable::ask(const std::string& key, LookupDeadline deadline) {
    if (Connection idle = take_idle()) {
        auto asked = ask_over(std::move(idle), key, deadline);
        const bool is_lost = !asked && asked.error().connection == ConnectionState::Lost;
        if (!is_lost || std::chrono::steady_clock::now() >= deadline) return asked;
        // The other side may just have ended what was idle: a new connection will tell.
    }
    if (auto why = pause_.reason()) return failure(AskFailure{ConnectionState::Lost, *std::move(why)});
    auto connected = connect_(deadline);
    if (!connected) {
        pause_.failed(connected.error());
        return failure(AskFailure{ConnectionState::Lost, std::move(connected).error()});
    }
    pause_.succeeded();
    return ask_over(*std::move(connected), key, deadline);
}

DatabaseTable::Asked DatabaseTable::ask_over(Connection connection, const std::string& key,
                                             LookupDeadline deadline) {
    auto asked = connection->ask(key, deadline);
    if (asked || asked.error().connection == ConnectionState::Usable) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(connection));
    }
    return asked;
}

DatabaseTable::Connection DatabaseTable::take_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

}  // namespace cursus
