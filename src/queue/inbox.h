// What other reactors have for the home reactor: gathered, and handed over with one post however much it is.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "queue/messages.h"
#include "runtime/run_later.h"

namespace cursus {

struct Announced {  // a message was kept
    LivePtr message;
};
struct SettleRequest {
    std::vector<Settlement> settlements;
    Executor where;  // of the task that waits
    Resume resume;
};
struct GivenUp {  // a Work was destroyed
    std::shared_ptr<Lease> lease;
    MessageId message;
    std::vector<std::uint32_t> numbers;
};
struct DebtGivenUp {  // an OwedReport was destroyed
    OwedKey debt;
};
using Notice = std::variant<Announced, SettleRequest, GivenUp, DebtGivenUp>;

class Inbox : public std::enable_shared_from_this<Inbox> {
public:
    using Handler = std::function<void(std::vector<Notice>)>;

    explicit Inbox(Executor home) : home_(std::move(home)) {}

    void open(Handler handler) { handler_ = std::move(handler); }  // before the first push
    void push(Notice notice) {
        {
            const std::lock_guard lock(mutex_);
            if (is_closed_) return;
            notices_.push_back(std::move(notice));
            if (std::exchange(is_posted_, true)) return;
        }
        run_later(home_, [self = shared_from_this()] { self->hand_over(); });
    }
    void close() {  // on the home reactor
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        handler_ = nullptr;
    }

private:
    void hand_over() {
        std::vector<Notice> notices;
        {
            const std::lock_guard lock(mutex_);
            notices.swap(notices_);
            is_posted_ = false;
        }
        if (handler_) handler_(std::move(notices));
    }

    const Executor home_;
    Handler handler_;  // home only
    std::mutex mutex_;
    std::vector<Notice> notices_;
    bool is_posted_ = false;
    bool is_closed_ = false;
};

}  // namespace cursus
