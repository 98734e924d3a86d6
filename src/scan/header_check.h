// Whether a message's header is what RFC 5322 says: each field by itself, and which must be there once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mail/mime_walker.h"
#include "scan/findings.h"

namespace cursus {

// More than this no mail program makes; those that follow are not looked at.
inline constexpr std::size_t header_fields_max = 1000;

class HeaderCheck {
public:
    HeaderCheck(bool is_smtputf8, Findings& findings) : is_smtputf8_(is_smtputf8), findings_(findings) {}
    // A field as it stands, folds included, without its last line end; the message's own or a part's.
    void field(std::string_view text, HeaderOf whose, std::uint32_t part);
    // The message's own header has been seen to its end.
    void end();

private:
    enum class Known : std::uint8_t {
        From,
        Sender,
        ReplyTo,
        To,
        Cc,
        Bcc,
        Date,
        Subject,
        MessageId,
        InReplyTo,
        References,
        MimeVersion,
        ContentType,
    };
    static constexpr std::size_t known_fields = static_cast<std::size_t>(Known::ContentType) + 1;
    struct KnownField;
    static const std::array<KnownField, known_fields> all_known;

    void check_name(std::string_view name, std::uint32_t part);
    void check_octets(std::string_view text, std::uint32_t part);
    void check_words(std::string_view text, std::uint32_t part);
    void check_known(std::string_view name, std::string_view body);
    void note_duplicate(Known field, std::string_view body);
    void check_body(Known field, std::string_view body);
    std::uint32_t& count(Known field) { return counts_[static_cast<std::size_t>(field)]; }
    std::uint32_t count(Known field) const { return counts_[static_cast<std::size_t>(field)]; }

    bool is_smtputf8_;
    Findings& findings_;
    std::size_t fields_ = 0;
    std::array<std::uint32_t, known_fields> counts_{};
    bool has_several_from_ = false;  // addresses
    std::string subject_;
};

}  // namespace cursus
