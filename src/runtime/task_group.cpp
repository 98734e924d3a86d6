#include "runtime/task_group.h"

#include <boost/asio/co_spawn.hpp>
#include <cassert>
#include <utility>

namespace cursus {

TaskGroup::TaskGroup(Executor executor) : executor_(std::move(executor)) {
    idle_.set();
}

TaskGroup::~TaskGroup() {
    assert(running_ == 0 && "a TaskGroup must be joined");
}

void TaskGroup::spawn(Task<void> task) {
    if (running_++ == 0) idle_.reset();
    boost::asio::co_spawn(executor_, std::move(task),
                          [this](const std::exception_ptr& error) { finished(error); });
}

void TaskGroup::finished(const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);  // out of the loop: the program ends with what it says
    if (--running_ == 0) idle_.set();
}

Task<void> TaskGroup::join() {
    while (running_ != 0) co_await idle_.wait();
}

Task<void> run_on(Executor executor, Task<void> task) {
    Signal ended;
    std::exception_ptr failed;
    boost::asio::co_spawn(executor, std::move(task), [&ended, &failed](std::exception_ptr error) {
        failed = std::move(error);
        ended.set();
    });
    co_await ended.wait();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace cursus
