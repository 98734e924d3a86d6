#pragma once

#include <unistd.h>

#include <utility>

namespace cursus {

// Owns a file descriptor until someone takes it over.
class SocketHandle {
public:
    explicit SocketHandle(int fd) : fd_(fd) {}
    ~SocketHandle() { close(); }
    SocketHandle(SocketHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    SocketHandle(const SocketHandle&) = delete;
    SocketHandle& operator=(SocketHandle&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = other.release();
        }
        return *this;
    }
    SocketHandle& operator=(const SocketHandle&) = delete;

    explicit operator bool() const { return fd_ >= 0; }
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

}  // namespace cursus
