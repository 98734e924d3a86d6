// cursus serve: the server, in the real world.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "adapters/deputy_process.h"
#include "adapters/embedded_store.h"
#include "adapters/posix_files.h"
#include "adapters/privileges.h"
#include "adapters/real_world.h"
#include "adapters/rocks_archive.h"
#include "adapters/self_made_certificate.h"
#include "adapters/service_directories.h"
#include "adapters/signals.h"
#include "adapters/system_facts.h"
#include "config/certificate_of.h"
#include "journal/event_stream.h"
#include "journal/helper_watch.h"
#include "journal/journal.h"
#include "journal/log.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/open_generation.h"
#include "main/server.h"

namespace cursus {
namespace {

int fail(int code, std::string_view what) {
    fmt::print(stderr, "cursus: {}\n", what);
    return code;
}

LogForm form_of(const LogSettings& settings) {
    switch (settings.format) {
        case LogFormat::Json:
            return LogForm::Json;
        case LogFormat::Human:
            return LogForm::Human;
        case LogFormat::Auto:
            break;
    }
    return standard_error_is_terminal() ? LogForm::Human : LogForm::Json;
}

// For what is made before the event stream can be, as the server and the journal are: passes on what they
// emit.
class LateEvents final : public EventSink {
public:
    void open(EventSink& events) { events_ = &events; }
    void emit(MailEvent event) noexcept override {
        if (events_ != nullptr) events_->emit(std::move(event));
    }

private:
    EventSink* events_ = nullptr;
};

// The stores, and the event stream whose journal is one of them: opened once privileges are dropped.
struct Opened {
    std::unique_ptr<Archive> archive;
    std::unique_ptr<LateEvents> reader_trouble = std::make_unique<LateEvents>();
    std::unique_ptr<LogReader> log;
    std::unique_ptr<JournalReader> journal;
    std::unique_ptr<MetricsReader> metrics;
    std::unique_ptr<HelperWatch> helpers;
    std::unique_ptr<EventStream> events;
    std::unique_ptr<Store> store;
};

Result<Opened, std::string> open_all(const Settings& settings, World& world) {
    Opened opened;
    TRY(archive,
        open_rocks_archive(settings.data_dir + "/journal", {settings.journal.keep, settings.journal.size}));
    opened.archive = std::move(archive);
    opened.log = std::make_unique<LogReader>(form_of(settings.log), write_standard_error);
    opened.metrics = std::make_unique<MetricsReader>();
    opened.journal = std::make_unique<JournalReader>(*opened.archive, *opened.reader_trouble);
    opened.helpers = std::make_unique<HelperWatch>(*opened.reader_trouble);
    opened.events =
        std::make_unique<EventStream>(*world.reactors.front(), world.offload,
                                      std::vector<EventReader*>{opened.log.get(), opened.metrics.get(),
                                                                opened.journal.get(), opened.helpers.get()});
    Clock& clock = world.reactors.front()->clock();
    EventSink& events = *opened.events;
    opened.reader_trouble->open(events);
    const auto trouble = [&clock, &events](const std::string& what) {
        events.emit({clock.wall_now(), {}, {}, Trouble{"store", what}});
    };
    EmbeddedStoreSettings store_settings;
    store_settings.path = settings.data_dir + "/queue";
    store_settings.segment_bytes = settings.queue.segment_size;
    auto store = open_embedded_store({world.files, world.random, trouble, nullptr}, store_settings);
    if (!store) return failure(store.error().what);
    opened.store = *std::move(store);
    return opened;
}

Task<void> until_told(Server& server, ServerStores stores, Signals& signals, std::string& error) {
    const auto started = co_await server.start(stores);
    if (!started) {
        error = started.error();
        co_return;
    }
    int signal = co_await signals.next();
    while (signal == SIGHUP) {
        co_await server.reload();  // what came of it is an event
        signal = co_await signals.next();
    }
    co_await server.stop();
}

// For listeners that were given none. Made as the user that will read it.
Result<void, std::string> see_to_certificate(const Settings& settings) {
    if (!needs_self_made_certificate(settings)) return {};
    return as_user(settings.run_as, [&settings] {
        PosixFiles files;
        const SelfMadeCertificate wanted{self_made_certificate(settings),
                                         names_of_self_made_certificate(settings)};
        return ensure_self_made_certificate(files, wanted, wall_time());
    });
}

int serve_as_configured(const Settings& settings, RealWorld& real, const std::string& path) {
    LateEvents events;
    Memories memories(real.world(), events, settings);
    auto generation = open_generation(real.world(), events, memories, settings);
    if (!generation) return fail(EX_CONFIG, generation.error());
    Server server({real.world(), events, memories, *std::move(generation),
                   reading_again(real.world(), events, memories, path)});
    const auto bound = server.bind();
    if (!bound) return fail(EX_OSERR, bound.error());
    if (!settings.run_as.empty()) {
        const auto dropped = drop_privileges(settings.run_as);
        if (!dropped) return fail(EX_NOPERM, dropped.error());
    }
    auto opened = open_all(settings, real.world());
    if (!opened) return fail(EX_CANTCREAT, opened.error());
    events.open(*opened->events);
    std::string error;
    {
        Signals signals(real.reactors().first());
        real.reactors().run(
            until_told(server, {*opened->store, *opened->archive, *opened->metrics}, signals, error));
        opened->store.reset();  // which may have something to tell to its end
        real.reactors().run(opened->events->drained());
    }
    return error.empty() ? EX_OK : fail(EX_TEMPFAIL, error);
}

int serve(const std::string& path) {
    const auto settings = load_configuration(path);
    if (!settings) {
        fmt::print(stderr, "{}", settings.error());
        return EX_CONFIG;
    }
    RealWorldSettings world_settings;
    world_settings.content_directory = settings->data_dir;
    auto deputy = start_deputy();  // before there is a thread
    take_home_of(settings->run_as);
    if (deputy) {
        world_settings.deputy = *std::move(deputy);
    } else {
        world_settings.why_no_deputy = deputy.error();
    }
    restrict_new_files();
    raise_open_file_limit();
    const auto made = make_service_directories(settings->data_dir, settings->admin.socket, settings->run_as);
    if (!made) return fail(EX_CANTCREAT, made.error());
    const auto certified = see_to_certificate(*settings);
    if (!certified) return fail(EX_CANTCREAT, certified.error());
    world_settings.reactors = settings->threads;
    world_settings.dns = {settings->dns.servers, settings->dns.recursive, settings->dns.trust_anchor};
    auto real = RealWorld::make(std::move(world_settings));
    if (!real) return fail(EX_OSERR, real.error());
    return serve_as_configured(*settings, **real, path);
}

}  // namespace

void add_serve(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* command = app.add_subcommand("serve", "Run the server until SIGTERM or SIGINT.");
    command->callback([&common, &action] { action = [&common] { return serve(common.configuration); }; });
}

}  // namespace cursus
