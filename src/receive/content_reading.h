// What rules may ask of a message's content, gathered while it comes in: only what some rule asks.
#pragma once

#include <optional>
#include <string_view>

#include "config/settings.h"
#include "mail/uri_hosts.h"
#include "policy/evidence.h"
#include "policy/rule_book.h"
#include "scan/content_survey.h"

namespace cursus {

class ContentReading {
public:
    // Nothing: no rule looks into messages.
    static std::optional<SurveyNeeds> needs(const RuleBook& book, MalformedLevel level);

    ContentReading(SurveyNeeds needs, bool reads_links, MessageTerms terms);

    void feed(std::string_view octets) { survey_.feed(octets); }
    // At the message's end, once. `size` is of what is stored.
    ContentFacts finish(std::uint64_t size, MalformedLevel level);

private:
    class Links final : public TextSink {
    public:
        void feed(std::string_view decoded_text) override { hosts_.feed(decoded_text); }
        void part_ends() override { hosts_.end(); }
        const std::vector<std::string>& hosts() const { return hosts_.hosts(); }

    private:
        UriHosts hosts_;
    };
    static SurveyNeeds with(SurveyNeeds needs, TextSink* text);

    Links links_;
    ContentSurvey survey_;
};

MalformedLevel level_of(const MalformedSettings& settings, Service service);

}  // namespace cursus
