// The body of one part as it streams by: its transfer encoding undone, and its octets looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mail/malformation.h"
#include "mail/mime_decoder.h"

namespace cursus {

// Who takes a part's decoded octets.
class MimeContent {
public:
    virtual ~MimeContent() = default;
    virtual void content(std::string_view octets) = 0;
};

// What is asked of a part's body.
struct LeafWants {
    bool has_content = false;      // its decoded octets
    bool checks_octets = false;    // whether they are what the encoding says
    bool is_in_multipart = false;  // the line end before a delimiter belongs to that (RFC 2046 §5.1.1)
};

class MimeLeaf {
public:
    // Nobody wants anything of what follows: a preamble, an epilogue.
    void ignore() { wants_ = {}; }
    void begin(TransferEncoding encoding, LeafWants wants);
    void feed(std::string_view text, MimeContent& to);
    enum class End : std::uint8_t { Delimiter, Message };
    // What was found: Base64Garbage, Base64AfterPadding, QuotedPrintableSyntax, EightBitInBodyUndeclared.
    std::vector<Malformation> end(End how, MimeContent& to);

private:
    bool is_ignored() const { return !wants_.has_content && !wants_.checks_octets; }
    void pass(std::string_view text, MimeContent& to);
    void check_octets(std::string_view text);

    LeafWants wants_;
    MimeDecoder decoder_{TransferEncoding::EightBit};
    bool has_eight_bit_ = false;
    std::string_view held_;  // the line end that text so far ends with, or its front; of a constant
    std::string decoded_;
};

}  // namespace cursus
