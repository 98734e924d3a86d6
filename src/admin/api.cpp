#include "admin/api.h"

#include <algorithm>
#include <array>

#include "admin/json_answer.h"
#include "journal/event_fields.h"
#include "journal/journal.h"
#include "runtime/offload.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

constexpr std::size_t trace_events_max = 10'000, trace_ids_max = 1'000;

}  // namespace

Task<HttpResponse> AdminApi::answer(AdminRequest request) {
    if (QueueApi::is_asked(request)) co_return co_await queue_.answer(std::move(request));
    const bool is_get = request.method == AdminMethod::Get;
    if (request.path == "/v1/trace" && is_get) co_return co_await trace(std::move(request));
    if (request.path == "/v1/accounts/held" && is_get) co_return accounts_on_hold();
    if (request.path == "/metrics" && is_get) co_return metrics();
    static constexpr std::array<std::string_view, 2> changes{"/v1/reload", "/v1/accounts/release"};
    const bool is_change = std::ranges::find(changes, request.path) != changes.end();
    if (!is_change) co_return json_refusal(404, "there is nothing at " + request.path);
    if (request.method != AdminMethod::Post) co_return json_refusal(405, "POST is needed here");
    if (request.path == "/v1/reload") co_return co_await reload();
    co_return release_account(request);
}

Task<HttpResponse> AdminApi::reload() {
    auto report = co_await needs_.control.reload();
    if (!report) co_return json_refusal(409, std::move(report).error());
    co_return json_answer({{"changed", report->changed}, {"needs_restart", report->needs_restart}});
}

HttpResponse AdminApi::accounts_on_hold() const {
    Json accounts = Json::array();
    for (const auto& [account, why, since] : needs_.control.accounts_on_hold())
        accounts.push_back({{"account", account}, {"why", why}, {"since", time_text(since)}});
    return json_answer({{"accounts", std::move(accounts)}});
}

HttpResponse AdminApi::release_account(const AdminRequest& request) {
    const std::string account = value_of(request, "account");
    if (!needs_.control.release_account(account))
        return json_refusal(404, "there is no account \"" + account + "\" on hold");
    return json_answer({{"released", true}});
}

Task<HttpResponse> AdminApi::trace(AdminRequest request) {
    const Archive& archive = needs_.archive;
    if (const auto id = parse_id_text(value_of(request, "id"))) {
        const auto search = [&archive, id] { return trace_id(archive, *id, trace_events_max); };
        const auto lines = co_await offload(needs_.offload, search);
        if (!lines) co_return json_refusal(503, lines.error().what);
        Json events = Json::array();
        for (const auto& line : *lines) events.push_back(Json::parse(line, nullptr, false));
        co_return json_answer({{"events", std::move(events)}});
    }
    const auto address = value_of(request, "address");
    if (address.empty()) co_return json_refusal(400, "give id= or address=");
    const auto search = [&archive, &address] { return trace_address(archive, address, trace_ids_max); };
    const auto ids = co_await offload(needs_.offload, search);
    if (!ids) co_return json_refusal(503, ids.error().what);
    Json texts = Json::array();
    for (const auto id : *ids) texts.push_back(id_text(id));
    co_return json_answer({{"ids", std::move(texts)}});
}

HttpResponse AdminApi::metrics() const {
    const auto gauges = needs_.queue.gauges();
    std::string text = needs_.metrics.text();
    text += gauge_text("cursus_body_bytes_held", "Octets of message bodies in memory",
                       static_cast<double>(gauges.body_bytes_held));
    text += gauge_text("cursus_body_bytes_budget", "Octets of message bodies allowed in memory",
                       static_cast<double>(gauges.body_bytes_budget));
    text += gauge_text("cursus_recipients_leased", "Recipients being delivered",
                       static_cast<double>(gauges.leased));
    text += gauge_text("cursus_recipients_held", "Recipients in quarantine, counted within two minutes",
                       static_cast<double>(gauges.held));
    text += gauge_text("cursus_destinations", "Destinations with work that are known in memory",
                       static_cast<double>(gauges.destinations));
    return {200, "text/plain; version=0.0.4", std::move(text)};
}

}  // namespace cursus
