// cursus queue: what waits, why, and the means to hurry, hold, release or remove it.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "http/percent.h"
#include "main/command.h"
#include "main/queue_calls.h"
#include "main/text_table.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

struct QueueOptions {
    QueueSelection selection;
    std::string why, length;  // of a hold
    bool from_quarantine = false;
    std::size_t limit = 1'000;
    bool json = false;
};

// What its sender has asked to be held (RFC 4865) says so.
std::string state_of(const Json& recipient) {
    return recipient.contains("release") ? "not released" : text_of(recipient, "state");
}

std::string reason_of(const Json& recipient) {
    const auto held = recipient.find("held");
    if (held == recipient.end()) return text_of(recipient, "last_reply");
    return text_of(*held, "by") + ": " + text_of(*held, "why");
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
            table.add({text_of(r, "message"), short_time(r, "arrived"), text_of(r, "size"),
                       text_of(r, "sender"), text_of(r, "recipient"), state_of(r), short_time(r, "due"),
                       reason_of(r)});
        }
        return all.size() < options.limit;
    };
    const auto target = fmt::format("/v1/queue?{}&limit={}", query_of(options.selection),
                                    std::min<std::size_t>(options.limit, 1'000));
    const auto listed = for_each_page(socket, AdminMethod::Get, target, each);
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
        call_server(socket, AdminMethod::Get, fmt::format("/v1/queue/summary?limit={}", options.limit));
    if (!answer) return print_failure(answer.error());
    if (options.json) {
        fmt::print("{}\n", (*answer)["destinations"].dump(2));
        return EX_OK;
    }
    TextTable table({{"destination"}, {"recipients", Align::Right}, {"oldest"}, {"next try"}, {"why"}});
    for (const auto& d : (*answer)["destinations"]) {
        const Json site = d.value("site", Json::object());
        table.add({text_of(d, "destination"), text_of(d, "recipients") + (d.value("more", false) ? "+" : ""),
                   short_time(d, "oldest"), short_time(site, "next_try"), text_of(site, "why")});
    }
    fmt::print("{}", table.empty() ? "Nothing waits.\n" : table.text());
    const Json held = answer->value("held", Json::object());
    const auto count = held.value("recipients", std::uint64_t{0});
    if (count != 0) {
        fmt::print("{}{} more {} held: cursus quarantine list\n", count, held.value("more", false) ? "+" : "",
                   count == 1 ? "is" : "are");
    }
    return EX_OK;
}

int intervene(const std::string& socket, const QueueOptions& options, const char* target, const char* done) {
    if (options.selection.is_empty()) {
        fmt::print(stderr, "cursus: say which: an id, --domain, --sender or --account\n");
        return EX_USAGE;
    }
    const auto hold =
        fmt::format("&why={}&for={}", percent_encoded(options.why), percent_encoded(options.length));
    const auto count =
        touch_recipients(socket, fmt::format("/v1/queue/{}?{}{}", target, query_of(options.selection),
                                             std::string_view(target) == "hold" ? hold : std::string()));
    return count ? tell(*count, done, options.json) : print_failure(count.error());
}

int retry(const std::string& socket, const QueueOptions& options) {
    return intervene(socket, options, "retry", "will be tried now");
}
int remove(const std::string& socket, const QueueOptions& options) {
    return intervene(socket, options, "remove", "removed");
}
int hold(const std::string& socket, const QueueOptions& options) {
    return intervene(socket, options, "hold", "held");
}
int release(const std::string& socket, const QueueOptions& options) {
    auto chosen = options;
    // What a rule or a scanner holds is released by its name alone, unless that is meant.
    if (chosen.selection.id.empty() && !chosen.from_quarantine) chosen.selection.held_by = "operator";
    return intervene(socket, chosen, "release", "released");
}

using RunQueue = int (*)(const std::string& socket, const QueueOptions& options);
using Options = std::shared_ptr<QueueOptions>;

void add_selection(CLI::App& command, QueueSelection& selection) {
    command.add_option("id", selection.id, "A message's id.");
    command.add_option("--domain", selection.domain, "Recipients in this domain only.");
    command.add_option("--sender", selection.sender,
                       "Messages from this address only; \"<>\" for notifications.");
    command.add_option("--account", selection.account, "Messages that this account has sent only.");
}

void add_everything(CLI::App& command, QueueSelection& selection, const char* help) {
    auto* all = command.add_flag("--all", selection.all, help);
    for (const char* other : {"id", "--domain", "--sender", "--account"})
        all->excludes(command.get_option(other));
}

void add_limit(CLI::App& command, QueueOptions& options) {
    command.add_option("--limit", options.limit, "At most this many rows.")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

void add_hold(CLI::App& command, QueueOptions& options) {
    add_selection(command, options.selection);
    add_everything(command, options.selection, "Everything that waits.");
    command.add_option("--why", options.why, "The reason, which listings show.");
    command.add_option(
        "--for", options.length,
        "How long, as in 12h or 30d: then it is REMOVED. Without this it stays until it is released.");
}

void add_release(CLI::App& command, QueueOptions& options) {
    add_selection(command, options.selection);
    add_everything(command, options.selection, "Everything that `queue hold` has held.");
    command.add_flag("--quarantine", options.from_quarantine,
                     "What rules and scanners have held, too. An id does without this.");
}

}  // namespace

void add_queue(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* queue = app.add_subcommand("queue", "Look at the queue of the running server, and intervene.");
    queue->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, RunQueue run) {
        const auto options = std::make_shared<QueueOptions>();
        auto* command = queue->add_subcommand(name, help);
        command->add_flag("--json", options->json, "JSON for programs instead of a table.");
        run_with_socket(*command, common, action,
                        [options, run](const std::string& socket) { return run(socket, *options); });
        return std::pair(command, options);
    };
    const auto [list_command, list_options] = add("list", "List recipients that wait.", list);
    add_selection(*list_command, list_options->selection);
    add_limit(*list_command, *list_options);
    const auto [show_command, show_options] = add("show", "Show one message's recipients.", list);
    show_command->add_option("id", show_options->selection.id, "The message's id.")->required();
    const auto [summary_command, summary_options] =
        add("summary", "Count what waits by destination.", summary);
    add_limit(*summary_command, *summary_options);
    const auto [retry_command, retry_options] =
        add("retry", "Try everything that is named again now.", retry);
    add_selection(*retry_command, retry_options->selection);
    const auto [remove_command, remove_options] =
        add("remove", "Remove everything that is named, without telling the sender.", remove);
    add_selection(*remove_command, remove_options->selection);
    const auto [hold_command, hold_options] =
        add("hold", "Put everything that is named and waits into quarantine.", hold);
    add_hold(*hold_command, *hold_options);
    const auto [release_command, release_options] =
        add("release", "Release what is named from quarantine: it is delivered now.", release);
    add_release(*release_command, *release_options);
}

}  // namespace cursus
