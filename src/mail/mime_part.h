// A part of a message (RFC 2045 §2.5) as its header describes it: the Content fields gathered and understood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mail/malformation.h"
#include "mail/mime_decoder.h"
#include "mail/mime_value.h"

namespace cursus {

inline constexpr std::size_t boundary_octets_max = 250;  // RFC 2046 §5.1.1 has 70
inline constexpr std::size_t boundaries_max = 8;         // that one multipart could be taken to have

struct MimePart {
    std::uint32_t number = 0;             // in the order they begin; 0 is the message
    std::uint32_t depth = 0;              // how many parts it stands in
    bool is_embedded = false;             // it stands in a message within the message
    std::string media_type;               // lower-case, "text/plain"
    std::string charset;                  // lower-case; empty: none is given
    std::string disposition;              // lower-case; empty: none is given
    std::vector<std::string> file_names;  // all that it could be taken to have
    TransferEncoding encoding = TransferEncoding::SevenBit;
};

enum class PartKind : std::uint8_t { Leaf, Multipart, Message };

struct PartFault {
    Malformation what;
    std::string subject;  // as it stands in the message, its front
};

struct DescribedPart {
    MimePart part;
    PartKind kind = PartKind::Leaf;
    std::vector<std::string> boundaries;  // of a multipart; whatever could be taken for its boundary is one
    std::vector<PartFault> faults;
};

// The Content fields of one header. Where one stands there several times, the part is taken for what shows
// most of it: readers choose differently.
class PartHeader {
public:
    static bool is_content_field(std::string_view name);
    void add(std::string_view name, std::string_view body);
    // `default_type` is what the part is without a Content-Type, RFC 2046 §5.1.5.
    DescribedPart describe(std::string_view default_type) const;
    void clear();

private:
    std::vector<std::string> types_, dispositions_, encodings_;  // bodies
};

}  // namespace cursus
