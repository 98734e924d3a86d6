// What a host says to a callout: whatever it is, the callout ends in time, says nothing but its question, and
// takes nothing for a no that is none.
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "policy/callouts.h"
#include "sim/peers/line_stream.h"
#include "sim/world.h"

namespace cursus::fuzz {
namespace {

constexpr char between_replies = '\x00';

struct Host {
    std::vector<std::string> replies;  // the first before anything is said, then one a line
    bool closes = false;               // once it has no more to say
    std::vector<std::string> heard;
};

Host read_host(std::uint8_t manners, std::string_view text) {
    Host host;
    host.closes = manners % 2 == 0;
    while (true) {
        const auto end = text.find(between_replies);
        host.replies.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return host;
        text.remove_prefix(end + 1);
    }
}

Task<void> converse(Machine& machine, std::unique_ptr<Stream> stream, Host& host) {
    LineStream peer(*stream, machine.clock(), std::chrono::hours{1});
    for (const std::string& reply : host.replies) {
        const auto said = co_await peer.write(reply);
        if (!said) co_return;
        auto line = co_await peer.line();
        if (!line) co_return;
        host.heard.push_back(*std::move(line));
    }
    while (!host.closes) {
        auto line = co_await peer.line();
        if (!line) co_return;
        host.heard.push_back(*std::move(line));
    }
}

Task<void> accept_one(Machine& machine, Listener& listener, Host& host) {
    auto stream = co_await listener.accept();
    if (stream) co_await converse(machine, *std::move(stream), host);
}

bool is_question(const std::string& line) {
    return line == "EHLO mx.rome.example" || line == "HELO mx.rome.example" || line == "MAIL FROM:<>" ||
           line == "RSET" || line == "QUIT" ||
           (line.starts_with("RCPT TO:<") && line.ends_with("@gaul.example>"));
}

void check(const CalloutAnswer& answer) {
    require(is_unknown(answer.verdict) == !answer.why.empty());
    require(!answer.host.empty());
    if (answer.reply)
        require(answer.reply->lines().size() == 1 && answer.reply->text().size() <= callout_text_max);
    if (answer.verdict == CalloutVerdict::Refused) require(answer.reply && answer.reply->is_permanent());
    if (answer.verdict == CalloutVerdict::Accepted || answer.verdict == CalloutVerdict::AcceptsAnything)
        require(answer.reply && answer.reply->is_positive());
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto manners = input.number();
    fuzz::Host host = fuzz::read_host(manners, input.rest());
    SimWorld sim;
    sim.dns().mx("gaul.example", {{10, "mx.gaul.example"}});
    sim.dns().address("mx.gaul.example", {"203.0.113.5"});
    Machine& machine = sim.machine("203.0.113.5");
    auto listener = machine.network().listen({*IpAddress::parse("203.0.113.5"), 25}).value();
    machine.spawn(fuzz::accept_one(machine, *listener, host));

    Settings settings;
    settings.hostname = *Domain::parse("mx.rome.example");
    const Tables tables;
    const Router router(sim.world().resolver, settings, tables);
    const Destinations destinations(settings);
    const CalloutTargets targets(router, destinations, settings);
    Callouts callouts(sim.world(), settings.callout);
    const Mailbox ann = Mailbox::parse("ann@gaul.example").value();
    const Instant began = sim.now();
    const auto answer = sim.run(callouts.ask(targets, ann, CalloutSubject::Sender));
    fuzz::require(sim.now() - began <= settings.callout.timeout + std::chrono::seconds{1});
    fuzz::check(answer);
    for (const std::string& line : host.heard) fuzz::require(fuzz::is_question(line));
    const auto kept = callouts.peek(targets, ann, CalloutSubject::Sender, sim.now());
    fuzz::require(!kept || kept->verdict == answer.verdict);
    fuzz::require(kept || is_unknown(answer.verdict));
    return 0;
}
