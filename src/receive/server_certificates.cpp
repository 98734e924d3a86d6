#include "receive/server_certificates.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/certificate_of.h"
#include "mail/date.h"
#include "runtime/offload.h"
#include "runtime/settled_file.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

using Sights = std::vector<std::optional<FileFacts>>;  // of files in their order; none: it is not there

TlsServerSettings server_settings(const Settings& settings, const ListenerSettings& listener) {
    const CertificateFiles files = certificate_of(listener, settings);
    TlsServerSettings tls{files.certificate, files.key};
    for (const auto& [certificate, key, names] : settings.certificates) {
        tls.others.push_back({certificate, key, {}});
        for (const auto& name : names) tls.others.back().names.push_back(name.text());
    }
    tls.is_1_3_only = settings.tls.minimum == TlsVersion::V1_3;
    if (listener.client_certificates == ClientCertificates::None) return tls;
    tls.client_ca = settings.tls.client_ca;
    // Who signs a certificate that is listed by itself is anybody: the authorities would only mislead.
    const bool is_any = settings.tls.client_ca.empty() || !settings.tls.client_fingerprints.empty();
    tls.clients = is_any ? TlsClientsAsked::OfAny : TlsClientsAsked::OfAuthorities;
    return tls;
}

Sights look_at_files(const Files& files, const TlsServerSettings& tls) {
    std::vector<std::filesystem::path> paths = {tls.certificate_chain, tls.private_key};
    for (const auto& other : tls.others) {
        paths.push_back(other.certificate_chain);
        paths.push_back(other.private_key);
    }
    if (!tls.client_ca.empty()) paths.push_back(tls.client_ca);
    Sights sights;
    for (const auto& path : paths) {
        const auto facts = files.facts(path);
        sights.push_back(facts ? std::optional(*facts) : std::nullopt);
    }
    return sights;
}

bool is_being_written(const Sights& sights, WallTime now) {
    return std::ranges::any_of(sights, [now](const std::optional<FileFacts>& facts) {
        const auto settled = facts ? check_settled(*facts, {}, now) : Result<void, NotRead>();
        return !settled && settled.error().kind == NotRead::Kind::BeingWritten;
    });
}

}  // namespace

class ServerCertificates::OfListener final : public CurrentTls {
public:
    OfListener(ServerCertificates& all, std::string name, TlsServerSettings settings)
        : wanted(std::move(settings)), name_(std::move(name)), all_(all) {}

    Task<std::shared_ptr<TlsContext>> current() override {
        if (all_.claim_look()) {
            Executor home = all_.world_.reactors.front()->executor();
            co_await run_on(std::move(home), all_.look());
        }
        const std::lock_guard lock(all_.mutex_);
        co_return context_;
    }

    void take(std::shared_ptr<TlsContext> context, Sights sights) {
        why.clear();
        is_news = true;
        seen = std::move(sights);
        const std::lock_guard lock(all_.mutex_);
        context_ = std::move(context);
    }
    std::string sentence(std::string_view what) const {
        return fmt::format("listener \"{}\": {}", name_, what);
    }
    // For the first reactor, which alone changes it.
    bool is_ready() const { return context_ != nullptr; }
    const std::vector<TlsCertificateFacts>& certificates() const { return context_->certificates(); }

    // The first reactor's own; read on the pool while it waits.
    TlsServerSettings wanted;
    Sights seen;      // when what is in force was read
    std::string why;  // what is there now is not in force
    bool is_news = false;

private:
    std::string name_;
    ServerCertificates& all_;
    std::shared_ptr<TlsContext> context_;
};

// What one look brought.
struct ServerCertificates::Sight {
    enum class Kind : std::uint8_t { Same, BeingWritten, Broken, Read };
    Kind kind;
    std::string why = {};  // of Broken
    Sights sights = {};    // of Read, as the context
    std::shared_ptr<TlsContext> context = {};
};

ServerCertificates::ServerCertificates(World& world, EventSink& events)
    : world_(world), events_(events), next_look_(world.reactors.front()->clock().now()) {}

ServerCertificates::~ServerCertificates() = default;

Result<void, std::string> ServerCertificates::read(const Settings& settings) {
    for (const ListenerSettings& listener : settings.listeners) {
        auto& place = listeners_.emplace_back();
        if (listener.tls == ListenerTls::None) continue;
        place = std::make_shared<OfListener>(*this, listener.name, server_settings(settings, listener));
        Sights sights = look_at_files(world_.files, place->wanted);
        auto context = world_.tls.server(place->wanted);
        if (!context) return failure(place->sentence(context.error()));
        place->take(*std::move(context), std::move(sights));
    }
    return {};
}

std::shared_ptr<CurrentTls> ServerCertificates::of(std::size_t listener) const {
    return listeners_[listener];
}

void ServerCertificates::tell() {
    const WallTime now = world_.reactors.front()->clock().wall_now();
    const auto emit = [&](EventBody body) { events_.emit({now, {}, {}, std::move(body)}); };
    std::set<std::string> trouble;
    std::set<std::filesystem::path> read;
    for (const auto& listener : listeners_) {
        if (!listener) continue;
        if (!listener->why.empty()) trouble.insert(listener->sentence(listener->why));
        for (const auto& [path, names, until] : listener->certificates()) {
            if (listener->is_news && read.insert(path).second)
                emit(CertificateRead{path.string(), names, until});
            if (until - renewal_notice > now) continue;
            trouble.insert(fmt::format("the certificate {} {} on {}: renew it", path.string(),
                                       until > now ? "expires" : "expired", date_text(until)));
        }
        listener->is_news = false;
    }
    for (const auto& what : trouble)
        if (!told_.contains(what)) emit(Trouble{"tls", what});
    told_ = std::move(trouble);
}

Task<Result<ServerCertificates::Prepared, std::string>> ServerCertificates::prepare(
    const Settings& settings) {
    while (is_looking_) co_await looked_.wait();
    Prepared prepared = listeners_;
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        if (!prepared[i]) continue;
        const ListenerSettings& listener = settings.listeners[i];
        auto wanted = server_settings(settings, listener);
        if (wanted == prepared[i]->wanted) continue;
        prepared[i] = std::make_shared<OfListener>(*this, listener.name, std::move(wanted));
    }
    Clock& clock = world_.reactors.front()->clock();
    const Instant give_up = clock.now() + file_settle_wait;
    is_looking_ = true;
    bool is_settled = co_await look_at_all(prepared);
    while (!is_settled && clock.now() < give_up) {
        co_await clock.sleep_for(file_settle_look_interval);
        is_settled = co_await look_at_all(prepared);
    }
    is_looking_ = false;
    looked_.pulse();
    for (const auto& listener : prepared) {
        if (!listener || listener->is_ready()) continue;
        tell();
        co_return failure(listener->sentence(listener->why));
    }
    co_return prepared;
}

void ServerCertificates::adopt(Prepared prepared) {
    listeners_ = std::move(prepared);
    tell();
}

bool ServerCertificates::claim_look() {
    const Instant now = world_.reactors.front()->clock().now();
    const std::lock_guard lock(mutex_);
    if (now < next_look_) return false;
    next_look_ = now + look_interval;
    return true;
}

Task<void> ServerCertificates::look() {
    if (is_looking_) co_return;
    is_looking_ = true;
    co_await look_at_all(listeners_);
    is_looking_ = false;
    looked_.pulse();
    tell();
}

Task<bool> ServerCertificates::look_at_all(Prepared listeners) {
    bool is_settled = true;
    for (const auto& listener : listeners) {
        if (!listener) continue;
        const auto work = [this, &of = *listener] { return look_at(of); };
        Sight sight = co_await offload(world_.offload, work);
        switch (sight.kind) {
            case Sight::Kind::Same:
                listener->why.clear();
                break;
            case Sight::Kind::BeingWritten:
                is_settled = false;
                if (!listener->is_ready()) listener->why = "a file of its certificates is being written";
                break;
            case Sight::Kind::Broken:
                listener->why = std::move(sight.why);
                break;
            case Sight::Kind::Read:
                listener->take(std::move(sight.context), std::move(sight.sights));
                break;
        }
    }
    co_return is_settled;
}

// On the pool.
ServerCertificates::Sight ServerCertificates::look_at(const OfListener& listener) const {
    Sights sights = look_at_files(world_.files, listener.wanted);
    if (sights == listener.seen) return {Sight::Kind::Same};
    if (is_being_written(sights, world_.reactors.front()->clock().wall_now()))
        return {Sight::Kind::BeingWritten};
    auto context = world_.tls.server(listener.wanted);
    if (look_at_files(world_.files, listener.wanted) != sights) return {Sight::Kind::BeingWritten};
    if (!context) return {Sight::Kind::Broken, std::move(context).error()};
    return {Sight::Kind::Read, {}, std::move(sights), *std::move(context)};
}

}  // namespace cursus
