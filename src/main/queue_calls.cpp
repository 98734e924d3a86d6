#include "main/queue_calls.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "base/printable.h"
#include "http/percent.h"
#include "main/configuration.h"

namespace cursus {

namespace {
using Json = nlohmann::json;
}

std::string query_of(const QueueSelection& selection) {
    std::string query = selection.all ? "all=yes" : "all=";
    const auto add = [&query](std::string_view key, const std::string& value) {
        if (!value.empty()) query += fmt::format("&{}={}", key, percent_encoded(value));
    };
    add("message", selection.id);
    add("domain", selection.domain);
    add("sender", selection.sender);
    add("recipient", selection.recipient);
    add("account", selection.account);
    add("state", selection.state);
    add("held_by", selection.held_by);
    return query;
}

std::string text_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end()) return "";
    return found->is_string() ? printable(found->get<std::string>()) : found->dump();
}

std::string short_time(const Json& json, const char* key) {
    constexpr std::size_t to_seconds = 19;
    return text_of(json, key).substr(0, to_seconds);
}

Result<void, AdminFailure> for_each_page(const std::string& socket, AdminMethod method,
                                         const std::string& target,
                                         const std::function<bool(const Json&)>& each) {
    std::string from;
    do {
        auto page = call_server(socket, method, target + "&from=" + from);
        if (!page) return failure(page.error());
        from = page->value("next", "");
        if (!each(*page)) return {};
    } while (!from.empty());
    return {};
}

Result<TouchedRecipients, AdminFailure> touch_recipients(const std::string& socket,
                                                         const std::string& target) {
    TouchedRecipients count;
    const auto each = [&count](const Json& page) {
        count.touched += page.value("touched", std::uint64_t{0});
        count.busy += page.value("busy", std::uint64_t{0});
        return true;
    };
    TRY_VOID(for_each_page(socket, AdminMethod::Post, target, each));
    return count;
}

int tell(const TouchedRecipients& count, const char* done, bool json) {
    if (json) {
        Json told{{"recipients", count.touched}};
        if (count.busy != 0) told["busy"] = count.busy;
        fmt::print("{}\n", told.dump());
    } else {
        fmt::print("{} {} {}.\n", count.touched, count.touched == 1 ? "recipient" : "recipients", done);
        if (count.busy != 0) {
            fmt::print("{} {} left alone: a delivery is under way. Try again.\n", count.busy,
                       count.busy == 1 ? "was" : "were");
        }
    }
    if (count.busy != 0) return EX_TEMPFAIL;
    return count.touched == 0 ? EX_NOINPUT : EX_OK;
}

void run_with_socket(CLI::App& command, const CommonOptions& common, Action& action,
                     std::function<int(const std::string& socket)> run) {
    command.callback([&common, &action, run = std::move(run)] {
        action = [&common, run] {
            const auto settings = load_configuration(common.configuration);
            if (settings) return run(settings->admin.socket);
            fmt::print(stderr, "{}", settings.error());
            return EX_CONFIG;
        };
    });
}

}  // namespace cursus
