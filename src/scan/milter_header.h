// A message's header while milters edit it, one after the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/header_edit.h"
#include "scan/milter_reply.h"

namespace cursus {

// Of one message, all its milters together: more edits than anybody means. What is only removed does not
// count, or a sender could make a milter fail by giving it much to remove.
inline constexpr std::size_t milter_field_edits_max = 500;

// Milters count fields as Sendmail and Postfix let them: our own Received, the first field, is not shown, and
// a change of the first Received means the first that is shown; but a field that is inserted at 0 stands
// before ours, and one at 1 right behind it, where signatures go that cover what is below.
class MilterHeader {
public:
    // The fields, without the empty line. `own`: our Received, as it stands among them, not always first:
    // scanners may have put fields before it.
    MilterHeader(std::string_view header, std::string_view own);

    std::string shown() const;
    // The error says what is wrong with it. A field whose name leaves no room in its line is left out: it may
    // be the sender's.
    Result<void, std::string> edit(const MilterField& field);
    // How many one milter may have removed: there are no more.
    std::size_t removals_max() const { return header_.fields().size() + milter_field_edits_max; }
    // All that were made, in terms of the whole header.
    const std::vector<HeaderEdit>& edits() const { return edits_; }

private:
    HeaderEdit edit_of(const MilterField& field) const;
    std::uint32_t received_before_own() const;

    EditedHeader header_;
    std::string own_;  // our Received; empty: there is none
    std::vector<HeaderEdit> edits_;
    std::size_t additions_ = 0, octets_ = 0;
};

}  // namespace cursus
