// Asks HTTP servers, one request a connection: bounded in time and size, verified where it is https, and
// without following where they would lead elsewhere.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/http_url.h"
#include "runtime/reactor.h"

namespace cursus {

enum class HttpMethod : std::uint8_t { Get, Post };
struct HttpRequest {
    HttpMethod method = HttpMethod::Get;
    HttpUrl url;
    std::vector<std::pair<std::string, std::string>> fields;  // of the header; no controls
    std::string body;
};
struct HttpAnswer {
    unsigned status = 0;
    std::string type;  // Content-Type, as it stands there
    std::string body;
};
struct HttpLimits {
    // For everything; but a name that is being looked up may hold it up for longer.
    Duration time = std::chrono::seconds{10};
    std::size_t answer_bytes = 64 * 1024;  // of the body, chunks put together
};

// How long one of several addresses may take to answer.
inline constexpr Duration http_connect_timeout = std::chrono::seconds{3};

// From any reactor.
class HttpClient {
public:
    // `tls` verifies names (TlsVerify::Name); null where no URL is https.
    HttpClient(World& world, std::shared_ptr<TlsContext> tls, HttpLimits limits)
        : world_(world), tls_(std::move(tls)), limits_(limits) {}

    // Any status is an answer. The error is a sentence that names the server.
    Task<Result<HttpAnswer, std::string>> ask(HttpRequest request, Instant latest = Instant::max());

private:
    Task<Result<std::unique_ptr<Stream>, std::string>> open(Reactor& here, const HttpUrl& url,
                                                            Instant deadline);
    Task<Result<std::unique_ptr<Stream>, std::string>> connect(Reactor& here, const UrlHost& host,
                                                               Instant deadline);
    Task<Result<HttpAnswer, std::string>> exchange(Stream& stream, const HttpRequest& request,
                                                   Instant deadline);

    World& world_;
    std::shared_ptr<TlsContext> tls_;
    HttpLimits limits_;
};

}  // namespace cursus
