// Callouts in the simulated world, to hosts that answer as a test tells them to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policy/callouts.h"
#include "route/destinations.h"
#include "route/router.h"
#include "runtime/task_group.h"
#include "sim/graveyard.h"
#include "sim/peers/line_stream.h"
#include "sim/world.h"

namespace cursus {

using namespace std::chrono_literals;

// A host that answers each line, and the connection itself, which is the line "". It remembers them all.
class AnsweringHost {
public:
    // What it says, without the last CRLF. "": nothing. "!": it closes the connection. Ending in "*": this
    // again and again, for as long as anybody listens.
    using Answer = std::function<std::string(const std::string& line)>;

    AnsweringHost(Machine& machine, const Endpoint& endpoint, Answer answer)
        : answer(std::move(answer)),
          machine_(machine),
          listener_(machine.network().listen(endpoint).value()) {
        machine_.spawn(accept_all());
    }
    AnsweringHost(const AnsweringHost&) = delete;
    AnsweringHost& operator=(const AnsweringHost&) = delete;
    ~AnsweringHost() { graveyard::keep(std::move(listener_)); }

    Answer answer;
    std::vector<std::string> lines;  // of all connections
    std::size_t visits = 0;

    std::size_t said(const std::string& beginning) const {
        std::size_t count = 0;
        for (const std::string& line : lines) count += line.starts_with(beginning) ? 1 : 0;
        return count;
    }

private:
    Task<void> accept_all() {
        while (true) {
            auto stream = co_await listener_->accept();
            if (!stream) co_return;
            ++visits;
            machine_.spawn(converse(std::move(*stream)));
        }
    }
    Task<void> converse(std::unique_ptr<Stream> stream) {
        LineStream peer(*stream, machine_.clock(), 1h);
        std::string line;
        while (true) {
            const std::string reply = answer(line);
            if (reply == "!") co_return;
            const bool goes_on = co_await say(peer, reply);
            if (!goes_on) co_return;
            auto next = co_await peer.line();
            if (!next) co_return;
            line = *std::move(next);
            lines.push_back(line);
        }
    }
    static Task<bool> say(LineStream& peer, std::string reply) {
        if (reply.empty()) co_return true;
        const bool for_ever = reply.ends_with('*');
        if (for_ever) reply.pop_back();
        reply += "\r\n";
        while (true) {
            const auto written = co_await peer.write(reply);
            if (!written) co_return false;
            if (!for_ever) co_return true;
        }
    }

    Machine& machine_;
    std::unique_ptr<Listener> listener_;
};

// A mail host that takes mail for those in `known`, "*" for everybody, with other replies to some lines.
inline AnsweringHost::Answer mail_host(std::vector<std::string> known,
                                       std::map<std::string, std::string> others = {}) {
    return [known = std::move(known), others = std::move(others)](const std::string& line) -> std::string {
        for (const auto& [beginning, reply] : others)
            if (beginning.empty() ? line.empty() : line.starts_with(beginning)) return reply;
        if (line.empty()) return "220 mx ESMTP";
        if (line.starts_with("RCPT")) {
            for (const std::string& name : known)
                if (name == "*" || line == "RCPT TO:<" + name + ">") return "250 2.1.5 Ok " + line;
            return "550 5.1.1 Nobody here: " + line;
        }
        return line == "QUIT" ? "221 Bye" : "250 Ok";
    };
}

class CalloutWorld : public testing::Test {
protected:
    static constexpr const char* mx_address = "203.0.113.5";

    explicit CalloutWorld(SimOptions options = {}) : sim(1, std::move(options)) {
        settings.hostname = *Domain::parse("mx.rome.example");
        settings.domains.local = {*Domain::parse("rome.example")};
        domain("gaul.example", {mx_address});
    }
    // One version of the configuration: what callouts are asked with.
    struct Version {
        Version(SimWorld& sim, const Settings& settings, const Tables& tables)
            : router(sim.world().resolver, settings, tables),
              destinations(settings),
              targets(router, destinations, settings) {}
        Router router;
        Destinations destinations;
        CalloutTargets targets;
    };
    // The settings are final with the first question.
    Callouts& callouts() {
        if (!callouts_) {
            callouts_ = std::make_unique<Callouts>(sim.world(), settings.callout);
            version_ = std::make_unique<Version>(sim, settings, tables);
        }
        return *callouts_;
    }
    const CalloutTargets& targets() {
        callouts();
        return version_->targets;
    }
    // A reload that changes anything.
    void reload() {
        version_ = std::make_unique<Version>(sim, settings, tables);
        callouts_->adopt(settings.callout);
    }

    CalloutAnswer ask(const std::string& address, CalloutSubject subject = CalloutSubject::Sender) {
        Callouts& asked = callouts();
        return sim.run(asked.ask(targets(), *Mailbox::parse(address), subject));
    }
    CalloutVerdict verdict(const std::string& address, CalloutSubject subject = CalloutSubject::Sender) {
        return ask(address, subject).verdict;
    }

    // Asked for again, the same one, which answers like this from now on and forgets what it was told.
    AnsweringHost& host(const std::string& address, AnsweringHost::Answer answer, std::uint16_t port = 25) {
        auto& made = hosts_[address];
        if (made) {
            made->answer = std::move(answer);
            made->lines.clear();
            made->visits = 0;
            return *made;
        }
        const Endpoint endpoint{*IpAddress::parse(address), port};
        made = std::make_unique<AnsweringHost>(sim.machine(address), endpoint, std::move(answer));
        return *made;
    }
    void domain(const std::string& name, const std::vector<std::string>& addresses) {
        std::vector<std::pair<int, std::string>> mx;
        for (const std::string& address : addresses) {
            const std::string mx_name = "mx" + std::to_string(mx.size() + 1) + "." + name;
            sim.dns().address(mx_name, {address});
            mx.emplace_back(10 * (static_cast<int>(mx.size()) + 1), mx_name);
        }
        sim.dns().mx(name, mx);
    }
    // One on the program's own machine.
    AnsweringHost& host_here(const std::string& address) {
        const Endpoint endpoint{*IpAddress::parse(address), 25};
        auto& made = hosts_["here " + address];
        made = std::make_unique<AnsweringHost>(sim.program_machine(), endpoint, mail_host({"*"}));
        return *made;
    }
    void listen_at(const std::string& endpoint) {
        settings.listeners.emplace_back().addresses.emplace_back(*Endpoint::parse(endpoint));
    }
    void route(const std::string& pattern, const std::string& hosts) {
        RouteSettings& added = settings.routes.emplace_back();
        added.pattern = pattern;
        added.hosts = parse_hosts(hosts).value();
    }

    SimWorld sim;
    Settings settings;
    Tables tables;

private:
    std::map<std::string, std::unique_ptr<AnsweringHost>> hosts_;
    std::unique_ptr<Callouts> callouts_;
    std::unique_ptr<Version> version_;
};

}  // namespace cursus
