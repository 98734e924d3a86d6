// cursus explain: a session that does not happen, or one that did by other rules: what would be decided, by
// which rule, and why.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "adapters/country_file.h"
#include "base/printable.h"
#include "base/text.h"
#include "config/option.h"
#include "http/percent.h"
#include "main/admin_client.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/imagined_session.h"
#include "main/inquiry.h"
#include "main/recorded_finder.h"
#include "main/session_record.h"
#include "main/standalone.h"
#include "main/story.h"
#include "runtime/files.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

struct ExplainOptions {
    std::string client_ip, helo, from, account, message, session, listener;
    std::vector<std::string> to;
    bool tls = false, callout = false, json = false;
};

// With line ends as mail has them.
Result<std::string, CommandTrouble> read_message(Files& files, const std::string& path) {
    constexpr std::uint64_t message_bytes_max = 256 * mib;
    const auto read = read_whole_file(files, path, message_bytes_max);
    if (!read) return failure(CommandTrouble{EX_NOINPUT, fmt::format("cursus: {}\n", read.error().what)});
    const std::string& text = *read;
    std::string with_line_ends;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) with_line_ends += '\r';
        with_line_ends += text[i];
    }
    return with_line_ends;
}

// Asked with the rights that the command was started with: those of whoever may use the socket.
Result<Json, CommandTrouble> events_of(const std::string& socket, const std::string& id) {
    auto answer = call_server(socket, AdminMethod::Get, "/v1/trace?id=" + percent_encoded(id));
    if (!answer)
        return failure(
            CommandTrouble{answer.error().exit_code, fmt::format("cursus: {}\n", answer.error().what)});
    return (*answer)["events"];
}

// By its id, or by that of a message that it brought.
Result<Json, CommandTrouble> session_events(const std::string& path, const std::string& id) {
    if (!parse_id_text(id))
        return failure(CommandTrouble{
            EX_USAGE, fmt::format("cursus: \"{}\" is no id of a session or of a message\n", printable(id))});
    const auto settings = load_configuration(path);
    if (!settings) return failure(CommandTrouble{EX_CONFIG, settings.error()});
    TRY(events, events_of(settings->admin.socket, id));
    for (const auto& event : events) {
        const auto session = event.value("session", std::string());
        if (session == id) return events;
        if (!session.empty()) return events_of(settings->admin.socket, session);
    }
    return failure(CommandTrouble{EX_NOINPUT, fmt::format("cursus: the journal knows no session {}\n", id)});
}

Result<std::size_t, CommandTrouble> place_of_listener(const Settings& settings, const std::string& name) {
    for (std::size_t i = 0; i < settings.listeners.size(); ++i)
        if (name.empty() ? settings.listeners[i].service == Service::Mx : settings.listeners[i].name == name)
            return i;
    if (name.empty()) return std::size_t{0};
    return failure(CommandTrouble{
        EX_USAGE,
        fmt::format("cursus: there is no listener \"{}\"; name one with --listener\n", printable(name))});
}

// The session that is asked for, as if it had been recorded.
Result<SessionRecord, CommandTrouble> record_of(const ExplainOptions& options, Files& files) {
    const auto address = IpAddress::parse(options.client_ip);
    if (!address)
        return failure(CommandTrouble{
            EX_USAGE, fmt::format("cursus: \"{}\" is no address; write --client-ip 192.0.2.1\n",
                                  printable(options.client_ip))});
    ImaginedMail mail{bare_path(options.from), options.to, {}};
    if (!options.message.empty()) {
        TRY(message, read_message(files, options.message));
        mail.message = std::move(message);
    }
    SessionRecord record;
    record.client = {.address = {*address, 40'000},
                     .helo = options.helo.empty() ? address->literal() : options.helo,
                     .account = options.account,
                     .mails = {std::move(mail)}};
    if (options.tls) record.client.tls = imagined_tls();
    return record;
}

Settings settings_for(const Settings& configured, const ImaginedClient& client, std::size_t listener) {
    Settings settings = configured;
    // It is by XCLIENT that a client comes as somebody who has logged in.
    if (!client.account.empty())
        settings.listeners[listener].xclient.push_back(*IpNetwork::parse(client.address.address.text()));
    // Every client is met as one that says its words in order: nobody waits.
    for (auto& rule : settings.rules) rule.delay = {};
    // They keep and count what they are told, and cannot be told that it does not happen.
    settings.scan.milters.clear();
    return settings;
}

void add_notes(std::vector<Told>& told, const SessionRecord& record, const Inquiry& inquiry,
               std::size_t milters) {
    const auto note = [&told](std::string text) { told.push_back({Told::Who::Note, std::move(text), {}}); };
    for (auto& text : inquiry.notes(record.client.account)) note(std::move(text));
    if (record.has_stand_in)
        note(
            "The message itself is not kept: the rules were shown a stand-in of its size, with the "
            "attachments "
            "and links that were noted, without its header and whatever was malformed in it.");
    if (milters != 0)
        note(fmt::format("{} {} not asked.", milters, milters == 1 ? "milter is" : "milters are"));
    if (record.of_milters.empty()) return;
    note("What milters said in the session that was:");
    for (const auto& said : record.of_milters) told.push_back({Told::Who::Event, {}, said});
}

struct Play {
    SessionRecord record;
    std::size_t listener = 0;
    Json events = Json::array();  // of a session that happened; none: it did not
    bool with_callouts = false;
};

Task<void> play(Standalone& here, Play wanted, std::vector<Told>& told) {
    const SessionRecord& record = wanted.record;
    Inquiry inquiry(here, wanted.with_callouts);
    co_await inquiry.recall();
    RecordedFinder recorded(wanted.events, inquiry);
    const Settings settings = settings_for(here.settings(), record.client, wanted.listener);
    const bool is_record = !wanted.events.empty();
    std::unique_ptr<Countries> countries;
    if (!settings.auth.countries.empty())
        if (auto opened = open_country_file(settings.auth.countries)) countries = *std::move(opened);
    Finder* const finder = is_record ? static_cast<Finder*>(&recorded) : &inquiry;
    const PolicyParts policy{finder, is_record ? nullptr : &inquiry.scanners(), nullptr};
    const auto rules = std::make_shared<const GroundRules>(settings, here.local(), here.tables(), nullptr,
                                                           countries.get(), policy);
    told = co_await imagine_session(here.world(), rules, wanted.listener, record.client,
                                    inquiry.accounts_on_hold());
    co_await inquiry.finish();
    add_notes(told, record, inquiry, here.settings().scan.milters.size());
}

int explain(const std::string& path, const ExplainOptions& options) {
    Play wanted;
    wanted.with_callouts = options.callout;
    const bool is_record = !options.session.empty();
    if (is_record) {
        auto events = session_events(path, options.session);
        if (!events) return report(events.error());
        wanted.events = *std::move(events);
        wanted.record = session_record(wanted.events);
    }
    const auto here = Standalone::open(path);
    if (!here) return report(here.error());
    if (!is_record) {
        auto record = record_of(options, (*here)->world().files);
        if (!record) return report(record.error());
        wanted.record = *std::move(record);
    }
    if (!options.listener.empty()) wanted.record.listener = options.listener;
    const auto listener = place_of_listener((*here)->settings(), wanted.record.listener);
    if (!listener) return report(listener.error());
    wanted.listener = *listener;
    std::vector<Told> told;
    (*here)->run(play(**here, std::move(wanted), told));
    if (options.json)
        print_story_as_json(told);
    else
        print_story(told, path);
    return EX_OK;
}

}  // namespace

void add_explain(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* command = app.add_subcommand(
        "explain",
        "Play a session that does not happen, and show what would be decided, by which rule, and why.");
    auto options = std::make_shared<ExplainOptions>();
    command->add_option("--client-ip", options->client_ip, "Where the client comes from.");
    command->add_option("--helo", options->helo, "What it calls itself; the default is its address.");
    command->add_option("--from", options->from, "The sender; empty for the null path.");
    command->add_option("--to", options->to, "A recipient; as many as wanted.");
    command->add_option("--account", options->account, "As whom it has logged in.");
    command->add_option("--message", options->message,
                        "A file that holds the message; without it the client leaves before DATA.");
    command->add_option(
        "--listener", options->listener,
        "By which listener it comes; the default is the session's own, or the first with service mx.");
    command->add_flag("--tls", options->tls, "The client begins TLS, and shows no certificate.");
    command
        ->add_option(
            "--session", options->session,
            "Instead of who comes and what it brings: a session of the journal, by its id or that of a "
            "message that it brought, to be decided again by this configuration.")
        ->excludes("--client-ip", "--helo", "--from", "--to", "--account", "--message", "--tls");
    command->add_flag("--callout", options->callout,
                      "Make the callouts that rules ask for, instead of saying so.");
    command->add_flag("--json", options->json, "For programs.");
    command->callback([&common, &action, options] {
        action = [&common, options] {
            if (!options->session.empty() || !options->client_ip.empty())
                return explain(common.configuration, *options);
            fmt::print(stderr,
                       "cursus: say who comes: --client-ip 192.0.2.1 --from a@b.example --to c@d.example\n");
            return EX_USAGE;
        };
    });
}

}  // namespace cursus
