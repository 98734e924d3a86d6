// Asks HTTPS servers, one request a connection: verified, bounded in time and size, and without following
// where they would lead elsewhere.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/https_url.h"
#include "runtime/reactor.h"

namespace cursus {

enum class HttpsMethod : std::uint8_t { Get, Post };
struct HttpsRequest {
    HttpsMethod method = HttpsMethod::Get;
    HttpsUrl url;
    std::vector<std::pair<std::string, std::string>> fields;  // of the header; no controls
    std::string body;
};
struct HttpsAnswer {
    unsigned status = 0;
    std::string type;  // Content-Type, as it stands there
    std::string body;
};
struct HttpsLimits {
    Duration time =
        std::chrono::seconds{10};  // for everything, the handshake included, once the host's name is known
    std::size_t answer_bytes = 64 * 1024;  // of the body, chunks put together
};

// How long one of several addresses may take to answer.
inline constexpr Duration https_connect_timeout = std::chrono::seconds{3};

// From any reactor.
class HttpsClient {
public:
    // `tls` verifies names (TlsVerify::Name).
    HttpsClient(World& world, std::shared_ptr<TlsContext> tls, HttpsLimits limits)
        : world_(world), tls_(std::move(tls)), limits_(limits) {}

    // Any status is an answer. The error is a sentence that names the host.
    Task<Result<HttpsAnswer, std::string>> ask(HttpsRequest request);

private:
    Task<Result<std::unique_ptr<Stream>, std::string>> connect(Reactor& here, const HttpsUrl& url,
                                                               Instant deadline);
    Task<Result<HttpsAnswer, std::string>> exchange(Stream& stream, const HttpsRequest& request,
                                                    Instant deadline);

    World& world_;
    std::shared_ptr<TlsContext> tls_;
    HttpsLimits limits_;
};

}  // namespace cursus
