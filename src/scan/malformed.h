// The one place that says whether a message is malformed. It looks at the octets as they stream by, at the
// header and at how MIME puts the message together, in one pass.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mail/envelope.h"
#include "mail/mime_walker.h"
#include "mail/text_check.h"
#include "scan/findings.h"
#include "scan/header_check.h"

namespace cursus {

// RFC 5322 §2.1.1: without its end.
inline constexpr std::size_t sound_line_octets_max = 998;

// What MAIL said of the message.
struct MessageTerms {
    bool is_smtputf8 = false;    // RFC 6531 §3.4
    Body body = Body::SevenBit;  // BINARYMIME (RFC 3030 §3): the body has no lines
};

class MalformedChecker final : private MimeSink {
public:
    // `parts`, if there is one, is told of the parts too: a message is walked through once.
    explicit MalformedChecker(MessageTerms terms, MimeSink* parts = nullptr);
    MalformedChecker(const MalformedChecker&) = delete;
    MalformedChecker& operator=(const MalformedChecker&) = delete;

    // The message's octets, header first, lines as they are transferred but without dots stuffed.
    void feed(std::string_view piece);
    void finish();
    const std::vector<Finding>& findings() const { return findings_.all(); }
    bool has_stopped() const { return walker_.has_stopped(); }  // not all parts were seen

private:
    void field(std::string_view text, HeaderOf whose) override;
    bool part_begins(const MimePart& part) override;
    void content(std::string_view octets) override;
    void part_ends(std::uint32_t number) override;
    void malformed(Malformation what, std::string_view subject, std::uint32_t part) override;
    void note_octets();

    MessageTerms terms_;
    MimeSink* parts_;
    Findings findings_;
    HeaderCheck header_;
    TextCheck octets_{sound_line_octets_max + line_end_octets};
    MimeWalker walker_;
    std::uint32_t part_ = 0;  // the last one that has begun

    static constexpr std::size_t line_end_octets = 2;
};

}  // namespace cursus
