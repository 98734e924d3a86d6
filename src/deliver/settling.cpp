#include "deliver/settling.h"

#include <algorithm>
#include <utility>

namespace cursus {

void Settling::finish(std::vector<Taken> taken) {
    std::ranges::move(taken, std::back_inserter(pending_.finished));
    wake_.set();
}

bool Settling::is_idle() const {
    return pending_.settlements.empty() && pending_.events.empty() && pending_.finished.empty();
}

Task<void> Settling::run() {
    while (true) {
        co_await wake_.wait();
        wake_.reset();
        while (!is_idle()) {
            Batch batch = std::exchange(pending_, {});
            if (!batch.settlements.empty()) co_await settle_(std::move(batch.settlements));
            for (MailEvent& event : batch.events) events_.emit(std::move(event));
            if (!batch.finished.empty()) done_(std::move(batch.finished));
        }
        if (is_stopping_) co_return;
    }
}

}  // namespace cursus
