// The running program reads its configuration again, in the simulated world.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "journal/metrics.h"
#include "main/server.h"
#include "runtime/archive.h"
#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

using std::chrono::seconds;

class Bodies final : public EventSink {
public:
    void emit(MailEvent event) noexcept override { all_.push_back(std::move(event.body)); }
    template <class Body>
    std::vector<Body> of() const {
        std::vector<Body> found;
        for (const EventBody& body : all_)
            if (const auto* const one = std::get_if<Body>(&body)) found.push_back(*one);
        return found;
    }

private:
    std::vector<EventBody> all_;
};

class EmptyArchive final : public Archive {
public:
    Result<void, StoreError> append(std::vector<Entry>) override { return {}; }
    Result<std::vector<Entry>, StoreError> scan(std::string_view, std::string_view,
                                                std::size_t) const override {
        return std::vector<Entry>();
    }
};

class Reloading : public testing::Test {
protected:
    void SetUp() override {
        sim_.tls().put_certificate("/mx.pem", {.name = "mx.alpha.example", .issuer = {}});
        ASSERT_TRUE(sim_.files().open("/mx.pem", OpenMode::CreateNew, 0600));
        sim_.run_for(seconds{10});
        settings_.hostname = Domain::parse("mx.alpha.example").value();
        settings_.listeners = {{.name = "mx",
                                .addresses = {Endpoint{sim_.address(), 25}},
                                .service = Service::Mx,
                                .tls = ListenerTls::StartTls}};
        settings_.tls.certificate = settings_.tls.key = "/mx.pem";
        settings_.local.mailbox = "maildir:/mail/{domain}/{local_part}";
        settings_.local.users = "any";
        const auto again = [this](std::shared_ptr<const Generation> running) {
            return read(std::move(running));
        };
        memories_ = std::make_unique<Memories>(sim_.world(), events_, settings_);
        server_ = std::make_unique<Server>(
            ServerNeeds{sim_.world(), events_, *memories_, generation_of(settings_), again});
        const auto bound = server_->bind();
        ASSERT_TRUE(bound) << bound.error();
        ASSERT_TRUE(sim_.run(server_->start({sim_.store(), archive_, metrics_})));
    }
    void TearDown() override { sim_.run(server_->stop()); }

    std::shared_ptr<const Generation> generation_of(const Settings& settings) {
        return std::make_shared<Generation>(sim_.world(), *memories_,
                                            std::make_unique<const Settings>(settings), GenerationParts());
    }
    // Takes its time.
    Task<Result<NextGeneration, std::string>> read(std::shared_ptr<const Generation> running) {
        EXPECT_FALSE(is_reading_);
        is_reading_ = true;
        before_.push_back(std::move(running));
        co_await sim_.clock().sleep_for(seconds{5});
        is_reading_ = false;
        co_return NextGeneration{generation_of(settings_), {"[tls]"}, {}};
    }
    Task<void> reload() {
        auto outcome = co_await server_->reload();
        outcomes_.push_back(std::move(outcome));
    }

    SimWorld sim_;
    Settings settings_;  // as the file has them
    Bodies events_;
    EmptyArchive archive_;
    MetricsReader metrics_;
    std::unique_ptr<Memories> memories_;
    std::unique_ptr<Server> server_;
    bool is_reading_ = false;
    std::vector<std::shared_ptr<const Generation>> before_;  // in force when the file was read
    std::vector<Result<ReloadReport, std::string>> outcomes_;
};

// Whoever comes while one is under way may have changed the file since it was read: nobody is lost.
TEST_F(Reloading, is_done_once_more_for_whoever_asks_meanwhile) {
    TaskGroup tasks(sim_.executor());
    for (int i = 0; i < 3; ++i) tasks.spawn(reload());
    sim_.run(tasks.join());
    ASSERT_EQ(outcomes_.size(), 3U);
    for (const auto& outcome : outcomes_) EXPECT_TRUE(outcome) << outcome.error();
    ASSERT_EQ(before_.size(), 3U);
    EXPECT_NE(before_[0], before_[1]);
    EXPECT_NE(before_[1], before_[2]);
    EXPECT_EQ(events_.of<Reloaded>().size(), 3U);
}

TEST_F(Reloading, fails_whole_where_a_certificate_cannot_be_had) {
    settings_.tls.certificate = "/nowhere.pem";
    sim_.run(reload());
    ASSERT_FALSE(outcomes_.at(0));
    EXPECT_TRUE(outcomes_[0].error().starts_with("listener \"mx\": /nowhere.pem")) << outcomes_[0].error();
    const auto trouble = events_.of<Trouble>();
    ASSERT_FALSE(trouble.empty());
    EXPECT_EQ(trouble.back().where, "reload");
    EXPECT_EQ(trouble.back().what, outcomes_[0].error());
    EXPECT_TRUE(events_.of<Reloaded>().empty());

    settings_.tls.certificate = "/mx.pem";
    sim_.run(reload());
    EXPECT_TRUE(outcomes_.at(1));
    EXPECT_EQ(before_.at(0), before_.at(1)) << "what could not be had was never in force";
}

}  // namespace
}  // namespace cursus
