// cursus quarantine: what is held, by whom and why; to be looked at, released or removed.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/printable.h"
#include "http/percent.h"
#include "mail/header.h"
#include "main/command.h"
#include "main/queue_calls.h"
#include "main/text_table.h"

namespace cursus {
namespace {

using Json = nlohmann::json;
using Octets = Result<std::string, AdminFailure>;

struct QuarantineOptions {
    std::vector<std::string> ids;
    QueueSelection selection{
        .id = {}, .domain = {}, .sender = {}, .recipient = {}, .account = {}, .state = "held", .held_by = {}};
    std::size_t limit = 1'000;
    bool is_raw = false;
    bool json = false;
};

// The first of what is held and named, in the order in which it will end.
Result<Json, AdminFailure> held_of(const std::string& socket, const QueueSelection& selection,
                                   std::size_t limit) {
    Json all = Json::array();
    const auto each = [&](const Json& page) {
        for (const auto& recipient : page["recipients"]) {
            if (all.size() < limit) all.push_back(recipient);
        }
        return all.size() < limit;
    };
    const auto target =
        fmt::format("/v1/queue?{}&limit={}", query_of(selection), std::min<std::size_t>(limit, 1'000));
    TRY_VOID(for_each_page(socket, AdminMethod::Get, target, each));
    return all;
}

int list(const std::string& socket, const QuarantineOptions& options) {
    const auto all = held_of(socket, options.selection, options.limit);
    if (!all) return print_failure(all.error());
    if (options.json) {
        fmt::print("{}\n", all->dump(2));
        return EX_OK;
    }
    TextTable table({{"message"},
                     {"since"},
                     {"until"},
                     {"size", Align::Right},
                     {"sender"},
                     {"recipient"},
                     {"by"},
                     {"why"}});
    for (const auto& r : *all) {
        const auto& held = r["held"];
        table.add({text_of(r, "message"), short_time(held, "since"), short_time(held, "until"),
                   text_of(r, "size"), text_of(r, "sender"), text_of(r, "recipient"), text_of(held, "by"),
                   text_of(held, "why")});
    }
    fmt::print("{}", table.empty() ? "Nothing is held.\n" : table.text());
    if (all->size() >= options.limit)
        fmt::print("The first {} recipients; --limit shows more.\n", options.limit);
    return EX_OK;
}

Octets octets_of(const std::string& socket, const std::string& id, std::uint64_t offset) {
    return call_server_raw(
        socket, AdminMethod::Get,
        fmt::format("/v1/message/octets?message={}&offset={}", percent_encoded(id), offset));
}

// Exactly as it is kept.
int print_octets(const std::string& socket, const std::string& id) {
    for (std::uint64_t offset = 0;;) {
        const auto octets = octets_of(socket, id, offset);
        if (!octets) return print_failure(octets.error());
        if (octets->empty()) return EX_OK;
        if (std::fwrite(octets->data(), 1, octets->size(), stdout) != octets->size()) return EX_IOERR;
        offset += octets->size();
    }
}

// With its empty line, or as much as a header may have.
Octets header_of(const std::string& socket, const std::string& id) {
    constexpr std::string_view end = "\r\n\r\n";
    std::string header;
    while (header.size() < header_octets_max && header.find(end) == std::string::npos) {
        TRY(octets, octets_of(socket, id, header.size()));
        if (octets.empty()) break;
        header += octets;
    }
    header.resize(std::min(header.find(end), header.size()));
    return header;
}

void print_lines(std::string_view text) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find("\r\n"));
        std::string shown;
        // A folded line begins with a tab as often as with a space.
        if (line.starts_with('\t')) shown = "\t";
        append_printable(shown, line.substr(shown.size()));
        fmt::print("{}\n", shown);
        text.remove_prefix(std::min(line.size() + 2, text.size()));
    }
}

void print_message(const Json& envelope, const Json& recipients) {
    for (const char* key : {"message", "session", "arrived", "sender", "account", "client", "helo",
                            "reverse_name", "service", "size"}) {
        const auto text = text_of(envelope, key);
        if (!text.empty() || std::string_view(key) == "sender")
            fmt::print("{:<13} {}\n", key, text.empty() ? "<>" : text);
    }
    for (const auto& recipient : recipients) {
        const auto& held = recipient["held"];
        fmt::print("{:<13} {}\n", "held for", text_of(recipient, "recipient"));
        for (const char* key : {"by", "why", "since", "until"})
            if (held.contains(key)) fmt::print("  {:<11} {}\n", key, text_of(held, key));
    }
}

int not_held(const std::string& id) {
    fmt::print(stderr, "cursus: nothing of \"{}\" is held\n", printable(id));
    return EX_NOINPUT;
}

int show(const std::string& socket, const QuarantineOptions& options) {
    auto selection = options.selection;
    selection.id = options.ids.front();
    const auto recipients = held_of(socket, selection, options.limit);
    if (!recipients) return print_failure(recipients.error());
    if (recipients->empty()) return not_held(selection.id);
    if (options.is_raw) return print_octets(socket, selection.id);
    auto envelope =
        call_server(socket, AdminMethod::Get, "/v1/message?message=" + percent_encoded(selection.id));
    if (!envelope) return print_failure(envelope.error());
    const auto header = header_of(socket, selection.id);
    if (!header) return print_failure(header.error());
    if (options.json) {
        (*envelope)["recipients"] = *recipients;
        (*envelope)["header"] = *header;
        fmt::print("{}\n", envelope->dump(2, ' ', false, Json::error_handler_t::replace));
        return EX_OK;
    }
    print_message(*envelope, *recipients);
    fmt::print("\n");
    print_lines(*header);
    return EX_OK;
}

// Of each message; one that is not held is said, and the others are done.
int touch_each(const std::string& socket, const QuarantineOptions& options, const char* verb,
               const char* done) {
    TouchedRecipients total;
    bool is_any_unknown = false;
    for (const auto& id : options.ids) {
        auto selection = options.selection;
        selection.id = id;
        const auto count =
            touch_recipients(socket, fmt::format("/v1/queue/{}?{}", verb, query_of(selection)));
        if (!count) return print_failure(count.error());
        if (count->touched == 0 && count->busy == 0) is_any_unknown = not_held(id) != EX_OK;
        total.touched += count->touched;
        total.busy += count->busy;
    }
    const int code = tell(total, done, options.json);
    return code == EX_OK && is_any_unknown ? EX_NOINPUT : code;
}

int release(const std::string& socket, const QuarantineOptions& options) {
    return touch_each(socket, options, "release", "released");
}
int remove(const std::string& socket, const QuarantineOptions& options) {
    return touch_each(socket, options, "remove", "removed");
}

using RunQuarantine = int (*)(const std::string& socket, const QuarantineOptions& options);

void add_ids(CLI::App& command, QuarantineOptions& options) {
    command.add_option("id", options.ids, "The messages' ids.")->required();
    command.add_option("--recipient", options.selection.recipient, "This address only.");
}

}  // namespace

void add_quarantine(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* quarantine = app.add_subcommand("quarantine", "Look at what is held, and release or remove it.");
    quarantine->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, RunQuarantine run) {
        const auto options = std::make_shared<QuarantineOptions>();
        auto* command = quarantine->add_subcommand(name, help);
        command->add_flag("--json", options->json, "JSON for programs.");
        run_with_socket(*command, common, action,
                        [options, run](const std::string& socket) { return run(socket, *options); });
        return std::pair(command, options);
    };
    const auto [list_command, list_options] = add("list", "List recipients that are held, and why.", list);
    auto& listed = list_options->selection;
    list_command->add_option("--domain", listed.domain, "Recipients in this domain only.");
    list_command->add_option("--sender", listed.sender,
                             "Messages from this address only; \"<>\" for notifications.");
    list_command->add_option("--recipient", listed.recipient, "This address only.");
    list_command->add_option("--account", listed.account, "Messages that this account has sent only.");
    list_command->add_option("--by", listed.held_by, "What this rule or program has held only.");
    list_command->add_option("--limit", list_options->limit, "At most this many rows.")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    const auto [show_command, show_options] =
        add("show", "Show a message that is held: its header, and why.", show);
    show_command->add_option("id", show_options->ids, "The message's id.")->required()->expected(1);
    show_command->add_flag("--raw", show_options->is_raw, "The whole message, exactly as it is kept.");
    const auto [release_command, release_options] =
        add("release", "Release messages: they are delivered now.", release);
    add_ids(*release_command, *release_options);
    const auto [remove_command, remove_options] =
        add("remove", "Remove messages, without telling anybody.", remove);
    add_ids(*remove_command, *remove_options);
}

}  // namespace cursus
