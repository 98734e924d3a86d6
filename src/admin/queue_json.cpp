#include "admin/queue_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "admin/json_answer.h"
#include "journal/event_fields.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

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

Json json_of(const Held& held) {
    Json json{{"by", held.hold.by}, {"why", held.hold.why}, {"since", time_text(held.since)}};
    if (held.hold.until) json["until"] = time_text(*held.hold.until);
    return json;
}

// An address as listings show it, however it was written.
std::string address_of(const std::string& text) {
    const auto mailbox = Mailbox::parse(text);
    return mailbox ? mailbox->text() : text;
}

// What selects, and what else requests about the queue take.
constexpr std::array<std::string_view, 12> request_words{"message", "domain", "sender",  "recipient",
                                                         "account", "state",  "held_by", "all",
                                                         "from",    "limit",  "why",     "for"};

}  // namespace

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
              {"last_reply", r.last_reply}};
    if (r.held) {
        json["held"] = json_of(*r.held);
    } else {
        json["due"] = time_text(r.due);
    }
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

Json json_of(MessageId id, const Envelope& envelope) {
    Json json{{"message", id.text()},
              {"session", envelope.session ? envelope.session.text() : std::string()},
              {"service", envelope.service},
              {"sender", bare_text(envelope.sender)},
              {"account", envelope.account},
              {"helo", envelope.client.helo},
              {"reverse_name", envelope.client.reverse_name},
              {"arrived", time_text(envelope.arrived)},
              {"tags", envelope.tags},
              {"size", envelope.size}};
    if (envelope.client.endpoint) json["client"] = envelope.client.endpoint->text();
    return json;
}

Result<Selection, std::string> selection_of(const AdminRequest& request) {
    for (const auto& [word, value] : request.query)
        if (std::ranges::find(request_words, word) == request_words.end())
            return failure(
                fmt::format("\"{}\" says nothing here; what does: {}", word, fmt::join(request_words, ", ")));
    Selection selection;
    auto& filter = selection.filter;
    if (const auto id = value_of(request, "message"); !id.empty()) {
        filter.message = MessageId::parse(id);
        if (!filter.message) return failure("\"" + id + "\" is not a message's id");
    }
    if (const auto name = value_of(request, "domain"); !name.empty()) {
        const auto domain = Domain::parse(name);
        if (!domain) return failure("\"" + name + "\" is not a domain: " + domain.error());
        filter.destination_domain = domain->text();
    }
    filter.sender = value_of(request, "sender");
    if (filter.sender == "<>") {
        filter.sender.clear();
        filter.sender_is_null = true;
    }
    filter.recipient = address_of(value_of(request, "recipient"));
    filter.account = value_of(request, "account");
    filter.held_by = value_of(request, "held_by");
    selection.is_said = filter.message || filter.sender_is_null || value_of(request, "all") == "yes";
    for (const auto* text : {&filter.destination_domain, &filter.sender, &filter.recipient, &filter.account})
        selection.is_said |= !text->empty();
    if (const auto state = value_of(request, "state"); !state.empty()) {
        if (state != "held" && state != "due") return failure("state is held or due, not \"" + state + "\"");
        filter.state = state == "held" ? RecipientState::Held : RecipientState::Due;
    }
    selection.from = value_of(request, "from");
    return selection;
}

}  // namespace cursus
