// The checker of messages and the survey of their content: the same in whatever pieces, sentences that are
// safe to log, and agreement with what reception looks for.
#include <string>

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "scan/content_survey.h"

namespace cursus::fuzz {
namespace {

class Gathered final : public TextSink {
public:
    void feed(std::string_view decoded_text) override { text += decoded_text; }
    void part_ends() override { text += '\0'; }
    std::string text;
};

std::string text_of(const ContentSurvey& survey, const Gathered& gathered) {
    std::string text = survey.header() + gathered.text + (survey.is_complete() ? "." : "?");
    for (const auto& attachment : survey.attachments()) {
        text += attachment.media_type;
        for (const auto& name : attachment.file_names) text += name;
    }
    for (const auto& finding : survey.findings()) {
        require(!has_control(finding.detail) && is_utf8(finding.detail) && finding.detail.size() < 1000);
        text += finding.detail + std::to_string(finding.count);
    }
    return text;
}

bool has(const ContentSurvey& survey, Malformation what) {
    return std::ranges::any_of(survey.findings(),
                               [=](const Finding& finding) { return finding.what == what; });
}

void check_octets(std::string_view message, const ContentSurvey& survey) {
    TextCheck check;
    check.add(message);
    check.end();
    require(check.has_seen(DataViolation::BareCr) == has(survey, Malformation::BareCr));
    require(check.has_seen(DataViolation::BareLf) == has(survey, Malformation::BareLf));
    require(check.has_seen(DataViolation::Nul) == has(survey, Malformation::Nul));
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    const MessageTerms terms{.is_smtputf8 = (seed & 1) != 0,
                             .body = (seed & 6) == 6 ? Body::BinaryMime : Body::EightBitMime};
    fuzz::Gathered whole_text, torn_text;
    SurveyNeeds needs{.header = true, .attachments = true, .findings = true, .text = &whole_text};
    ContentSurvey whole(needs, terms);
    needs.text = &torn_text;
    ContentSurvey torn(needs, terms);
    whole.feed(input.rest());
    whole.finish();
    for (fuzz::Pieces pieces(input.rest(), seed); !pieces.empty();) torn.feed(pieces.next());
    torn.finish();
    fuzz::require(fuzz::text_of(whole, whole_text) == fuzz::text_of(torn, torn_text));
    if (terms.body != Body::BinaryMime) fuzz::check_octets(input.rest(), whole);
    return 0;
}
