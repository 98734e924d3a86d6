// One set of suites that every world must pass, the real one and the simulated one: what they promise alike.
//
// To hold a world to them: derive WorldUnderTest, write a function that makes one, and in one source file of
// a test program that links cursus_contracts say CURSUS_HOLD_TO_CONTRACTS(Name, make_function).
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "runtime/reactor.h"
#include "tests/contracts/factory.h"

namespace cursus {

// Settings that belong together; a simulated world may give whatever paths its TlsFactory understands.
struct TlsUnderTest {
    std::string server_name;        // the name the server's certificate proves
    TlsServerSettings server;       // asks for client certificates as well, and insists on none
    TlsClientSettings trusting;     // TlsVerify::Name, and trusts the server's issuer
    TlsClientSettings distrusting;  // TlsVerify::Name, and does not trust it
    TlsClientSettings careless;     // TlsVerify::None
};

class WorldUnderTest {
public:
    virtual ~WorldUnderTest() = default;
    // All reactors run (or would, for a world of one thread) while `run` does. One reactor is enough.
    virtual World& world() = 0;
    // Runs `task` on world().reactors.front() and returns when it has ended.
    virtual void run(Task<void> task) = 0;
    // Listened to with port 0, this address gives some free port, which Listener::local() tells.
    virtual IpAddress loopback() = 0;
    // An empty directory of the world's Files, for files and for local sockets.
    virtual std::string directory() = 0;
    virtual TlsUnderTest tls() = 0;
};
using MakeWorld = Factory<WorldUnderTest>;

class Contract : public testing::TestWithParam<MakeWorld> {
protected:
    World& world() { return under_test_->world(); }
    Reactor& reactor() { return *world().reactors.front(); }
    WorldUnderTest& under_test() { return *under_test_; }
    void run(Task<void> task) { under_test_->run(std::move(task)); }

private:
    std::unique_ptr<WorldUnderTest> under_test_ = GetParam().make();
};

class ClockContract : public Contract {};
class EventContract : public Contract {};
class NetworkContract : public Contract {};
class StreamContract : public Contract {};
class TlsContract : public Contract {};
class FilesContract : public Contract {};
class OffloadContract : public Contract {};

}  // namespace cursus

// ASSERT_TRUE for the body of a coroutine.
#define CO_ASSERT_TRUE(...)                      \
    if (!static_cast<bool>(__VA_ARGS__)) {       \
        ADD_FAILURE() << #__VA_ARGS__ " failed"; \
        co_return;                               \
    }                                            \
    static_assert(true)

#define CURSUS_HOLD_TO_CONTRACTS(Name, make)                                           \
    INSTANTIATE_TEST_SUITE_P(Name, ClockContract, testing::Values(MakeWorld{make}));   \
    INSTANTIATE_TEST_SUITE_P(Name, EventContract, testing::Values(MakeWorld{make}));   \
    INSTANTIATE_TEST_SUITE_P(Name, NetworkContract, testing::Values(MakeWorld{make})); \
    INSTANTIATE_TEST_SUITE_P(Name, StreamContract, testing::Values(MakeWorld{make}));  \
    INSTANTIATE_TEST_SUITE_P(Name, TlsContract, testing::Values(MakeWorld{make}));     \
    INSTANTIATE_TEST_SUITE_P(Name, FilesContract, testing::Values(MakeWorld{make}));   \
    INSTANTIATE_TEST_SUITE_P(Name, OffloadContract, testing::Values(MakeWorld{make}))
