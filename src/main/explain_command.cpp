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
#include "journal/event_text.h"
#include "main/admin_client.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/imagined_session.h"
#include "main/memories.h"
#include "main/recorded_finder.h"
#include "main/standalone.h"
#include "policy/callout_target.h"
#include "policy/lookups.h"
#include "runtime/files.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

struct ExplainOptions {
    std::string client_ip, helo, from, account, message, session, listener;
    std::vector<std::string> to;
    bool callout = false, json = false;
};

// Everything a session asks, without a server and without leaving traces.
class Inquiry {
public:
    Inquiry(Standalone& here, bool with_callouts)
        : memories_(here.world(), events_, here.settings()),
          domains_(here.router(), here.local().destinations(), here.settings()),
          targets_(here.router(), here.local().destinations(), here.settings()),
          lists_(here.world().resolver, here.reactor().clock(), here.settings().dns_lists),
          scanners_(here.world(), here.settings().scan),
          lookups_({here.world().resolver, here.reactor().clock(), here.tables(), here.local().destinations(),
                    domains_, lists_, memories_.callouts, targets_, memories_.behaviour, nullptr,
                    Footprints::Avoided, with_callouts ? Footprints::Left : Footprints::Avoided}) {}

    Lookups& lookups() { return lookups_; }
    Scanners& scanners() { return scanners_; }

private:
    class NoEvents final : public EventSink {
    public:
        void emit(MailEvent) noexcept override {}
    };
    NoEvents events_;
    Memories memories_;
    SenderDomains domains_;
    CalloutTargets targets_;
    BlockLists lists_;
    Scanners scanners_;
    Lookups lookups_;
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

// In place of one that is not kept: nothing is wrong with it, and nothing is in it.
std::string stand_in(const std::string& sender) {
    const std::string from = sender.empty() ? "postmaster@invalid.example" : sender;
    return fmt::format(
        "From: <{0}>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <stand-in@invalid.example>\r\n"
        "Subject: stand-in\r\n\r\n",
        from);
}

std::string bare(std::string path) {
    if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
    return path;
}

// The client of a session that did happen, from its events: its first transaction.
ImaginedClient client_of(const Json& events) {
    ImaginedClient client;
    bool has_transaction = false;
    for (const auto& event : events) {
        const auto kind = event.value("event", std::string());
        const auto text = [&event](const char* key) { return event.value(key, std::string()); };
        if (kind == "connected" || kind == "client_restated") {
            if (const auto endpoint = Endpoint::parse(text("client"))) client.address = *endpoint;
        } else if (kind == "greeted") {
            client.helo = text("helo");
        } else if (kind == "authenticated") {
            client.account = text("account");
        } else if (kind == "recipient_refused" && !has_transaction) {
            client.recipients.push_back(text("recipient"));
        } else if (event.contains("sender") && !has_transaction) {
            client.sender = bare(text("sender"));
            for (const auto& recipient : event.value("recipients", Json::array()))
                client.recipients.push_back(bare(recipient.get<std::string>()));
            has_transaction = true;
            if (kind == "accepted" || kind == "data_refused" || kind == "discarded")
                client.message = stand_in(client.sender);
        }
    }
    return client;
}

// Asked with the rights that the command was started with: those of whoever may use the socket.
Result<Json, CommandTrouble> events_of(const std::string& path, const std::string& session) {
    const auto settings = load_configuration(path);
    if (!settings) return failure(CommandTrouble{EX_CONFIG, settings.error()});
    auto answer =
        call_server(settings->admin.socket, AdminMethod::Get, "/v1/trace?id=" + percent_encoded(session));
    if (!answer)
        return failure(
            CommandTrouble{answer.error().exit_code, fmt::format("cursus: {}\n", answer.error().what)});
    Json events = (*answer)["events"];
    if (events.empty())
        return failure(
            CommandTrouble{EX_NOINPUT, fmt::format("cursus: the journal knows no session {}\n", session)});
    return events;
}

Result<std::size_t, CommandTrouble> place_of_listener(const Settings& settings, const std::string& name) {
    for (std::size_t i = 0; i < settings.listeners.size(); ++i)
        if (name.empty() ? settings.listeners[i].service == Service::Mx : settings.listeners[i].name == name)
            return i;
    if (name.empty()) return std::size_t{0};
    return failure(CommandTrouble{EX_USAGE, fmt::format("cursus: there is no listener \"{}\"\n", name)});
}

Result<ImaginedClient, CommandTrouble> client_of(const ExplainOptions& options, Files& files) {
    const auto address = IpAddress::parse(options.client_ip);
    if (!address)
        return failure(CommandTrouble{
            EX_USAGE, fmt::format("cursus: \"{}\" is no address; write --client-ip 192.0.2.1\n",
                                  printable(options.client_ip))});
    ImaginedClient client{{*address, 40'000}, options.helo, options.account,
                          bare(options.from), options.to,   {}};
    if (client.helo.empty()) client.helo = address->literal();
    if (options.message.empty()) return client;
    TRY(message, read_message(files, options.message));
    client.message = std::move(message);
    return client;
}

template <class RuleEvent>
std::string place_of(const std::string& file, const RuleEvent& rule) {
    return rule.origin == "file" ? fmt::format("{}:{}", file, rule.line) : std::string("a default rule");
}

// What a line of the story says of an event; nothing: it is not about the decision.
std::string described(const EventBody& event, const std::string& file) {
    if (const auto* rule = std::get_if<RuleMatched>(&event))
        return fmt::format("rule {} ({}) holds{}: {}", rule->rule, place_of(file, *rule),
                           rule->recipient.empty() ? "" : " for " + printable(rule->recipient), rule->action);
    if (const auto* rule = std::get_if<RuleUndecided>(&event))
        return fmt::format("rule {} ({}) cannot be decided: {}", rule->rule, place_of(file, *rule),
                           rule->on_error);
    if (std::holds_alternative<Connected>(event) || std::holds_alternative<Disconnected>(event) ||
        std::holds_alternative<Greeted>(event))
        return {};
    // Without its time and id, which nothing has that does not happen.
    std::string line = human_line({{}, {}, {}, event});
    for (int column = 0; column < 2; ++column) line.erase(0, line.find(' ') + 1);
    return line;
}

void print_story(const std::vector<Told>& told, const std::string& file) {
    for (const auto& part : told) {
        if (part.who == Told::Who::Event) {
            const auto text = described(part.event, file);
            if (!text.empty()) fmt::print("      {}\n", text);
        } else {
            fmt::print("{}: {}\n", part.who == Told::Who::Client ? 'C' : 'S', printable(part.line));
        }
    }
}

void print_json(const std::vector<Told>& told) {
    Json story = Json::array();
    for (const auto& part : told) {
        if (part.who == Told::Who::Event)
            story.push_back(Json::parse(json_line({{}, {}, {}, part.event})));
        else
            story.push_back({{part.who == Told::Who::Client ? "client" : "server", part.line}});
    }
    fmt::print("{}\n", story.dump(2));
}

Settings settings_for(const Settings& configured, const ImaginedClient& client, std::size_t listener) {
    Settings settings = configured;
    // It is by XCLIENT that a client comes as somebody who has logged in.
    if (!client.account.empty())
        settings.listeners[listener].xclient.push_back(*IpNetwork::parse(client.address.address.text()));
    // Every client is met as one that says its words in order: nobody waits.
    for (auto& rule : settings.rules) rule.delay = {};
    return settings;
}

Task<void> play(Standalone& here, ImaginedClient client, std::size_t listener, const Json& events,
                bool with_callouts, std::vector<Told>& told) {
    Inquiry inquiry(here, with_callouts);
    RecordedFinder recorded(events, inquiry.lookups());
    const Settings settings = settings_for(here.settings(), client, listener);
    const bool is_record = !events.empty();
    std::unique_ptr<Countries> countries;
    if (!settings.auth.countries.empty())
        if (auto opened = open_country_file(settings.auth.countries)) countries = *std::move(opened);
    const PolicyParts policy{is_record ? static_cast<Finder*>(&recorded) : &inquiry.lookups(),
                             is_record ? nullptr : &inquiry.scanners(), nullptr};
    const auto rules = std::make_shared<const GroundRules>(settings, here.local(), here.tables(), nullptr,
                                                           countries.get(), policy);
    told = co_await imagine_session(here.world(), rules, listener, std::move(client));
}

int explain(const std::string& path, const ExplainOptions& options) {
    Json events = Json::array();
    if (!options.session.empty()) {
        auto recorded = events_of(path, options.session);
        if (!recorded) return report(recorded.error());
        events = *std::move(recorded);
    }
    const auto here = Standalone::open(path);
    if (!here) return report(here.error());
    const auto listener = place_of_listener((*here)->settings(), options.listener);
    if (!listener) return report(listener.error());
    Result<ImaginedClient, CommandTrouble> client = ImaginedClient{};
    if (options.session.empty())
        client = client_of(options, (*here)->world().files);
    else
        client = client_of(events);
    if (!client) return report(client.error());
    const bool has_stand_in = !options.session.empty() && client->message;
    std::vector<Told> told;
    (*here)->run(play(**here, *std::move(client), *listener, events, options.callout, told));
    if (options.json) {
        print_json(told);
        return EX_OK;
    }
    print_story(told, path);
    if (has_stand_in) fmt::print("(The message itself is not kept: the rules were shown a stand-in.)\n");
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
    command->add_option("--listener", options->listener,
                        "By which listener it comes; the default is the first with service mx.");
    command->add_option(
        "--session", options->session,
        "Instead of all these: a session of the journal, to be decided again by this configuration.");
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
