// Rules against sessions whose every lookup is scripted.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/parse.h"
#include "policy/inquest.h"
#include "policy/rule_book.h"
#include "sim/world.h"

namespace cursus {

// Answers what it was told to, after as long as it was told to; all else is found to be nothing.
class ScriptedFinder : public Finder {
public:
    explicit ScriptedFinder(Clock& clock) : clock_(clock) {}
    std::map<Question, Found> answers;
    std::map<Topic, Duration> takes;
    std::vector<Question> asked;
    std::vector<std::string> counted;
    bool is_exceeded = false;
    Result<Advice, std::string> advice = Advice{};
    Instant last_answer{};

    Task<Found> find(Question question, Evidence&) override {
        asked.push_back(question);
        if (const auto wait = takes.find(question.topic); wait != takes.end())
            co_await clock_.sleep_for(wait->second);
        last_answer = clock_.now();
        const auto found = answers.find(question);
        co_return found == answers.end() ? Found{} : found->second;
    }
    Task<Found> count(Rate, std::string bucket, std::string key) override {
        counted.push_back(bucket + ' ' + key);
        co_return is_exceeded ? Found{{"exceeded"}} : Found{};
    }
    Task<Result<Advice, std::string>> advise(AdvisorAddress, RuleStage, std::optional<Mailbox>,
                                             Evidence&) override {
        co_return advice;
    }

private:
    Clock& clock_;
};

// A session, and rules that are asked about it.
class RuleWorld : public testing::Test {
protected:
    RuleWorld() {
        inquest.known().session = SessionId(7);
        inquest.known().client = *Endpoint::parse("192.0.2.7:40000");
        inquest.known().helo = "client.example";
        inquest.known().sender = *Mailbox::parse("ann@a.example");
    }
    ~RuleWorld() override { sim.run(inquest.join()); }

    static std::string text(std::string_view rules) {
        return "hostname = \"mx.b.example\"\n[policy]\ndefault_rules = false\n[scan]\nclamd = "
               "\"127.0.0.1:1\"\n"
               "rspamd = \"http://127.0.0.1:2\"\n" +
               std::string(rules);
    }
    Ruling decide(std::string_view rules, RuleStage stage = RuleStage::Rcpt,
                  std::string_view recipient = "bob@b.example") {
        auto parsed = parse_settings(text(rules), {});
        if (!parsed) {
            ADD_FAILURE() << describe_errors("rules", parsed.error());
            return {};
        }
        settings = *std::move(parsed);
        const RuleBook book(settings);
        std::optional<Mailbox> to;
        if (stage >= RuleStage::Rcpt) to = *Mailbox::parse(recipient);
        return sim.run(book.decide(stage, inquest, to));
    }
    // One that counts must have a name.
    static std::string rule(std::string_view condition, std::string_view action = "do = \"reject\"",
                            std::string_view at = "rcpt") {
        const bool lacks_name = condition.contains("rate = ") && !action.contains("name = ");
        return "[[rule]]\nat = \"" + std::string(at) + "\"\nif = { " + std::string(condition) + " }\n" +
               (lacks_name ? "name = \"counter\"\n" : "") + std::string(action) + "\n";
    }
    template <class Event>
    std::vector<Event> told() const {
        std::vector<Event> found;
        for (const auto& event : events)
            if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
        return found;
    }
    bool refuses(std::string_view condition, RuleStage stage = RuleStage::Rcpt) {
        return decide(rule(condition, "do = \"reject\"", name(stage)), stage).verdict == Verdict::Refuse;
    }

    SimWorld sim;
    Settings settings;
    const std::string hostname = "mx.b.example";
    std::vector<EventBody> events;
    ScriptedFinder finder{sim.clock()};
    Inquest inquest{{finder, sim.clock(), sim.reactor().executor(), hostname,
                     [this](EventBody event) { events.push_back(std::move(event)); }}};
};

}  // namespace cursus
