// Asks a hook: one POST a question.
#pragma once

#include <memory>
#include <string>

#include "base/http_url.h"
#include "http/http_client.h"
#include "policy/advisor.h"

namespace cursus {

// From any reactor.
class HttpHook final : public Advisor {
public:
    // `tls` verifies names; null unless the URL is https.
    HttpHook(World& world, HttpUrl url, std::shared_ptr<TlsContext> tls, Duration timeout);

    // Only an answer of 200 to 299 is one; nothing is followed elsewhere.
    Task<Result<Advice, std::string>> ask(Reactor& here, Facts facts, Instant deadline) override;

private:
    const HttpUrl url_;
    HttpClient client_;
};

}  // namespace cursus
