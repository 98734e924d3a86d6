#include "receive/server_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/session_world.h"

namespace cursus {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ServerCertificatesTest : public testing::Test {
protected:
    ServerCertificatesTest() {
        settings.hostname = Domain::parse("mx.alpha.example").value();
        settings.tls.certificate = "/cert.pem";
        settings.tls.key = "/cert.key";
        settings.listeners.push_back({.name = "mx", .addresses = {}, .tls = ListenerTls::StartTls});
        settings.listeners.push_back({.name = "plain", .addresses = {}, .tls = ListenerTls::None});
        settings.listeners.push_back({.name = "smtps", .addresses = {}, .tls = ListenerTls::Implicit});
        sim.run_for(seconds{10});
        put("/cert.pem", "mx.alpha.example");
        write("/cert.key");
        sim.run_for(seconds{10});
    }
    void write(const std::string& path) {
        (void)sim.files().remove(path);
        ASSERT_TRUE(sim.files().open(path, OpenMode::CreateNew, 0600));
    }
    void put(const std::string& path, std::string name, WallTime until = WallTime::max()) {
        sim.tls().put_certificate(path, {.name = std::move(name), .issuer = {}, .until = until});
        write(path);
    }
    void read() {
        const auto done = certificates.read(settings);
        ASSERT_TRUE(done) << done.error();
        certificates.tell();
    }
    // What the listener would show now.
    std::string shown(std::size_t listener = 0) { return shown(*certificates.of(listener)); }
    std::string shown(CurrentTls& tls) {
        std::shared_ptr<TlsContext> context;
        sim.run(ask(tls, context));
        return std::static_pointer_cast<SimTlsContext>(context)->certificate->name;
    }
    // What is wrong; empty: nothing, and it is in force.
    std::string reload() {
        auto prepared = sim.run(certificates.prepare(settings));
        if (!prepared) return std::move(prepared).error();
        certificates.adopt(*std::move(prepared));
        return {};
    }
    static Task<void> ask(CurrentTls& tls, std::shared_ptr<TlsContext>& context) {
        context = co_await tls.current();
    }
    std::vector<std::string> trouble() {
        std::vector<std::string> found;
        for (const auto& event : events.of<Trouble>()) found.push_back(event.what);
        return found;
    }

    SimWorld sim;
    Settings settings;
    EventList events;
    ServerCertificates certificates{sim.world(), events};
};

TEST_F(ServerCertificatesTest, are_read_for_each_listener_with_tls_and_told_once) {
    read();
    EXPECT_NE(certificates.of(0), nullptr);
    EXPECT_EQ(certificates.of(1), nullptr);
    EXPECT_NE(certificates.of(2), nullptr);
    EXPECT_NE(certificates.of(0), certificates.of(2));
    const auto told = events.of<CertificateRead>();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].path, "/cert.pem");
    EXPECT_THAT(told[0].names, ElementsAre("mx.alpha.example"));
    EXPECT_TRUE(trouble().empty());
}

TEST_F(ServerCertificatesTest, follow_their_files) {
    read();
    EXPECT_EQ(shown(), "mx.alpha.example");
    put("/cert.pem", "new.alpha.example");
    sim.run_for(seconds{5});
    EXPECT_EQ(shown(), "new.alpha.example");
    EXPECT_EQ(shown(2), "new.alpha.example");
    EXPECT_EQ(events.of<CertificateRead>().size(), 2U);
}

TEST_F(ServerCertificatesTest, are_looked_at_now_and_then_only) {
    read();
    EXPECT_EQ(shown(), "mx.alpha.example");
    put("/cert.pem", "new.alpha.example");
    EXPECT_EQ(shown(), "mx.alpha.example");
}

TEST_F(ServerCertificatesTest, that_are_being_written_are_waited_for) {
    read();
    sim.run_for(seconds{5});
    put("/cert.pem", "new.alpha.example");
    EXPECT_EQ(shown(), "mx.alpha.example");
    EXPECT_TRUE(trouble().empty());
}

TEST_F(ServerCertificatesTest, that_cannot_be_used_leave_those_before_in_force_and_are_told_once) {
    read();
    sim.tls().remove_certificate("/cert.pem");
    write("/cert.pem");
    for (int i = 0; i < 3; ++i) {
        sim.run_for(seconds{5});
        EXPECT_EQ(shown(), "mx.alpha.example");
    }
    EXPECT_THAT(trouble(), ElementsAre(HasSubstr("listener \"mx\": /cert.pem"),
                                       HasSubstr("listener \"smtps\": /cert.pem")));
    put("/cert.pem", "new.alpha.example");
    sim.run_for(seconds{5});
    EXPECT_EQ(shown(), "new.alpha.example");
    EXPECT_EQ(trouble().size(), 2U);
}

TEST_F(ServerCertificatesTest, are_asked_to_be_renewed_once) {
    put("/cert.pem", "mx.alpha.example", sim.clock().wall_now() + days{13});
    sim.run_for(seconds{10});
    read();
    for (int i = 0; i < 3; ++i) {
        sim.run_for(seconds{5});
        shown();
    }
    EXPECT_THAT(trouble(), ElementsAre(HasSubstr("the certificate /cert.pem expires on ")));
    sim.run_for(days{14});
    shown();
    ASSERT_EQ(trouble().size(), 2U);
    EXPECT_THAT(trouble()[1], HasSubstr("the certificate /cert.pem expired on "));
}

TEST_F(ServerCertificatesTest, are_read_at_once_when_it_is_asked_for) {
    read();
    put("/cert.pem", "new.alpha.example");
    EXPECT_EQ(reload(), "");
    EXPECT_EQ(shown(), "new.alpha.example");
}

TEST_F(ServerCertificatesTest, may_be_other_files_after_a_reload) {
    read();
    put("/other.pem", "other.alpha.example");
    sim.run_for(seconds{5});
    settings.listeners[2].certificate = settings.listeners[2].key = "/other.pem";
    EXPECT_EQ(reload(), "");
    EXPECT_EQ(shown(0), "mx.alpha.example");
    EXPECT_EQ(shown(2), "other.alpha.example");
}

// Nothing is as the new settings have it, then, not even of the listeners for which it could be.
TEST_F(ServerCertificatesTest, that_new_settings_want_and_cannot_have_change_nothing) {
    read();
    const auto before = certificates.of(0);
    put("/other.pem", "other.alpha.example");
    sim.run_for(seconds{5});
    settings.listeners[0].certificate = settings.listeners[0].key = "/other.pem";
    settings.listeners[2].certificate = settings.listeners[2].key = "/nowhere.pem";
    EXPECT_THAT(reload(), HasSubstr("listener \"smtps\": /nowhere.pem"));
    EXPECT_EQ(certificates.of(0), before);
    EXPECT_EQ(shown(0), "mx.alpha.example");
    EXPECT_EQ(shown(2), "mx.alpha.example");
    EXPECT_THAT(trouble(), IsEmpty()) << "whoever asked is told";
}

TEST_F(ServerCertificatesTest, that_new_settings_want_are_waited_for_while_they_are_written) {
    read();
    put("/other.pem", "other.alpha.example");
    settings.listeners[0].certificate = settings.listeners[0].key = "/other.pem";
    EXPECT_EQ(reload(), "");
    EXPECT_EQ(shown(0), "other.alpha.example");
}

// A renewal that is half done is no reason to turn other changes away.
TEST_F(ServerCertificatesTest, that_are_named_as_before_may_be_out_of_order_at_a_reload) {
    read();
    sim.tls().remove_certificate("/cert.pem");
    write("/cert.pem");
    EXPECT_EQ(reload(), "");
    EXPECT_EQ(shown(), "mx.alpha.example");
    EXPECT_EQ(trouble().size(), 2U);
}

// Authorities of clients belong to the rules that judge what they have signed.
TEST_F(ServerCertificatesTest, stay_what_they_are_for_those_who_keep_them) {
    read();
    const auto kept = certificates.of(0);
    put("/other.pem", "other.alpha.example");
    sim.run_for(seconds{5});
    settings.listeners[0].certificate = settings.listeners[0].key = "/other.pem";
    EXPECT_EQ(reload(), "");
    EXPECT_EQ(shown(), "other.alpha.example");
    EXPECT_EQ(shown(*kept), "mx.alpha.example");
    put("/cert.pem", "new.alpha.example");
    sim.run_for(seconds{5});
    EXPECT_EQ(shown(*kept), "mx.alpha.example");
    EXPECT_EQ(shown(2), "new.alpha.example");
}

TEST_F(ServerCertificatesTest, say_at_the_start_what_is_wrong_and_where) {
    settings.tls.certificate = "/nowhere.pem";
    const auto done = certificates.read(settings);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error(), HasSubstr("listener \"mx\": /nowhere.pem"));
}

}  // namespace
}  // namespace cursus
