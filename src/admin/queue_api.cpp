#include "admin/queue_api.h"

#include <algorithm>
#include <array>

#include "admin/json_answer.h"
#include "admin/queue_json.h"
#include "base/number.h"
#include "config/option.h"
#include "queue/wall.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

constexpr std::size_t page_default = 500, page_max = 5'000;
constexpr std::string_view operator_name = "operator";
constexpr std::string_view say_which =
    "say which: message=ID, domain=NAME, sender=ADDRESS, recipient=ADDRESS or account=NAME; or all=yes";

HttpResponse unavailable(const QueueError& error) {
    return json_refusal(503, error.what);
}

std::size_t limit_of(const AdminRequest& request) {
    const auto limit = parse_number<std::size_t>(value_of(request, "limit"));
    return std::clamp<std::size_t>(limit.value_or(page_default), 1, page_max);
}

HttpResponse answer_to(const Result<Queue::Step, QueueError>& step) {
    if (!step) return unavailable(step.error());
    return json_answer({{"touched", step->touched}, {"busy", step->busy}, {"next", step->next}});
}

Result<StoredMessage, HttpResponse> message_of(Queue& queue, const AdminRequest& request) {
    const auto text = value_of(request, "message");
    const auto id = MessageId::parse(text);
    if (!id) return failure(json_refusal(400, "\"" + text + "\" is not a message's id"));
    auto found = queue.message(*id);
    if (!found) return failure(unavailable(found.error()));
    if (!*found) return failure(json_refusal(404, "there is no message " + id->text()));
    return **std::move(found);
}

}  // namespace

bool QueueApi::is_asked(const AdminRequest& request) {
    static constexpr std::array<std::string_view, 4> looks{"/v1/queue", "/v1/queue/summary", "/v1/message",
                                                           "/v1/message/octets"};
    static constexpr std::array<std::string_view, 4> changes{"/v1/queue/retry", "/v1/queue/remove",
                                                             "/v1/queue/hold", "/v1/queue/release"};
    return std::ranges::find(looks, request.path) != looks.end() ||
           std::ranges::find(changes, request.path) != changes.end();
}

Task<HttpResponse> QueueApi::answer(AdminRequest request) {
    const bool is_get = request.method == AdminMethod::Get;
    if (request.path == "/v1/queue" && is_get) co_return list(request);
    if (request.path == "/v1/queue/summary" && is_get) co_return summary(request);
    if (request.path == "/v1/message" && is_get) co_return envelope(request);
    if (request.path == "/v1/message/octets" && is_get) co_return co_await octets(std::move(request));
    const bool is_change = request.path.starts_with("/v1/queue/") && request.path != "/v1/queue/summary";
    if (!is_change) co_return json_refusal(405, "GET is needed here");
    if (request.method != AdminMethod::Post) co_return json_refusal(405, "POST is needed here");
    co_return co_await intervene(std::move(request));
}

HttpResponse QueueApi::list(const AdminRequest& request) {
    const auto selection = selection_of(request);
    if (!selection) return json_refusal(400, selection.error());
    const auto page = queue_.list(selection->filter, selection->from, limit_of(request));
    if (!page) return unavailable(page.error());
    Json recipients = Json::array();
    for (const auto& recipient : page->recipients) recipients.push_back(json_of(recipient));
    return json_answer({{"recipients", std::move(recipients)}, {"next", page->next}});
}

HttpResponse QueueApi::summary(const AdminRequest& request) {
    const auto summaries = queue_.summary(limit_of(request));
    if (!summaries) return unavailable(summaries.error());
    const auto held = queue_.held_summary();
    if (!held) return unavailable(held.error());
    Json destinations = Json::array();
    for (const auto& destination : *summaries) destinations.push_back(json_of(destination));
    return json_answer({{"destinations", std::move(destinations)},
                        {"held", {{"recipients", held->recipients}, {"more", held->more}}}});
}

HttpResponse QueueApi::envelope(const AdminRequest& request) {
    const auto message = message_of(queue_, request);
    if (!message) return message.error();
    return json_answer(json_of(*MessageId::parse(value_of(request, "message")), *message->envelope));
}

Task<HttpResponse> QueueApi::octets(AdminRequest request) {
    const auto text = value_of(request, "offset");
    const auto offset = parse_number<std::uint64_t>(text.empty() ? "0" : text);
    if (!offset) co_return json_refusal(400, "\"" + text + "\" is not an offset");
    const auto message = message_of(queue_, request);
    if (!message) co_return message.error();
    const auto piece = co_await message->body->piece(*offset);
    if (!piece) co_return unavailable(piece.error());
    co_return HttpResponse{200, "application/octet-stream", **piece};
}

Task<HttpResponse> QueueApi::intervene(AdminRequest request) {
    const auto selection = selection_of(request);
    if (!selection) co_return json_refusal(400, selection.error());
    // A word that was forgotten must not change the whole queue.
    if (!selection->is_said) co_return json_refusal(400, std::string(say_which));
    if (request.path == "/v1/queue/hold") co_return co_await hold(std::move(request), *selection);
    const auto& [filter, from, is_said] = *selection;
    Result<Queue::Step, QueueError> step;
    if (request.path == "/v1/queue/retry") {
        step = co_await queue_.retry_now(filter, from);
    } else if (request.path == "/v1/queue/remove") {
        step = co_await queue_.remove(filter, from, std::string(operator_name));
    } else {
        step = co_await queue_.release_held(filter, from, std::string(operator_name));
    }
    co_return answer_to(step);
}

Task<HttpResponse> QueueApi::hold(AdminRequest request, Selection selection) {
    Hold hold{.by = std::string(operator_name), .why = value_of(request, "why"), .until = {}};
    if (const auto text = value_of(request, "for"); !text.empty()) {
        const auto length = parse_duration(text);
        if (!length) co_return json_refusal(400, "for=" + text + ": " + length.error());
        hold.until = later_by(clock_.wall_now(), *length);
    }
    const auto step = co_await queue_.hold(selection.filter, selection.from, std::move(hold));
    co_return answer_to(step);
}

}  // namespace cursus
