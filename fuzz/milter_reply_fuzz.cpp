// A milter, or whoever is in its place, that says whatever it likes to every step of a session, before one
// that is honest. Whatever it says: the session ends in time, no reply, header or body is anything but what
// one may be, and the honest one is not harmed.
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "scan/milter_chain.h"
#include "scan/tests/bounded_room.h"
#include "sim/peers/milter_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

constexpr std::uint64_t size_max = 2'000;
constexpr std::string_view received = "Received: by mx.example.org; Sun, 1 Mar 2026 00:00:00 +0000\r\n";
constexpr std::string_view header = "Received: x\r\nSubject: One\r\n\ttwo\r\nX-A: b\r\n";

class OneMessage final : public MessageSource {
public:
    std::uint64_t size() const override { return text_.size(); }
    Task<Result<std::shared_ptr<const std::string>, std::string>> piece(std::uint64_t offset) override {
        co_return std::make_shared<const std::string>(text_.substr(offset, 40));
    }

private:
    std::string text_ = std::string(received) + std::string(header) + "\r\nHello\r\n";
};

const Endpoint hostile_endpoint{IpAddress::v4({198, 51, 100, 1}), 8891},
    honest_endpoint{IpAddress::v4({198, 51, 100, 2}), 8891};

struct TwoMilters {
    SimWorld sim;
    MilterHost hostile{sim.machine("198.51.100.1"), hostile_endpoint},
        honest{sim.machine("198.51.100.2"), honest_endpoint};
};

// What it says to one command: packets that are well made, or octets that are not.
std::deque<MilterAct> script_of(std::string_view octets) {
    std::deque<MilterAct> script;
    while (!octets.empty()) {
        MilterAct act;
        for (bool goes_on = true; goes_on && !octets.empty();) {
            const auto head = static_cast<std::uint8_t>(octets.front());
            octets.remove_prefix(1);
            goes_on = (head & 1) != 0;
            const auto said = octets.substr(0, head >> 2);
            octets.remove_prefix(said.size());
            const bool is_packet = (head & 2) == 0 && !said.empty();
            act.octets += is_packet ? MilterHost::packet(said.front(), said.substr(1)) : std::string(said);
        }
        script.push_back(std::move(act));
    }
    return script;
}

void look_at(const MilterStep& step) {
    using fuzz::require;
    require(step.verdict.answer != MilterAnswer::Accept);
    if (const auto& reply = step.verdict.reply) {
        require(reply->is_transient() || reply->is_permanent());
        require(reply->status() && reply->status()->status_class == reply->code() / 100);
        for (const auto& line : reply->lines()) require(!has_control(line) && is_ascii(line));
    }
    for (const auto& asked : step.asked) require(!has_control(asked.trouble));
}

void look_at(const MilteredMessage& message) {
    using fuzz::require;
    for (const auto& edit : message.header) require(is_safe(edit));
    const std::string edited = edited_header(std::string(received) + std::string(header), message.header);
    require(edited.contains(received) && edited.ends_with("\r\n"));
    require(!edited.contains("\r\n\r\n"));
    if (message.quarantine) require(!has_control(*message.quarantine));
    if (!message.body) return;
    require(message.body->size <= size_max);
    TextCheck check;
    for (const auto& piece : message.body->pieces) check.add(*piece);
    check.end();
    require(!check.violation());
}

void talk(SimWorld& sim, MilterChain& chain) {
    look_at(sim.run(chain.connect({*Endpoint::parse("192.0.2.9:1025"), "c.example", ""})));
    look_at(sim.run(chain.helo("c.example", std::nullopt)));
    for (int messages = 0; messages < 2; ++messages) {
        look_at(sim.run(chain.mail({})));
        look_at(sim.run(chain.rcpt({Mailbox::parse("b@example.org").value(), {}, {}})));
        look_at(sim.run(chain.data("17")));
        OneMessage source;
        BoundedRoom room;
        const auto done = sim.run(chain.message(source, {received, Body::SevenBit, size_max, room}));
        look_at(done.step);
        look_at(done.message);
    }
    sim.run(chain.quit());
}

}  // namespace
}  // namespace cursus

// The world keeps what has run in it: to look through all that for leaks after each input would take most of
// the time. Unit tests look for them.
extern "C" int __lsan_is_turned_off() {
    return 1;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    static TwoMilters milters;  // made once: virtual time simply goes on
    ScanSettings settings;
    settings.milter_on_error = input.number() % 2 == 0 ? OnError::Ignore : OnError::Defer;
    settings.milter_timeout = settings.milter_content_timeout = std::chrono::seconds{5};
    milters.hostile.in_turn = script_of(input.rest());
    milters.hostile.forget();
    milters.honest.forget();
    settings.milters = {{hostile_endpoint}, {honest_endpoint}};
    const Domain own_name = Domain::parse("mx.example.org").value();
    MilterChain chain(milters.sim.reactor(), settings, {"mx.example.org", "mx", {}}, {own_name});
    const Instant began = milters.sim.now();
    talk(milters.sim, chain);
    // Its patience with each of its steps, at most.
    fuzz::require(milters.sim.now() - began <= 10 * milter_patience * settings.milter_timeout);
    milters.sim.run_for(std::chrono::seconds{1});  // both hear the end
    for (const auto& packet : milters.honest.heard()) fuzz::require(!packet.contains("by mx.example.org"));
    return 0;
}
