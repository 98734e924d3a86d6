// What the rules ask of a message's content, gathered in one pass as it streams by; nothing that nobody asks
// for is looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mail/header.h"
#include "mail/mime_walker.h"
#include "scan/malformed.h"

namespace cursus {

// Of the text in names and types of attachments; a message with more is not surveyed to its end.
inline constexpr std::size_t attachment_octets_max = std::size_t{256} * 1024;

struct Attachment {
    std::string media_type;               // lower-case
    std::vector<std::string> file_names;  // all that it could be taken to have; none: it has no name
};

// Takes the decoded content of a message's text parts.
class TextSink {
public:
    virtual ~TextSink() = default;
    virtual void feed(std::string_view decoded_text) = 0;
    virtual void part_ends() = 0;  // what comes next belongs to another part
};

struct SurveyNeeds {
    bool header = false;
    bool attachments = false;
    bool findings = false;
    TextSink* text = nullptr;  // outlives the survey
};

class ContentSurvey final : private MimeSink {
public:
    ContentSurvey(SurveyNeeds needs, MessageTerms terms);
    ContentSurvey(const ContentSurvey&) = delete;
    ContentSurvey& operator=(const ContentSurvey&) = delete;

    void feed(std::string_view piece);
    void finish();

    // The message's own header with its empty line, header_octets_max at most.
    const std::string& header() const { return header_; }
    bool has_all_header() const { return header_end_.octets() < header_octets_max; }
    // All parts but those that hold others and those that are the message's text.
    const std::vector<Attachment>& attachments() const { return attachments_; }
    std::span<const Finding> findings() const;
    // False: a bound was reached, and there may be attachments, text and malformations that were not seen.
    bool is_complete() const;

private:
    void gather_header(std::string_view piece);
    void field(std::string_view text, HeaderOf whose) override;
    bool part_begins(const MimePart& part) override;
    void content(std::string_view octets) override;
    void part_ends(std::uint32_t number) override;
    void malformed(Malformation what, std::string_view subject, std::uint32_t part) override;
    void add_attachment(const MimePart& part);

    SurveyNeeds needs_;
    std::string header_;
    HeaderSurvey header_end_;  // where it ends
    std::vector<Attachment> attachments_;
    std::size_t attachment_octets_ = 0;
    bool has_all_attachments_ = true;
    bool is_in_text_ = false;  // the content of the part goes to needs_.text
    bool drops_nul_ = false;
    std::string text_;

    std::optional<MalformedChecker> checker_;  // walks itself
    std::optional<MimeWalker> walker_;         // where there is no checker
};

}  // namespace cursus
