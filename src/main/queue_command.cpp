// cursus queue: what waits, why, and the means to hurry or remove it.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "base/printable.h"
#include "http/percent.h"
#include "main/admin_client.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/text_table.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

struct QueueOptions {
    std::string id, domain, sender;
    std::size_t limit = 1'000;
    bool json = false;
};

std::string text_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end()) return "";
    return found->is_string() ? printable(found->get<std::string>()) : found->dump();
}

// What its sender has asked to be held (RFC 4865) says so.
std::string state_of(const Json& recipient) {
    return recipient.contains("release") ? "not released" : text_of(recipient, "state");
}

std::string filter_of(const QueueOptions& options) {
    return fmt::format("message={}&domain={}&sender={}", percent_encoded(options.id),
                       percent_encoded(options.domain), percent_encoded(options.sender));
}

int print_failure(const AdminFailure& failure) {
    fmt::print(stderr, "cursus: {}\n", failure.what);
    return failure.exit_code;
}

// Calls `target` page by page until its cursor ends or `enough` says so.
template <class Each>
Result<void, AdminFailure> for_each_page(const std::string& socket, HttpMethod method,
                                         const std::string& target, Each each) {
    std::string from;
    do {
        auto page = call_server(socket, method, target + "&from=" + from);
        if (!page) return failure(page.error());
        from = page->value("next", "");
        if (!each(*page)) return {};
    } while (!from.empty());
    return {};
}

int list(const std::string& socket, const QueueOptions& options) {
    TextTable table({{"message"},
                     {"arrived"},
                     {"size", Align::Right},
                     {"sender"},
                     {"recipient"},
                     {"state"},
                     {"next try"},
                     {"last reply"}});
    Json all = Json::array();
    const auto each = [&](const Json& page) {
        for (const auto& r : page["recipients"]) {
            if (all.size() >= options.limit) return false;
            all.push_back(r);
            table.add({text_of(r, "message"), text_of(r, "arrived").substr(0, 19), text_of(r, "size"),
                       text_of(r, "sender"), text_of(r, "recipient"), state_of(r),
                       text_of(r, "due").substr(0, 19), text_of(r, "last_reply")});
        }
        return all.size() < options.limit;
    };
    const auto target =
        fmt::format("/v1/queue?{}&limit={}", filter_of(options), std::min<std::size_t>(options.limit, 1'000));
    const auto listed = for_each_page(socket, HttpMethod::Get, target, each);
    if (!listed) return print_failure(listed.error());
    if (options.json) {
        fmt::print("{}\n", all.dump(2));
    } else if (table.empty()) {
        fmt::print("Nothing waits.\n");
    } else {
        fmt::print("{}", table.text());
        if (all.size() >= options.limit)
            fmt::print("The first {} recipients; --limit shows more.\n", options.limit);
    }
    return EX_OK;
}

int summary(const std::string& socket, const QueueOptions& options) {
    const auto answer =
        call_server(socket, HttpMethod::Get, fmt::format("/v1/queue/summary?limit={}", options.limit));
    if (!answer) return print_failure(answer.error());
    if (options.json) {
        fmt::print("{}\n", (*answer)["destinations"].dump(2));
        return EX_OK;
    }
    TextTable table({{"destination"}, {"recipients", Align::Right}, {"oldest"}, {"next try"}, {"why"}});
    for (const auto& d : (*answer)["destinations"]) {
        const Json site = d.value("site", Json::object());
        table.add({text_of(d, "destination"), text_of(d, "recipients") + (d.value("more", false) ? "+" : ""),
                   text_of(d, "oldest").substr(0, 19), text_of(site, "next_try").substr(0, 19),
                   text_of(site, "why")});
    }
    fmt::print("{}", table.empty() ? "Nothing waits.\n" : table.text());
    return EX_OK;
}

int intervene(const std::string& socket, const QueueOptions& options, const char* verb, const char* done) {
    if (options.id.empty() && options.domain.empty() && options.sender.empty()) {
        fmt::print(stderr, "cursus: say which: an id, --domain or --sender\n");
        return EX_USAGE;
    }
    std::uint64_t touched = 0;
    const auto each = [&touched](const Json& page) {
        touched += page.value("touched", std::uint64_t{0});
        return true;
    };
    const auto target = fmt::format("/v1/queue/{}?{}", verb, filter_of(options));
    const auto ended = for_each_page(socket, HttpMethod::Post, target, each);
    if (!ended) return print_failure(ended.error());
    if (options.json) {
        fmt::print("{}\n", Json{{"recipients", touched}}.dump());
    } else {
        fmt::print("{} {} {}.\n", touched, touched == 1 ? "recipient" : "recipients", done);
    }
    return touched == 0 ? EX_NOINPUT : EX_OK;
}

using Run = int (*)(const std::string& socket, const QueueOptions& options);

CLI::App* add_command(CLI::App& queue, const char* name, const char* help, const CommonOptions& common,
                      Action& action, const std::shared_ptr<QueueOptions>& options, Run run) {
    auto* command = queue.add_subcommand(name, help);
    command->add_flag("--json", options->json, "JSON for programs instead of a table.");
    command->callback([&common, &action, options, run] {
        action = [&common, options, run] {
            const auto settings = load_configuration(common.configuration);
            if (settings) return run(settings->admin.socket, *options);
            fmt::print(stderr, "{}", settings.error());
            return EX_CONFIG;
        };
    });
    return command;
}

void add_selection(CLI::App& command, QueueOptions& options) {
    command.add_option("id", options.id, "A message's id.");
    command.add_option("--domain", options.domain, "Recipients in this domain only.");
    command.add_option("--sender", options.sender,
                       "Messages from this address only; \"<>\" for notifications.");
}

void add_limit(CLI::App& command, QueueOptions& options) {
    command.add_option("--limit", options.limit, "At most this many rows.")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

int retry(const std::string& socket, const QueueOptions& options) {
    return intervene(socket, options, "retry", "will be tried now");
}
int remove(const std::string& socket, const QueueOptions& options) {
    return intervene(socket, options, "remove", "removed");
}

}  // namespace

void add_queue(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* queue = app.add_subcommand("queue", "Look at the queue of the running server, and intervene.");
    queue->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, Run run) {
        const auto options = std::make_shared<QueueOptions>();
        return std::pair(add_command(*queue, name, help, common, action, options, run), options);
    };
    const auto [list_command, list_options] = add("list", "List recipients that wait.", list);
    add_selection(*list_command, *list_options);
    add_limit(*list_command, *list_options);
    const auto [show_command, show_options] = add("show", "Show one message's recipients.", list);
    show_command->add_option("id", show_options->id, "The message's id.")->required();
    const auto [summary_command, summary_options] =
        add("summary", "Count what waits by destination.", summary);
    add_limit(*summary_command, *summary_options);
    const auto [retry_command, retry_options] =
        add("retry", "Try everything that is named again now.", retry);
    add_selection(*retry_command, *retry_options);
    const auto [remove_command, remove_options] =
        add("remove", "Remove everything that is named, without telling the sender.", remove);
    add_selection(*remove_command, *remove_options);
}

}  // namespace cursus
