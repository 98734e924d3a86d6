// Walks through the parts of a message as it streams by (RFC 2045, 2046), in whatever pieces, and tells a
// sink of each part, of its decoded content if that is wanted, and of what is wrong. Where readers of mail
// could differ it takes the reading that shows most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mail/header.h"
#include "mail/malformation.h"
#include "mail/mime_frames.h"
#include "mail/mime_leaf.h"
#include "mail/mime_lines.h"
#include "mail/mime_part.h"

namespace cursus {

inline constexpr std::uint32_t mime_depth_max = 32;
inline constexpr std::uint32_t mime_parts_max = 1000;
inline constexpr std::size_t part_header_octets_max =
    std::size_t{128} * 1024;  // the message's: header_octets_max

// Whose header a field stands in. Those of messages within the message are not given out.
enum class HeaderOf : std::uint8_t { Message, Part };

class MimeSink : public MimeContent {
public:
    // A field as it stands, folds included, without its last line end. Only if the walk reports fields.
    virtual void field(std::string_view text, HeaderOf whose) = 0;
    // The header of the part has been read. True: its content is wanted. Of what holds other parts there is
    // none, and a message within the message holds one.
    virtual bool part_begins(const MimePart& part) = 0;
    // Of the part that has begun last; several times, or not at all.
    void content(std::string_view octets) override = 0;
    virtual void part_ends(std::uint32_t number) = 0;
    // `subject` is what stands in the message, with whatever octets.
    virtual void malformed(Malformation what, std::string_view subject, std::uint32_t part) = 0;
};

struct MimeWalk {
    bool reports_fields = false;
    bool checks_octets = false;  // of bodies: whether they are what their encoding says
};

class MimeWalker final : private MimeContent {
public:
    MimeWalker(MimeSink& sink, MimeWalk walk);
    MimeWalker(const MimeWalker&) = delete;
    MimeWalker& operator=(const MimeWalker&) = delete;

    void feed(std::string_view piece);
    void finish();
    // A bound was reached, which was reported: what follows is not looked at.
    bool has_stopped() const { return totals_->has_stopped; }
    std::uint64_t header_octets() const { return message_header_octets_; }  // so far; the empty line included

private:
    enum class Where : std::uint8_t { Header, Body };
    // Of the message with all that is encoded in it.
    struct Totals {
        std::uint32_t parts = 0;
        bool has_stopped = false;
    };
    enum class Follows : std::uint8_t { Body, Nothing };

    MimeWalker(MimeSink& sink, MimeWalk walk, Totals* totals, std::uint32_t depth);
    std::uint32_t parts_begun() const { return totals_->parts; }
    bool is_embedded() const { return depth_ != 0 || frames_.has_message(); }
    bool is_own_header() const { return depth_ == 0 && frames_.empty(); }

    void take_header(std::string_view& piece);
    void take_header_line(std::string_view line);
    void report_line(MimeHeaderFields::Line kind, std::string_view line);
    void take_field(std::string_view text);
    void end_header(Follows follows);
    void begin_part(DescribedPart& described, Follows follows);
    void begin_header();
    void enter(const DescribedPart& described, bool wants_content);

    void take_body(std::string_view& piece);
    void skip_line(std::string_view& piece);
    bool take_delimiter(std::string_view line);
    void content(std::string_view octets) override;
    void end_leaf(MimeLeaf::End how);
    void pop_frame(MimeLeaf::End how);

    void report(Malformation what, std::string_view subject);
    void stop(Malformation what, std::string_view subject);
    void close();

    MimeSink& sink_;
    MimeWalk walk_;
    Totals own_totals_;
    Totals* totals_;
    std::uint32_t depth_;  // of the message that is walked through, within the one that it is encoded in
    Where where_ = Where::Header;
    bool skips_line_ = false;
    bool is_in_leaf_ = false;
    std::uint32_t leaf_ = 0;  // its number

    std::string line_;  // the front of a header's line
    std::size_t header_octets_ = 0;
    std::uint64_t message_header_octets_ = 0;
    MimeHeaderFields fields_;
    PartHeader header_;

    MimeFrames frames_;
    MimeBodyLines lines_;
    MimeLeaf body_;
    std::unique_ptr<MimeWalker> inner_;  // through the message that the leaf encodes
};

}  // namespace cursus
