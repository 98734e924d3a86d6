#include "sim/peers/milter_host.h"

#include <algorithm>
#include <array>

#include "sim/graveyard.h"

namespace cursus {
namespace {

constexpr Duration milter_patience = std::chrono::hours{10};
constexpr Duration milter_drip_interval = std::chrono::seconds{10};
constexpr std::string_view unanswered = "DAQK";

}  // namespace

MilterHost::MilterHost(Machine& machine, const Endpoint& endpoint)
    : machine_(machine), listener_(machine.network().listen(endpoint).value()) {
    machine_.spawn(accept_all());
}

// Whoever waits for a connection here owns itself by way of the listener, and cannot be unwound.
MilterHost::~MilterHost() {
    graveyard::keep(std::move(listener_));
}

std::string MilterHost::packet(char letter, std::string_view data) {
    Encoder out;
    out.u32(static_cast<std::uint32_t>(1 + data.size()));
    out.u8(static_cast<std::uint8_t>(letter));
    out.raw(data);
    return out.take();
}

std::string MilterHost::terms(std::uint32_t version, std::uint32_t actions, std::uint32_t steps,
                              std::string_view macros) {
    Encoder out;
    out.u32(version);
    out.u32(actions);
    out.u32(steps);
    out.raw(macros);
    return out.take();
}

std::string MilterHost::data(std::optional<std::uint32_t> number, const std::vector<std::string>& texts) {
    Encoder out;
    if (number) out.u32(*number);
    for (const auto& text : texts) {
        out.raw(text);
        out.u8(0);
    }
    return out.take();
}

std::vector<std::string> MilterHost::heard(char letter) const {
    std::vector<std::string> of_it;
    for (const auto& packet : heard_)
        if (packet[0] == letter) of_it.push_back(packet.substr(1));
    return of_it;
}

std::string MilterHost::letters() const {
    std::string letters;
    for (const auto& packet : heard_)
        if (packet[0] != 'D') letters += packet[0];
    return letters;
}

Task<void> MilterHost::accept_all() {
    while (true) {
        auto stream = co_await listener_->accept();
        if (!stream) co_return;
        ++connections_;
        machine_.spawn(converse(std::move(*stream)));
    }
}

Task<void> MilterHost::converse(std::unique_ptr<Stream> stream) {
    std::string received;
    while (true) {
        auto packet = co_await next_packet(*stream, received);
        if (!packet) co_return;
        const char letter = packet->front();
        std::ranges::replace(*packet, '\0', '|');
        heard_.push_back(*std::move(packet));
        if (letter == 'Q') co_return;
        auto due = act_at(letter);
        if (!due) continue;
        const bool goes_on = co_await act(*stream, *std::move(due));
        if (!goes_on) co_return;
    }
}

std::optional<MilterAct> MilterHost::act_at(char letter) {
    const bool is_answered = !unanswered.contains(letter) && !silent_at.contains(letter);
    if (is_answered && !in_turn.empty()) {
        MilterAct next = std::move(in_turn.front());
        in_turn.pop_front();
        return next;
    }
    const auto script = acts.find(letter);
    if (script != acts.end() && !script->second.empty()) {
        MilterAct next = std::move(script->second.front());
        script->second.pop_front();
        return next;
    }
    if (letter == 'O') return MilterAct{negotiation};
    if (!is_answered) return std::nullopt;
    return MilterAct{packet('c')};
}

Task<std::optional<std::string>> MilterHost::next_packet(Stream& stream, std::string& received) {
    constexpr std::size_t head_octets = 4;
    std::array<char, 4096> buffer{};
    while (true) {
        Decoder in(received);
        const std::size_t length = in.u32();
        if (in.is_good() && length > 0 && in.rest().size() >= length) {
            std::string packet = received.substr(head_octets, length);
            received.erase(0, head_octets + length);
            co_return packet;
        }
        const auto got = co_await stream.read_some(buffer, machine_.clock().now() + milter_patience);
        if (!got) co_return std::nullopt;
        received.append(buffer.data(), *got);
    }
}

// False: the conversation is over.
Task<bool> MilterHost::act(Stream& stream, MilterAct act) {
    const bool drips = act.manners == MilterManners::Drips;
    for (int i = 0; i < act.times; ++i) {
        if (act.interval > Duration::zero()) co_await machine_.clock().sleep_for(act.interval);
        for (std::size_t at = 0; at < act.octets.size();) {
            const auto piece = std::string_view(act.octets).substr(at, drips ? 1 : act.octets.size());
            const auto written = co_await stream.write(piece, machine_.clock().now() + milter_patience);
            if (!written) co_return false;
            if (drips) co_await machine_.clock().sleep_for(milter_drip_interval);
            at += piece.size();
        }
    }
    if (act.manners == MilterManners::FallsSilent) co_await machine_.clock().sleep_for(milter_patience);
    co_return act.manners == MilterManners::GoesOn || drips;
}

}  // namespace cursus
