// A scripted milter of the simulated world: answers each command as it is told, and remembers what it heard.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "sim/machine.h"

namespace cursus {

// What it does after it has said something.
enum class MilterManners : std::uint8_t {
    GoesOn,
    HangsUp,
    FallsSilent,  // and hears nothing more either
    Drips,        // says it an octet in ten seconds
};

struct MilterAct {
    std::string octets = {};  // as they go out: packets of MilterHost::packet()
    MilterManners manners = MilterManners::GoesOn;
    int times = 1;           // it says them so often,
    Duration interval = {};  // and waits before each
};

class MilterHost {
public:
    // Listens at once. Machine and host outlive the world's running.
    MilterHost(Machine& machine, const Endpoint& endpoint);
    ~MilterHost();
    MilterHost(const MilterHost&) = delete;
    MilterHost& operator=(const MilterHost&) = delete;

    // A packet: its length, its letter, its data.
    static std::string packet(char letter, std::string_view data = {});
    // The answer to an offer.
    static std::string terms(std::uint32_t version, std::uint32_t actions, std::uint32_t steps,
                             std::string_view macros = {});
    // A number and texts, each with its NUL: the data of many packets.
    static std::string data(std::optional<std::uint32_t> number, const std::vector<std::string>& texts);

    // ---- its script
    std::string negotiation = packet('O', terms(6, 0x1ff, 0));
    // By letter: what it does at the first such command, at the second, ... Afterwards, and at all others, it
    // says "continue".
    std::map<char, std::deque<MilterAct>> acts;
    std::set<char> silent_at;       // commands that it does not answer
    std::deque<MilterAct> in_turn;  // instead: to one command after the other, whatever it is

    // ---- what it heard: letters with their data, NUL shown as '|'
    const std::vector<std::string>& heard() const { return heard_; }
    // The same, of one letter, without it.
    std::vector<std::string> heard(char letter) const;
    std::string letters() const;  // without those of macros
    std::size_t connections() const { return connections_; }
    void forget() { heard_.clear(); }

private:
    Task<void> accept_all();
    Task<void> converse(std::unique_ptr<Stream> stream);
    Task<std::optional<std::string>> next_packet(Stream& stream, std::string& received);
    Task<bool> act(Stream& stream, MilterAct act);
    std::optional<MilterAct> act_at(char letter);

    Machine& machine_;
    std::unique_ptr<Listener> listener_;
    std::vector<std::string> heard_;
    std::size_t connections_ = 0;
};

}  // namespace cursus
