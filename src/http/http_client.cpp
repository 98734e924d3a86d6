#include "http/http_client.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "http/read_message.h"
#include "runtime/calling_reactor.h"
#include "runtime/host_addresses.h"

namespace cursus {
namespace {

namespace http = boost::beast::http;

constexpr Duration farewell = std::chrono::seconds{1};

std::string head_of(const HttpRequest& request) {
    std::string head =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
                    request.method == HttpMethod::Post ? "POST" : "GET", request.url.target,
                    request.url.host_field(), request.body.size());
    for (const auto& [name, value] : request.fields) head += fmt::format("{}: {}\r\n", name, value);
    return head + "\r\n";
}

}  // namespace

Task<Result<HttpAnswer, std::string>> HttpClient::ask(HttpRequest request, Instant latest) {
    Reactor* const here = co_await calling_reactor(world_);
    const Instant deadline = std::min(latest, here->clock().now() + limits_.time);
    const std::string server = request.url.server_name();
    auto stream = co_await open(*here, request.url, deadline);
    if (!stream) co_return failure(fmt::format("{}: {}", server, stream.error()));
    auto answer = co_await exchange(**stream, request, deadline);
    if (!answer) co_return failure(fmt::format("{}: {}", server, answer.error()));
    co_await (*stream)->close(std::min(deadline, here->clock().now() + farewell));
    co_return answer;
}

// A connection on which the request may be said.
Task<Result<std::unique_ptr<Stream>, std::string>> HttpClient::open(Reactor& here, const HttpUrl& url,
                                                                    Instant deadline) {
    if (const auto* socket = std::get_if<LocalSocket>(&url.server)) {
        const Instant soon = std::min(deadline, here.clock().now() + http_connect_timeout);
        auto stream = co_await here.network().connect_local(socket->path, soon);
        if (!stream) co_return failure(std::move(stream.error().what));
        co_return *std::move(stream);
    }
    const UrlHost host = std::get<UrlHost>(url.server);
    CO_TRY(stream, co_await connect(here, host, deadline));
    if (url.scheme == HttpScheme::Http) co_return std::move(stream);
    const auto shaken = co_await stream->start_tls_client(tls_, host.name, deadline);
    if (shaken) co_return std::move(stream);
    const std::string why = stream->tls_failure();
    co_return failure(fmt::format("TLS: {}", why.empty() ? describe(shaken.error()) : why));
}

Task<Result<std::unique_ptr<Stream>, std::string>> HttpClient::connect(Reactor& here, const UrlHost& host,
                                                                       Instant deadline) {
    HostAddresses addresses;
    co_await look_up_addresses(world_.resolver, host.name, addresses);
    std::string why = addresses.why.empty() ? "it has no address" : addresses.why;
    for (const IpAddress& address : addresses.found) {
        const Endpoint to{address, host.port};
        const Instant soon = std::min(deadline, here.clock().now() + http_connect_timeout);
        auto stream = co_await here.network().connect(to, std::nullopt, soon);
        if (stream) co_return *std::move(stream);
        why = stream.error().what;
        if (here.clock().now() >= deadline) break;
    }
    co_return failure(std::move(why));
}

Task<Result<HttpAnswer, std::string>> HttpClient::exchange(Stream& stream, const HttpRequest& request,
                                                           Instant deadline) {
    const std::string head = head_of(request);
    const std::array<std::string_view, 2> pieces{head, request.body};
    const auto sent = co_await stream.write(pieces, deadline);
    if (!sent) co_return failure(std::string(describe(sent.error())));
    http::response_parser<http::string_body> parser;
    parser.header_limit(http_header_bytes_max);
    parser.body_limit(limits_.answer_bytes);
    CO_TRY_VOID(co_await read_http_message(stream, parser, deadline));
    auto message = parser.release();
    const auto type = message[http::field::content_type];
    co_return HttpAnswer{message.result_int(), std::string(type.data(), type.size()),
                         std::move(message.body())};
}

}  // namespace cursus
