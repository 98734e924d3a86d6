// The server's end of the deputy (deputy_process.h).
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapters/content_file.h"
#include "adapters/deputy_process.h"
#include "adapters/deputy_protocol.h"
#include "adapters/deputy_slots.h"
#include "adapters/descriptor.h"
#include "adapters/real_reactor.h"
#include "runtime/deputy.h"

namespace cursus {

inline constexpr std::size_t deputy_jobs_per_user_max = 4;

// Every request has a socket of its own on which its reply comes: replies need no numbers, and what is wrong
// with one is nothing to the others. Their waits are all on the first reactor, from whichever they come.
//
// Destroyed once the reactors have been stopped; it then waits for the deputy's end.
class DeputyClient final : public Deputy, private EventLoop::Watcher {
public:
    // `home` is the first reactor, and has no task of the client's yet.
    DeputyClient(RealReactor& home, DeputyLink link, ContentPlace place);
    ~DeputyClient() override;
    DeputyClient(const DeputyClient&) = delete;
    DeputyClient& operator=(const DeputyClient&) = delete;

    std::string why_absent() const override;
    Task<Result<std::optional<OwnersFile>, std::string>> read(SystemUser user, std::string path) override;
    Task<DeputyResult> deliver(SystemUser user, DeputyOrder order, Content& content) override;
    Task<Result<PamAnswer, std::string>> ask_pam(PamQuestion question) override;
    void call_off() override;
    void when_lost(std::move_only_function<void(std::string)> told) override { told_ = std::move(told); }

private:
    using Answer = Result<DeputyReply, std::string>;
    // On the first reactor.
    Task<void> exchange(const DeputyRequest& request, int content, Answer& answer);
    Task<Result<void, std::string>> send(const std::string& packet, std::vector<int> descriptors);
    Task<Answer> receive(Descriptor& from, Instant deadline);
    Task<Answer> ask(const DeputyRequest& request, int content);
    void became_ready() override;
    void absent(std::string why);

    RealReactor& home_;
    DeputyLink link_;
    ContentPlace place_;
    DeputySlots slots_, questions_;
    mutable std::mutex mutex_;
    std::string why_absent_;
    // The first reactor's alone.
    std::unordered_set<Descriptor*> waiting_;
    std::move_only_function<void(std::string)> told_;
};

}  // namespace cursus
