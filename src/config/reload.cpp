#include "config/reload.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace cursus {

namespace {

// A part of the settings that is taken over whole, or not at all.
struct Part {
    std::string_view name;
    bool (*is_same)(const Settings&, const Settings&);
    void (*keep)(Settings& next, const Settings& running);  // null: it can be taken over
};

template <auto Member>
bool is_same(const Settings& a, const Settings& b) {
    return a.*Member == b.*Member;
}
template <auto Member>
void keep(Settings& next, const Settings& running) {
    next.*Member = running.*Member;
}
template <auto Member>
constexpr Part live(std::string_view name) {
    return {name, is_same<Member>, nullptr};
}
template <auto Member>
constexpr Part fixed(std::string_view name) {
    return {name, is_same<Member>, keep<Member>};
}

// What is bound to sockets and memory when the server starts.
bool has_same_shape(const ListenerSettings& a, const ListenerSettings& b) {
    return a.name == b.name && a.addresses == b.addresses && a.service == b.service && a.tls == b.tls;
}
bool has_same_listeners(const Settings& a, const Settings& b) {
    if (a.listeners.size() != b.listeners.size()) return false;
    for (std::size_t i = 0; i < a.listeners.size(); ++i)
        if (!has_same_shape(a.listeners[i], b.listeners[i])) return false;
    return true;
}
// What the file says of a running listener: the one of its shape there, or, when only its addresses are
// others, the one of its name, as long as that is nobody else's. Null: nothing that the running one could go
// by.
const ListenerSettings* find_in(const Settings& next, const ListenerSettings& listener,
                                const Settings& running) {
    const auto same = std::ranges::find_if(
        next.listeners, [&](const ListenerSettings& other) { return has_same_shape(other, listener); });
    if (same != next.listeners.end()) return &*same;
    const auto is_one_of_a_kind = [&](const Settings& settings) {
        return std::ranges::count(settings.listeners, listener.name, &ListenerSettings::name) == 1;
    };
    if (!is_one_of_a_kind(next) || !is_one_of_a_kind(running)) return nullptr;
    const auto named = std::ranges::find(next.listeners, listener.name, &ListenerSettings::name);
    return named->service == listener.service && named->tls == listener.tls ? &*named : nullptr;
}
// The running ones, each where it was, since sessions and certificates know them by their place. Only their
// shape is bound to sockets: whom they trust is as the file has it.
void keep_shapes(Settings& next, const Settings& running) {
    std::vector<ListenerSettings> kept = running.listeners;
    for (ListenerSettings& listener : kept) {
        const ListenerSettings* const found = find_in(next, listener, running);
        if (found == nullptr) continue;
        auto addresses = std::move(listener.addresses);
        listener = *found;
        listener.addresses = std::move(addresses);
    }
    next.listeners = std::move(kept);
}
// Those of which nothing is taken over: to be told by name, for whoever they trust stays trusted.
std::vector<std::string> left_as_they_are(const Settings& next, const Settings& running) {
    std::vector<std::string> left;
    for (const ListenerSettings& listener : running.listeners)
        if (find_in(next, listener, running) == nullptr)
            left.push_back(fmt::format("all keys of [[listener]] \"{}\"", listener.name));
    return left;
}
bool has_same_room(const Settings& a, const Settings& b) {
    return a.limits.connections == b.limits.connections && a.limits.memory == b.limits.memory &&
           a.limits.connections_per_client == b.limits.connections_per_client;
}
void keep_room(Settings& next, const Settings& running) {
    next.limits.connections = running.limits.connections;
    next.limits.connections_per_client = running.limits.connections_per_client;
    next.limits.memory = running.limits.memory;
}

// The fixed parts come first, so that what is left of a table that is taken over in part is compared without
// them.
constexpr std::array parts{
    fixed<&Settings::hostname>("hostname"),
    fixed<&Settings::data_dir>("data_dir"),
    fixed<&Settings::run_as>("run_as"),
    fixed<&Settings::threads>("threads"),
    Part{"[[listener]] name, address, service, tls", has_same_listeners, keep_shapes},
    Part{"[limits] connections, connections_per_client, memory", has_same_room, keep_room},
    fixed<&Settings::domain_times>("[[domain]]"),
    fixed<&Settings::retry>("[retry]"),
    fixed<&Settings::dns>("[dns]"),
    fixed<&Settings::delivery>("[delivery]"),
    fixed<&Settings::queue>("[queue]"),
    fixed<&Settings::journal>("[journal]"),
    fixed<&Settings::log>("[log]"),
    fixed<&Settings::admin>("[admin]"),
    live<&Settings::listeners>("[[listener]]"),
    live<&Settings::tls>("[tls]"),
    live<&Settings::certificates>("[[certificate]]"),
    live<&Settings::auth>("[auth]"),
    live<&Settings::submission>("[submission]"),
    live<&Settings::policy>("[policy]"),
    live<&Settings::rules>("[[rule]]"),
    live<&Settings::dns_lists>("[[dnslist]]"),
    live<&Settings::malformed>("[malformed]"),
    live<&Settings::greylist>("[greylist]"),
    live<&Settings::callout>("[callout]"),
    live<&Settings::advisors>("[policy] ask_timeout, ask_trusted_roots"),
    live<&Settings::scan>("[scan]"),
    live<&Settings::quarantine>("[quarantine]"),
    live<&Settings::limits>("[limits]"),
    live<&Settings::domains>("[domains]"),
    live<&Settings::relay>("[relay]"),
    live<&Settings::routes>("[[route]]"),
    live<&Settings::tables>("[[table]]"),
    live<&Settings::local>("[local]"),
    live<&Settings::aliases>("[[alias]]"),
    live<&Settings::rewrite>("[rewrite]"),
};

}  // namespace

TakenOver take_over(const Settings& running, Settings next) {
    TakenOver result;
    const auto left = left_as_they_are(next, running);
    for (const Part& part : parts) {
        if (part.is_same(running, next)) continue;
        if (part.keep == nullptr) {
            result.changed.emplace_back(part.name);
        } else {
            part.keep(next, running);
            result.needs_restart.emplace_back(part.name);
        }
    }
    result.needs_restart.insert(result.needs_restart.end(), left.begin(), left.end());
    result.settings = std::move(next);
    return result;
}

}  // namespace cursus
