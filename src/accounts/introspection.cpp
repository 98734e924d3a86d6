#include "accounts/introspection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "http/bounded_json.h"
#include "http/percent.h"
#include "mail/base64.h"
#include "runtime/calling_reactor.h"
#include "runtime/offload.h"
#include "runtime/secret_file.h"

namespace cursus {
namespace {

// RFC 6749 §2.3.1: both are encoded as in a form before RFC 7617 puts them together.
std::string basic_credentials(const std::string& id, const std::string& secret) {
    const std::string pair = percent_encoded(id) + ':' + percent_encoded(secret);
    return "Basic " + to_base64(pair);
}

// RFC 6750 §2.1: nothing else is a token, and nothing else is asked about.
bool may_be_token(std::string_view text) {
    return !text.empty() && text.size() <= token_octets_max &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// Frees a place when it goes.
class Place {
public:
    explicit Place(std::atomic<std::size_t>& taken) : taken_(taken), number_(taken.fetch_add(1)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { taken_.fetch_sub(1); }
    bool is_free() const { return number_ < introspections_at_once; }

private:
    std::atomic<std::size_t>& taken_;
    std::size_t number_;
};

}  // namespace

Result<std::unique_ptr<Introspection>, std::string> Introspection::make(World& world,
                                                                        OauthSettings settings) {
    auto url = HttpsUrl::parse(settings.introspection);
    if (!url) return failure("oauth_introspection: " + url.error());
    auto tls = world.tls.client({.verify = TlsVerify::Name, .trusted_roots = settings.trusted_roots});
    if (!tls) return failure("oauth_trusted_roots: " + tls.error());
    return std::unique_ptr<Introspection>(
        new Introspection(world, std::move(settings), *std::move(url), *std::move(tls)));
}

Introspection::Introspection(World& world, OauthSettings settings, HttpsUrl url,
                             std::shared_ptr<TlsContext> tls)
    : world_(world),
      settings_(std::move(settings)),
      url_(std::move(url)),
      client_(world, std::move(tls), {introspection_timeout, introspection_answer_bytes}) {}

Task<Result<TokenVerdict, CredentialTrouble>> Introspection::check(std::string token) {
    if (!may_be_token(token)) co_return TokenVerdict(failure(describe(TokenFault::Malformed)));
    Reactor* const here = co_await calling_reactor(world_);
    const WallTime now = here->clock().wall_now();
    if (auto account = recent_.account_of(token, now)) co_return TokenVerdict(*std::move(account));
    const Place place(asking_);
    if (!place.is_free())
        co_return failure(CredentialTrouble{url_.host + ": too many questions are open already"});
    co_return co_await ask(std::move(token), now);
}

Task<Result<TokenVerdict, CredentialTrouble>> Introspection::ask(std::string token, WallTime now) {
    constexpr unsigned ok = 200;
    CO_TRY(request, co_await request_for(token));
    const auto answer = co_await client_.ask(std::move(request));
    if (!answer) co_return failure(CredentialTrouble{answer.error()});
    // RFC 7662 §2.3: a bad token is an answer of 200, too. 401 is about ourselves.
    if (answer->status != ok)
        co_return failure(CredentialTrouble{fmt::format("{}: it answered {}", url_.host, answer->status)});
    auto accepted = judge_introspection(answer->body, settings_, now);
    if (!accepted && accepted.error() == TokenFault::Malformed)
        co_return failure(CredentialTrouble{url_.host + ": its answer is none of RFC 7662"});
    if (!accepted) co_return TokenVerdict(failure(describe(accepted.error())));
    const WallTime until = std::min(accepted->expires.value_or(WallTime::max()), now + introspection_kept);
    recent_.keep(token, accepted->account, until);
    co_return TokenVerdict(std::move(accepted->account));
}

Task<Result<HttpsRequest, CredentialTrouble>> Introspection::request_for(std::string_view token) {
    HttpsRequest request;
    request.method = HttpsMethod::Post;
    request.url = url_;
    request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    if (!settings_.client_id.empty()) {
        CO_TRY(secret, co_await secret_now());
        request.fields.emplace_back("Authorization", basic_credentials(settings_.client_id, secret));
    }
    request.body = "token=" + percent_encoded(token) + "&token_type_hint=access_token";
    co_return request;
}

// Every time: by whoever serves, and it may have been corrected.
Task<Result<std::string, CredentialTrouble>> Introspection::secret_now() {
    if (settings_.client_secret_file.empty()) co_return std::string();
    auto read = [this] { return read_secret_file(world_.files, settings_.client_secret_file); };
    auto secret = co_await offload(world_.offload, read);
    if (!secret) co_return failure(CredentialTrouble{"oauth_client_secret_file: " + secret.error()});
    co_return *std::move(secret);
}

Result<AcceptedToken, TokenFault> judge_introspection(std::string_view body, const OauthSettings& settings,
                                                      WallTime now) {
    using Json = nlohmann::json;
    const auto claims = parse_json_object(body, introspection_answer_bytes);
    if (!claims) return failure(TokenFault::Malformed);
    const auto active = claims->find("active");
    if (active == claims->end() || !active->is_boolean()) return failure(TokenFault::Malformed);
    if (*active != Json(true)) return failure(TokenFault::Inactive);
    return judge_claims(*claims, settings, ExpiryIs::Optional, now);
}

}  // namespace cursus
