#include "receive/content_reading.h"

#include <utility>

namespace cursus {

std::optional<SurveyNeeds> ContentReading::needs(const RuleBook& book, MalformedLevel level) {
    if (!book.has_rules(RuleStage::Data)) return std::nullopt;
    SurveyNeeds needs;
    // Advisors are shown the header too.
    needs.header = book.asks(Topic::Header) || book.has_advisors();
    needs.attachments = book.asks(Topic::Attachment);
    needs.findings = level != MalformedLevel::Off && book.asks(Topic::Malformed);
    if (!needs.header && !needs.attachments && !needs.findings && !book.asks(Topic::UriDnsList))
        return std::nullopt;
    return needs;
}

ContentReading::ContentReading(SurveyNeeds needs, bool reads_links, MessageTerms terms)
    : survey_(with(needs, reads_links ? &links_ : nullptr), terms) {}

SurveyNeeds ContentReading::with(SurveyNeeds needs, TextSink* text) {
    needs.text = text;
    return needs;
}

ContentFacts ContentReading::finish(std::uint64_t size, MalformedLevel level) {
    survey_.finish();
    ContentFacts facts;
    facts.size = size;
    facts.header = survey_.header();
    facts.has_all_header = survey_.has_all_header();
    if (facts.header.ends_with("\r\n\r\n")) facts.header.resize(facts.header.size() - 2);
    for (const auto& attachment : survey_.attachments())
        facts.attachments.push_back({attachment.media_type, attachment.file_names});
    for (const Finding& finding : survey_.findings()) {
        const std::string name(facts_of(finding.what).name);
        facts.findings.push_back(name);
        if (refuses(level, finding.what))
            facts.refused.push_back(name);
        else if (level == MalformedLevel::Annotate)
            facts.noted.push_back(name);
    }
    facts.uri_hosts = links_.hosts();
    facts.has_all_parts = survey_.is_complete();
    facts.has_all_hosts = facts.has_all_parts && !links_.is_cut();
    return facts;
}

MalformedLevel level_of(const MalformedSettings& settings, Service service) {
    switch (service) {
        case Service::Mx:
            return settings.mx;
        case Service::Submission:
            return settings.submission;
        case Service::Lmtp:
            return settings.lmtp;
    }
    std::unreachable();
}

}  // namespace cursus
