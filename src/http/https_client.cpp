#include "http/https_client.h"

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

std::string head_of(const HttpsRequest& request) {
    std::string head =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
                    request.method == HttpsMethod::Post ? "POST" : "GET", request.url.target,
                    request.url.authority(), request.body.size());
    for (const auto& [name, value] : request.fields) head += fmt::format("{}: {}\r\n", name, value);
    return head + "\r\n";
}

}  // namespace

Task<Result<HttpsAnswer, std::string>> HttpsClient::ask(HttpsRequest request) {
    Reactor* const here = co_await calling_reactor(world_);
    const Instant deadline = here->clock().now() + limits_.time;
    const std::string host = request.url.authority();
    auto stream = co_await connect(*here, request.url, deadline);
    if (!stream) co_return failure(fmt::format("{}: {}", host, stream.error()));
    const auto shaken = co_await (*stream)->start_tls_client(tls_, request.url.host, deadline);
    if (!shaken) {
        const std::string why = (*stream)->tls_failure();
        co_return failure(fmt::format("{}: TLS: {}", host, why.empty() ? describe(shaken.error()) : why));
    }
    auto answer = co_await exchange(**stream, request, deadline);
    if (!answer) co_return failure(fmt::format("{}: {}", host, answer.error()));
    co_await (*stream)->close(std::min(deadline, here->clock().now() + farewell));
    co_return answer;
}

Task<Result<std::unique_ptr<Stream>, std::string>> HttpsClient::connect(Reactor& here, const HttpsUrl& url,
                                                                        Instant deadline) {
    HostAddresses addresses;
    co_await look_up_addresses(world_.resolver, url.host, addresses);
    std::string why = addresses.why.empty() ? "it has no address" : addresses.why;
    for (const IpAddress& address : addresses.found) {
        const Endpoint to{address, url.port};
        const Instant soon = std::min(deadline, here.clock().now() + https_connect_timeout);
        auto stream = co_await here.network().connect(to, std::nullopt, soon);
        if (stream) co_return *std::move(stream);
        why = stream.error().what;
        if (here.clock().now() >= deadline) break;
    }
    co_return failure(std::move(why));
}

Task<Result<HttpsAnswer, std::string>> HttpsClient::exchange(Stream& stream, const HttpsRequest& request,
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
    co_return HttpsAnswer{message.result_int(), std::string(type.data(), type.size()),
                          std::move(message.body())};
}

}  // namespace cursus
