#include "admin/api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "journal/event_fields.h"
#include "journal/journal.h"
#include "runtime/offload.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

constexpr std::size_t page_default = 500, page_max = 5'000;
constexpr std::size_t trace_events_max = 10'000, trace_ids_max = 1'000;

HttpResponse json_answer(const Json& json) {
    // What a client sent may hold octets that are not UTF-8: they are replaced, never refused.
    return {200, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

HttpResponse refusal(unsigned status, std::string what) {
    return {status, "application/json", Json{{"error", what}}.dump()};
}

HttpResponse refusal(const QueueError& error) {
    return refusal(503, error.what);
}

std::string value_of(const HttpRequest& request, const std::string& key) {
    const auto found = request.query.find(key);
    return found == request.query.end() ? std::string() : found->second;
}

std::size_t limit_of(const HttpRequest& request) {
    const auto text = value_of(request, "limit");
    std::size_t limit = page_default;
    std::from_chars(text.data(), text.data() + text.size(), limit);
    return std::clamp<std::size_t>(limit, 1, page_max);
}

struct Selection {
    QueueFilter filter;
    std::string from;
};

Result<Selection, std::string> selection_of(const HttpRequest& request) {
    Selection selection;
    if (const auto id = value_of(request, "message"); !id.empty()) {
        selection.filter.message = MessageId::parse(id);
        if (!selection.filter.message) return failure("\"" + id + "\" is not a message's id");
    }
    if (const auto name = value_of(request, "domain"); !name.empty()) {
        const auto domain = Domain::parse(name);
        if (!domain) return failure("\"" + name + "\" is not a domain: " + domain.error());
        selection.filter.destination_domain = domain->text();
    }
    selection.filter.sender = value_of(request, "sender");
    if (selection.filter.sender == "<>") {
        selection.filter.sender.clear();
        selection.filter.sender_is_null = true;
    }
    selection.from = value_of(request, "from");
    return selection;
}

std::string_view state_text(RecipientState state) {
    switch (state) {
        case RecipientState::Unrouted:
            return "unrouted";
        case RecipientState::Due:
            return "due";
        case RecipientState::Leased:
            return "leased";
        case RecipientState::Held:
            return "held";
        case RecipientState::Expanded:
            return "expanded";
        case RecipientState::Delivered:
            return "delivered";
        case RecipientState::Failed:
            return "failed";
    }
    std::unreachable();
}

Json json_of(const ListedRecipient& r) {
    Json json{{"message", r.message.text()},
              {"number", r.number},
              {"sender", r.sender},
              {"recipient", r.recipient},
              {"destination", r.destination},
              {"state", state_text(r.state)},
              {"attempts", r.attempts},
              {"size", r.size},
              {"arrived", time_text(r.arrived)},
              {"due", time_text(r.due)},
              {"last_reply", r.last_reply}};
    if (r.release) json["release"] = time_text(*r.release);
    if (r.deliver_by) {
        json["deliver_by"] = time_text(r.deliver_by->time);
        json["late"] = r.deliver_by->mode == ByMode::Return ? "return" : "notify";
    }
    if (r.priority != 0) json["priority"] = r.priority;
    return json;
}

Json json_of(const DestinationSummary& d) {
    Json json{{"destination", d.destination},
              {"recipients", d.recipients},
              {"more", d.more},
              {"oldest", time_text(d.oldest)}};
    if (d.site) {
        json["site"] = {
            {"failures", d.site->failures}, {"next_try", time_text(d.site->next_try)}, {"why", d.site->why}};
    }
    return json;
}

}  // namespace

Task<HttpResponse> AdminApi::answer(HttpRequest request) {
    const bool is_get = request.method == HttpMethod::Get;
    if (request.path == "/v1/queue" && is_get) co_return list(request);
    if (request.path == "/v1/queue/summary" && is_get) co_return summary(request);
    if (request.path == "/v1/trace" && is_get) co_return co_await trace(std::move(request));
    if (request.path == "/v1/accounts/held" && is_get) co_return accounts_on_hold();
    if (request.path == "/metrics" && is_get) co_return metrics();
    static constexpr std::array<std::string_view, 4> changes{"/v1/queue/retry", "/v1/queue/remove",
                                                             "/v1/reload", "/v1/accounts/release"};
    const bool is_change = std::ranges::find(changes, request.path) != changes.end();
    if (!is_change) co_return refusal(404, "there is nothing at " + request.path);
    if (request.method != HttpMethod::Post) co_return refusal(405, "POST is needed here");
    if (request.path == "/v1/reload") co_return co_await reload();
    if (request.path == "/v1/accounts/release") co_return release_account(request);
    co_return co_await intervene(std::move(request));
}

Task<HttpResponse> AdminApi::reload() {
    auto report = co_await needs_.control.reload();
    if (!report) co_return refusal(409, std::move(report).error());
    co_return json_answer({{"changed", report->changed}, {"needs_restart", report->needs_restart}});
}

HttpResponse AdminApi::accounts_on_hold() const {
    Json accounts = Json::array();
    for (const auto& [account, why, since] : needs_.control.accounts_on_hold())
        accounts.push_back({{"account", account}, {"why", why}, {"since", time_text(since)}});
    return json_answer({{"accounts", std::move(accounts)}});
}

HttpResponse AdminApi::release_account(const HttpRequest& request) {
    const std::string account = value_of(request, "account");
    if (!needs_.control.release_account(account))
        return refusal(404, "there is no account \"" + account + "\" on hold");
    return json_answer({{"released", true}});
}

HttpResponse AdminApi::list(const HttpRequest& request) {
    const auto selection = selection_of(request);
    if (!selection) return refusal(400, selection.error());
    const auto page = needs_.queue.list(selection->filter, selection->from, limit_of(request));
    if (!page) return refusal(page.error());
    Json recipients = Json::array();
    for (const auto& recipient : page->recipients) recipients.push_back(json_of(recipient));
    return json_answer({{"recipients", std::move(recipients)}, {"next", page->next}});
}

HttpResponse AdminApi::summary(const HttpRequest& request) {
    const auto summaries = needs_.queue.summary(limit_of(request));
    if (!summaries) return refusal(summaries.error());
    Json destinations = Json::array();
    for (const auto& destination : *summaries) destinations.push_back(json_of(destination));
    return json_answer({{"destinations", std::move(destinations)}});
}

Task<HttpResponse> AdminApi::intervene(HttpRequest request) {
    auto selection = selection_of(request);
    if (!selection) co_return refusal(400, selection.error());
    Result<Queue::Step, QueueError> step;
    if (request.path == "/v1/queue/retry") {
        step = co_await needs_.queue.retry_now(selection->filter, selection->from);
    } else {
        step = co_await needs_.queue.remove(selection->filter, selection->from, "operator");
    }
    if (!step) co_return refusal(step.error());
    co_return json_answer({{"touched", step->touched}, {"next", step->next}});
}

Task<HttpResponse> AdminApi::trace(HttpRequest request) {
    const Archive& archive = needs_.archive;
    if (const auto id = parse_id_text(value_of(request, "id"))) {
        const auto search = [&archive, id] { return trace_id(archive, *id, trace_events_max); };
        const auto lines = co_await offload(needs_.offload, search);
        if (!lines) co_return refusal(503, lines.error().what);
        Json events = Json::array();
        for (const auto& line : *lines) events.push_back(Json::parse(line, nullptr, false));
        co_return json_answer({{"events", std::move(events)}});
    }
    const auto address = value_of(request, "address");
    if (address.empty()) co_return refusal(400, "give id= or address=");
    const auto search = [&archive, &address] { return trace_address(archive, address, trace_ids_max); };
    const auto ids = co_await offload(needs_.offload, search);
    if (!ids) co_return refusal(503, ids.error().what);
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
    text += gauge_text("cursus_destinations", "Destinations with work that are known in memory",
                       static_cast<double>(gauges.destinations));
    return {200, "text/plain; version=0.0.4", std::move(text)};
}

}  // namespace cursus
