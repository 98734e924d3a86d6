// For what a host that offers TLS is spoken to in the clear, and for what it is not.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"
#include "sim/peers/line_stream.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::Not;

// A host that offers STARTTLS, and says what a test wants to what follows. Empty: it falls silent.
class MoodyHost {
public:
    MoodyHost(Machine& machine, const std::string& address, TlsFactory& tls)
        : machine_(machine),
          tls_(tls),
          listener_(machine.network().listen(Endpoint{*IpAddress::parse(address), 25}).value()) {
        machine_.spawn(accept_all());
    }
    ~MoodyHost() { graveyard::keep(std::move(listener_)); }
    MoodyHost(const MoodyHost&) = delete;
    MoodyHost& operator=(const MoodyHost&) = delete;

    std::string at_starttls = "220 2.0.0 Go ahead", inside_tls = "250 mx.example";
    std::vector<bool> mails;  // for each MAIL, whether it came inside TLS

private:
    Task<void> accept_all() {
        while (true) {
            auto stream = co_await listener_->accept();
            if (!stream) co_return;
            machine_.spawn(converse(std::move(*stream)));
        }
    }
    std::string answer_to(const std::string& line, bool is_secure) {
        if (line.starts_with("EHLO")) return is_secure ? inside_tls : "250-mx.example\r\n250 STARTTLS";
        if (line == "STARTTLS") return at_starttls;
        if (line == "DATA") return "354 Go on";
        if (line == "QUIT") return "221 2.0.0 Bye";
        if (line.starts_with("MAIL")) mails.push_back(is_secure);
        return "250 2.0.0 Ok";
    }
    Task<void> converse(std::unique_ptr<Stream> stream) {
        LineStream lines(*stream, machine_.clock(), 1h);
        std::string reply = "220 mx.example";
        bool is_body = false;
        while (true) {
            reply += "\r\n";
            if (reply != "\r\n") co_await lines.write(reply);
            if (reply.starts_with("421") || reply.starts_with("221")) break;
            auto line = co_await lines.line();
            while (line && is_body && *line != ".") line = co_await lines.line();
            if (!line) co_return;
            is_body = *line == "DATA";
            reply = answer_to(*line, stream->tls().has_value());
            if (*line != "STARTTLS" || !reply.starts_with("220")) continue;
            const bool is_secured = co_await secure(*stream, lines);
            if (!is_secured) co_return;
            reply.clear();
        }
        const Instant deadline = machine_.clock().now() + 1h;
        co_await stream->close(deadline);
    }
    Task<bool> secure(Stream& stream, LineStream& lines) {
        const std::string reply = at_starttls + "\r\n";
        co_await lines.write(reply);
        lines.forget();
        TlsServerSettings settings;
        settings.certificate_chain = "good.pem";
        auto context = tls_.server(settings);
        const Instant deadline = machine_.clock().now() + 1h;
        const auto done = co_await stream.start_tls_server(*context, deadline);
        co_return done.has_value();
    }

    Machine& machine_;
    TlsFactory& tls_;
    std::unique_ptr<Listener> listener_;
};

class TlsFallback : public DeliveryWorld {
protected:
    TlsFallback() { world.sim.tls().put_certificate("good.pem", SimCertificate{"mx.example", {}, false}); }
    MoodyHost& host(const std::string& address, const std::string& its_domain) {
        domain(its_domain, {address});
        return *hosts_.emplace_back(
            std::make_unique<MoodyHost>(world.sim.machine(address), address, world.sim.tls()));
    }

private:
    std::vector<std::unique_ptr<MoodyHost>> hosts_;
};

TEST_F(TlsFallback, is_not_for_a_host_that_is_busy_or_slow) {
    const std::pair<const char*, const char*> moods[] = {{"421 4.3.2 Busy", ""},
                                                         {"220 2.0.0 Go ahead", "421 4.3.2 Busy"},
                                                         {"220 2.0.0 Go ahead", "554 5.3.2 Not you"},
                                                         {"220 2.0.0 Go ahead", ""}};
    std::vector<MoodyHost*> hosts;
    for (const auto& [at_starttls, inside_tls] : moods) {
        const std::string n = std::to_string(hosts.size() + 1);
        hosts.push_back(&host("203.0.113." + n, "d" + n + ".example"));
        hosts.back()->at_starttls = at_starttls;
        hosts.back()->inside_tls = inside_tls;
    }
    start();
    for (std::size_t i = 1; i <= hosts.size(); ++i)
        world.accept("ann@b.example", {"bob@d" + std::to_string(i) + ".example"});
    world.sim.run_for(20min);
    EXPECT_EQ(world.events.count<TlsFailed>(), 0U);
    EXPECT_GE(world.events.count<SiteDown>(), hosts.size());
    for (const SiteDown& down : world.events.all<SiteDown>())
        EXPECT_THAT(down.why, Not(HasSubstr("does not speak")));
    for (MoodyHost* host : hosts) {
        EXPECT_TRUE(host->mails.empty());
        host->at_starttls = "220 2.0.0 Go ahead";
        host->inside_tls = "250 mx.example";
    }
    ASSERT_TRUE(delivered(hosts.size(), 6h));
    for (const MoodyHost* host : hosts) EXPECT_EQ(host->mails, std::vector<bool>{true});
}

TEST_F(TlsFallback, is_for_a_host_that_offers_tls_and_then_has_none) {
    auto& peer = host("203.0.113.1", "a.example");
    peer.at_starttls = "454 4.7.0 Not now";
    start();
    world.accept("ann@b.example", {"bob@a.example"});
    ASSERT_TRUE(delivered(1, 5min));
    EXPECT_EQ(peer.mails, std::vector<bool>{false});
    EXPECT_EQ(world.events.count<TlsFailed>(), 1U);
}

}  // namespace
}  // namespace cursus
