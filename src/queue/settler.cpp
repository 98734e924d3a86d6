#include "queue/settler.h"

#include "base/overloaded.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

void wake(std::vector<SettleRequest> requests) {
    WakeGroups<Resume> groups;
    for (auto& request : requests) groups.add(request.where, std::move(request.resume));
    groups.post([](Resume& resume) { resume(); });
}

}  // namespace

bool Settler::must_wait(const SettleRequest& request) const {
    return std::ranges::any_of(request.settlements, [this](const Settlement& settlement) {
        const auto message = messages_.find(settlement.key.message);
        return message && message->is_reserved;
    });
}

void Settler::settle(std::vector<SettleRequest> requests) {
    auto transaction = std::make_unique<Transaction>();
    std::vector<SettleRequest> taken;
    for (auto& request : requests) {
        if (must_wait(request)) {
            waiting_.push_back(std::move(request));
            continue;
        }
        for (auto& settlement : request.settlements) record(*transaction, settlement);
        taken.push_back(std::move(request));
    }
    if (transaction->recipients == 0) return wake(std::move(taken));
    write(std::move(transaction),
          [requests_done = std::move(taken)](bool) mutable { wake(std::move(requests_done)); });
}

void Settler::record(Transaction& transaction, Settlement& settlement) {
    const auto message = messages_.find(settlement.key.message);
    if (!message) return;
    const auto number = settlement.key.number;
    const auto found = message->recipients.find(number);
    if (found == message->recipients.end() || found->second.phase != RecipientPhase::Leased) return;
    const auto answer = [this](std::string& host, const Reply& reply) {
        return LastAnswer{.host = std::move(host), .reply = shortened(reply), .at = core_.wall_now()};
    };
    const Overloaded handle{
        [&](SettledDelivered&) { ledger_.delivered(transaction, message, number); },
        [&](SettledRelayed& relayed) {
            ledger_.relayed(transaction, message, number, answer(relayed.host, relayed.reply));
        },
        [&](SettledFailed& failed) {
            ledger_.failed(transaction, message, number,
                           {.why = "refused", .answer = answer(failed.host, failed.reply)});
        },
        [&](SettledDeferred& deferred) {
            ledger_.deferred(transaction, message, number, answer(deferred.host, deferred.reply));
        },
        [&](SettledExpanded& expanded) {
            ledger_.expanded(transaction, message, number, std::move(expanded.branches));
        },
        [&](SettledUntouched&) {
            found->second.lease->open.fetch_sub(1);
            schedule_.note_settled();
            schedule_.give_back(message, number);
        },
    };
    std::visit(handle, settlement.outcome);
}

void Settler::given_up(const GivenUp& given_up) {
    const auto message = messages_.find(given_up.message);
    if (!message) return;
    for (const auto number : given_up.numbers) {
        const auto found = message->recipients.find(number);
        if (found == message->recipients.end() || found->second.phase != RecipientPhase::Leased) continue;
        if (found->second.lease != given_up.lease) continue;
        schedule_.note_settled();
        schedule_.give_back(message, number);
    }
}

void Settler::write(std::unique_ptr<Transaction> transaction, Done done) {
    ledger_.conclude(*transaction);
    auto batch = std::move(transaction->batch);
    auto kept = [this, transaction = std::move(transaction),
                 done = std::move(done)](const auto& result) mutable {
        if (result) {
            ledger_.finish(*transaction);
        } else {
            ledger_.abandon(*transaction);
        }
        done(result.has_value());
    };
    core_.committer->add(Precedence::Settlement, std::move(batch), core_.home.executor(), std::move(kept));
}

Task<bool> Settler::write(std::unique_ptr<Transaction> transaction) {
    bool is_kept = false;
    auto arrange = [this, &transaction, &is_kept](Resume resume) {
        write(std::move(transaction), [&is_kept, resume = std::move(resume)](bool kept) mutable {
            is_kept = kept;
            resume();
        });
    };
    co_await suspend(std::move(arrange));
    co_return is_kept;
}

void Settler::reserve(const LivePtr& message) {
    message->is_reserved = true;
    ++message->users;
}

void Settler::release(const LivePtr& message) {
    message->is_reserved = false;
    --message->users;
    messages_.drop_if_idle(message);
    released_.pulse();
    settle(std::exchange(waiting_, {}));
}

void Settler::stop() {
    wake(std::exchange(waiting_, {}));
    released_.set();
}

}  // namespace cursus
