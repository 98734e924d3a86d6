// cursus trace: what happened to a message, in a session, or with an address.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <map>
#include <set>

#include "base/id.h"
#include "base/printable.h"
#include "http/percent.h"
#include "main/admin_client.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/event_words.h"
#include "main/text_table.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

struct TraceOptions {
    std::string subject, configuration;
    bool json = false;
};

std::string details_of(const Json& event, const std::string& configuration) {
    if (auto words = in_words(event, configuration)) return *std::move(words);
    std::string out;
    for (const auto& [key, value] : event.items()) {
        if (key == "at" || key == "event" || key == "session" || key == "message") continue;
        const auto text = value.is_string() ? value.get<std::string>() : value.dump();
        if (text.empty()) continue;
        out += fmt::format("{}{}={}", out.empty() ? "" : " ", key, printable(text));
    }
    return out;
}

Result<Json, AdminFailure> events_of(const std::string& socket, std::string_view id) {
    TRY(answer, call_server(socket, AdminMethod::Get, fmt::format("/v1/trace?id={}", id)));
    return answer["events"];
}

// A session's events, or a message's with those of the session that brought it.
Result<Json, AdminFailure> story_of(const std::string& socket, const std::string& id) {
    TRY(events, events_of(socket, id));
    for (const auto& event : events) {
        if (!event.contains("session") || event.value("message", "") != id) continue;
        TRY(story, events_of(socket, event["session"].get<std::string>()));
        std::multimap<std::string, Json> by_time;  // keeps the order of events of one microsecond
        for (const auto& told : story)  // and what it says of messages is not of this one, or twice
            if (!told.contains("message")) by_time.emplace(told.value("at", ""), told);
        for (const auto& told : events) by_time.emplace(told.value("at", ""), told);
        story = Json::array();
        for (auto& [at, told] : by_time) story.push_back(std::move(told));
        return story;
    }
    return events;
}

// By which a session can be played again, and its messages be looked for.
std::string ids_in(const Json& events) {
    std::string out;
    for (const char* kind : {"session", "message"}) {
        std::set<std::string> ids;
        for (const auto& event : events)
            if (event.contains(kind)) ids.insert(event[kind].get<std::string>());
        for (const auto& id : ids) out += fmt::format("{} {}\n", kind, id);
    }
    return out + '\n';
}

int print_events(const Json& events, const TraceOptions& options) {
    if (options.json) {
        fmt::print("{}\n", events.dump(2));
        return events.empty() ? EX_NOINPUT : EX_OK;
    }
    if (events.empty()) {
        fmt::print(stderr, "cursus: the journal knows nothing of it\n");
        return EX_NOINPUT;
    }
    fmt::print("{}", ids_in(events));
    TextTable table({{"when (UTC)"}, {"what"}, {"details"}});
    for (const auto& event : events) {
        const auto at = event.value("at", "");
        table.add({at.substr(0, at.size() - 1), event.value("event", ""),
                   details_of(event, options.configuration)});
    }
    fmt::print("{}", table.text());
    return EX_OK;
}

int trace(const std::string& socket, const TraceOptions& options) {
    const std::string& subject = options.subject;
    if (parse_id_text(subject)) {
        const auto story = story_of(socket, subject);
        return story ? print_events(*story, options) : print_failure(story.error());
    }
    if (subject.find('@') == std::string::npos && subject != "<>") {
        fmt::print(stderr, "cursus: \"{}\" is neither an id nor an address\n", printable(subject));
        return EX_USAGE;
    }
    const auto answer =
        call_server(socket, AdminMethod::Get, "/v1/trace?address=" + percent_encoded(subject));
    if (!answer) return print_failure(answer.error());
    const auto& ids = (*answer)["ids"];
    if (options.json) {
        fmt::print("{}\n", ids.dump(2));
    } else {
        for (const auto& id : ids) fmt::print("{}\n", id.get<std::string>());
    }
    return ids.empty() ? EX_NOINPUT : EX_OK;
}

}  // namespace

void add_trace(CLI::App& app, const CommonOptions& common, Action& action) {
    auto options = std::make_shared<TraceOptions>();
    auto* command = app.add_subcommand(
        "trace", "Show what happened to a message or in a session; for an address, their ids.");
    command->add_option("subject", options->subject, "An id or an address.")->required();
    command->add_flag("--json", options->json, "JSON for programs instead of a table.");
    command->callback([&common, &action, options] {
        action = [&common, options] {
            options->configuration = common.configuration;
            const auto settings = load_configuration(common.configuration);
            if (settings) return trace(settings->admin.socket, *options);
            fmt::print(stderr, "{}", settings.error());
            return EX_CONFIG;
        };
    });
}

}  // namespace cursus
