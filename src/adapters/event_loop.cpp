#include "adapters/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace cursus {

namespace {

constexpr int events_per_wait = 256;
constexpr std::int64_t wait_milliseconds_max = 60'000;

SocketHandle checked(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::system_category(), what);
    return SocketHandle(fd);
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {
    // Edge-triggered, so that it need never be read.
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
        throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
}

EventLoop::~EventLoop() {
    clear();
}

// Work that is destroyed may post more.
void EventLoop::clear() {
    while (take_inbox() || !queue_.empty()) {
        const auto dying = std::exchange(queue_, {});
    }
}

void EventLoop::post(Work work) {
    if (is_current()) {
        queue_.push_back(std::move(work));
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        inbox_.push_back(std::move(work));
    }
    if (is_asleep_.exchange(false)) eventfd_write(wake_.get(), 1);
}

void EventLoop::watch(int fd, std::uint32_t before, std::uint32_t events, Watcher& watcher) {
    if (before == events) return;
    epoll_event event{.events = events, .data = {.ptr = &watcher}};
    const int change = events == 0 ? EPOLL_CTL_DEL : before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    // A task would wait for ever for a descriptor that cannot be watched.
    if (epoll_ctl(epoll_.get(), change, fd, &event) != 0) {
        throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
}

void EventLoop::stop() {
    is_stopped_ = true;
    eventfd_write(wake_.get(), 1);
}

bool EventLoop::take_inbox() {
    std::vector<Work> taken;
    {
        const std::lock_guard lock(mutex_);
        if (inbox_.empty()) return false;
        taken.swap(inbox_);
    }
    std::ranges::move(taken, std::back_inserter(queue_));
    return true;
}

// What the work posts comes after the next look at the descriptors.
void EventLoop::run_queue() {
    take_inbox();
    for (std::size_t left = queue_.size(); left > 0; --left) {
        Work work = std::move(queue_.front());
        queue_.pop_front();
        work();
    }
}

void EventLoop::wait(Instant now, Instant until) {
    if (!queue_.empty() || until <= now) return look(0);
    // From here on who posts must wake us; what was posted before is seen by this look.
    is_asleep_ = true;
    if (take_inbox()) {
        is_asleep_ = false;
        return look(0);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::min<Duration>(until - now, std::chrono::milliseconds{wait_milliseconds_max}));
    look(static_cast<int>(left.count()));
    is_asleep_ = false;
}

void EventLoop::look(int milliseconds) {
    std::array<epoll_event, events_per_wait> events;
    const int count = epoll_wait(epoll_.get(), events.data(), events_per_wait, milliseconds);
    for (int i = 0; i < count; ++i) {
        auto* const watcher = static_cast<Watcher*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (watcher != nullptr) watcher->became_ready();
    }
}

}  // namespace cursus
