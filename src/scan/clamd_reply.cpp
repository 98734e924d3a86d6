#include "scan/clamd_reply.h"

#include <fmt/format.h>

#include "scan/said.h"

namespace cursus {
namespace {

constexpr std::string_view stream_prefix = "stream: ";
constexpr std::string_view found_suffix = " FOUND";
// Of StreamMaxLength in its configuration.
constexpr std::string_view clamd_size_limit = "INSTREAM size limit exceeded. ERROR";

}  // namespace

Result<void, std::string> ClamdReplyReader::take(std::string_view octets) {
    const auto end = octets.find('\0');
    text_ += octets.substr(0, end);
    is_whole_ = end != std::string_view::npos;
    if (text_.size() > clamd_reply_octets_max) return failure(std::string("its reply does not end"));
    return {};
}

Result<void, std::string> ClamdReplyReader::end() const {
    if (text_.empty()) return failure(std::string("it hung up without a reply"));
    return failure(fmt::format("it hung up amid its reply \"{}\"", as_said(text_)));
}

Result<VirusVerdict, std::string> parse_clamd_reply(std::string_view text) {
    if (text == clamd_size_limit) return TooBig{"it is larger than its StreamMaxLength"};
    if (text == "stream: OK") return Clean{};
    if (text.starts_with(stream_prefix) && text.ends_with(found_suffix) &&
        text.size() > stream_prefix.size() + found_suffix.size()) {
        text.remove_prefix(stream_prefix.size());
        text.remove_suffix(found_suffix.size());
        return VirusFound{as_said(text, virus_name_octets_max)};
    }
    return failure(fmt::format("it said \"{}\"", as_said(text)));
}

}  // namespace cursus
