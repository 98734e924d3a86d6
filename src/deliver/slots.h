// How many works of a site may be out, given in the order in which they are asked for. Home reactor only.
#pragma once

#include <cstddef>
#include <deque>

#include "runtime/event.h"
#include "runtime/task.h"

namespace cursus {

class Slots {
public:
    Task<bool> take();  // waits for one; false: closed
    void give_back();
    void widen(std::size_t window);  // never fewer than before
    void close();                    // wakes all who wait, for good
    bool is_closed() const { return is_closed_; }

private:
    struct Waiter {
        Event decided;
        bool is_granted = false;
    };
    void grant();

    std::size_t window_ = 0, used_ = 0;
    bool is_closed_ = false;
    std::deque<Waiter*> waiting_;
};

}  // namespace cursus
