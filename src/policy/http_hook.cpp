#include "policy/http_hook.h"

#include <utility>

#include <fmt/format.h>

#include "policy/hook_document.h"

namespace cursus {

HttpHook::HttpHook(World& world, HttpUrl url, std::shared_ptr<TlsContext> tls, Duration timeout)
    : url_(std::move(url)), client_(world, std::move(tls), {timeout, hook_answer_octets_max}) {}

Task<Result<Advice, std::string>> HttpHook::ask(Reactor&, Facts facts, Instant deadline) {
    HttpRequest request{.method = HttpMethod::Post,
                        .url = url_,
                        .fields = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
                        .body = hook_question(facts)};
    const auto answer = co_await client_.ask(std::move(request), deadline);
    if (!answer) co_return failure(answer.error());
    if (answer->status / 100 != 2)
        co_return failure(fmt::format("{}: it answered {}", url_.server_name(), answer->status));
    auto advice = parse_hook_answer(answer->body);
    if (!advice) co_return failure(fmt::format("{}: {}", url_.server_name(), advice.error()));
    co_return advice;
}

}  // namespace cursus
