#include "main/admin_client.h"

#include <fmt/format.h>
#include <sysexits.h>

#include "adapters/reactor_pool.h"

namespace cursus {
namespace {

constexpr auto call_timeout = std::chrono::seconds{60};

Task<void> converse(Reactor& reactor, std::string socket, AdminMethod method, std::string target,
                    Result<HttpResponse, AdminFailure>& answer) {
    const auto deadline = reactor.clock().now() + call_timeout;
    auto stream = co_await reactor.network().connect_local(socket, deadline);
    if (!stream) {
        answer = failure(AdminFailure{EX_UNAVAILABLE,
                                      fmt::format("no server answers at {}: {}; is cursus serve running, and "
                                                  "may you open its socket?",
                                                  socket, stream.error().what)});
        co_return;
    }
    auto called = co_await http_call(**stream, method, std::move(target), deadline);
    if (called) {
        answer = *std::move(called);
    } else {
        answer = failure(AdminFailure{EX_UNAVAILABLE, "the server did not answer: " + called.error()});
    }
}

int exit_code_of(unsigned status) {
    switch (status) {
        case 400:
            return EX_USAGE;
        case 404:
            return EX_NOUSER;
        default:
            return EX_TEMPFAIL;
    }
}

}  // namespace

Result<std::string, AdminFailure> call_server_raw(const std::string& socket, AdminMethod method,
                                                  std::string target) {
    ReactorPool pool(1);
    Result<HttpResponse, AdminFailure> answer = failure(AdminFailure{EX_SOFTWARE, "no answer"});
    pool.run(converse(pool.first(), socket, method, std::move(target), answer));
    if (!answer) return failure(answer.error());
    if (answer->status == 200) return std::move(answer->body);
    const auto json = nlohmann::json::parse(answer->body, nullptr, false);
    const auto what = json.is_object() ? json.value("error", answer->body) : answer->body;
    return failure(AdminFailure{exit_code_of(answer->status), what});
}

Result<nlohmann::json, AdminFailure> call_server(const std::string& socket, AdminMethod method,
                                                 std::string target) {
    TRY(body, call_server_raw(socket, method, std::move(target)));
    auto json = nlohmann::json::parse(body, nullptr, false);
    if (json.is_discarded()) return failure(AdminFailure{EX_PROTOCOL, "the server's answer is not JSON"});
    return json;
}

int print_failure(const AdminFailure& failure) {
    fmt::print(stderr, "cursus: {}\n", failure.what);
    return failure.exit_code;
}

}  // namespace cursus
