#include "adapters/descriptor.h"

#include <sys/epoll.h>

#include <cassert>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cursus {

Descriptor::~Descriptor() {
    assert(!waiting_ && "nobody may wait for a descriptor that is destroyed");
}

Task<Result<void, StreamError>> Descriptor::wait(Readiness readiness, Instant deadline) {
    if (is_cancelled_) co_return failure(StreamError::Cancelled);
    assert(!waiting_ && "one task at a time waits for a descriptor");
    is_expired_ = false;
    const std::uint32_t events = readiness == Readiness::ToRead ? EPOLLIN : EPOLLOUT;
    reactor_.loop().watch(fd(), std::exchange(watched_, events), events, *this);
    if (deadline != Instant::max()) reactor_.set_deadline(*this, deadline);
    auto initiate = [this](auto handler) { waiting_ = std::move(handler); };
    co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(
        initiate, boost::asio::use_awaitable);
    if (is_cancelled_) {
        forget();
        co_return failure(StreamError::Cancelled);
    }
    if (is_expired_) co_return failure(StreamError::TimedOut);
    co_return Result<void, StreamError>();
}

// Ready and nobody there to act on it: epoll would say so again and again.
void Descriptor::became_ready() {
    if (waiting_) return resume();
    forget();
}

void Descriptor::deadline_passed() {
    is_expired_ = true;
    resume();
}

void Descriptor::expire() {
    if (waiting_) deadline_passed();
}

void Descriptor::cancel() {
    is_cancelled_ = true;
    if (waiting_) return resume();
    forget();
}

void Descriptor::resume() {
    DeadlineWheel::lift(*this);
    reactor_.loop().post(std::exchange(waiting_, {}));
}

void Descriptor::forget() {
    if (watched_ != 0) reactor_.loop().watch(fd(), std::exchange(watched_, 0), 0, *this);
}

void Descriptor::close() {
    watched_ = 0;  // closing it takes it out of epoll
    handle_.close();
}

}  // namespace cursus
