#include "admin/server.h"

#include <algorithm>
#include <chrono>

namespace cursus {
namespace {

constexpr auto request_timeout = std::chrono::seconds{30};
constexpr auto answer_timeout = std::chrono::seconds{30};
constexpr std::size_t conversations_max = 64;
constexpr unsigned socket_permissions = 0600;  // what it allows, only its owner may do

}  // namespace

AdminServer::AdminServer(Reactor& reactor, const AdminSettings& settings)
    : reactor_(reactor), settings_(settings), tasks_(reactor.executor()) {}

Result<void, std::string> AdminServer::bind() {
    auto control = reactor_.network().listen_local(settings_.socket, socket_permissions);
    if (!control) return failure(control.error().what);
    control_ = *std::move(control);
    if (!settings_.metrics) return {};
    auto metrics = reactor_.network().listen(*settings_.metrics);
    if (!metrics) return failure(metrics.error().what);
    metrics_ = *std::move(metrics);
    return {};
}

void AdminServer::start(AdminApi& api) {
    api_ = &api;
    tasks_.spawn(accept(*control_, Door::Control));
    if (metrics_) tasks_.spawn(accept(*metrics_, Door::Metrics));
}

Task<void> AdminServer::stop() {
    control_->cancel();
    if (metrics_) metrics_->cancel();
    for (auto* stream : open_) stream->cancel();
    co_await tasks_.join();
}

Task<void> AdminServer::accept(Listener& listener, Door door) {
    while (true) {
        auto stream = co_await listener.accept();
        if (!stream) {
            if (stream.error().kind == NetworkErrorKind::Cancelled) co_return;
            continue;
        }
        if (open_.size() >= conversations_max) continue;  // closes it
        tasks_.spawn(converse(*std::move(stream), door));
    }
}

Task<void> AdminServer::converse(std::unique_ptr<Stream> stream, Door door) {
    open_.push_back(stream.get());
    const auto deadline = reactor_.clock().now() + request_timeout;
    auto request = co_await read_request(*stream, deadline);
    HttpResponse response;
    if (!request) {
        response = std::move(request).error();
    } else if (door == Door::Control) {
        response = co_await api_->answer(*std::move(request));
    } else if (request->method == AdminMethod::Get && request->path == "/metrics") {
        response = api_->metrics();
    } else {
        response = {404, "text/plain", "Only /metrics is here.\n"};
    }
    // A time of its own: a request that came too late is still told so.
    co_await write_response(*stream, std::move(response), reactor_.clock().now() + answer_timeout);
    std::erase(open_, stream.get());
}

}  // namespace cursus
