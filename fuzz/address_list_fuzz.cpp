// Addresses in a header: places lie one behind the other within the field, each address replaced by itself
// leaves every octet, and what is rewritten once needs no rewriting and grows no line beyond RFC 5322's.
#include <algorithm>
#include <string>

#include "fuzz/fuzz.h"
#include "mail/address_list.h"
#include "mail/header_rewrite.h"

namespace cursus::fuzz {
namespace {

void check_places(std::string_view body) {
    std::string copy;
    std::size_t done = 0;
    AddressList addresses(body);
    while (const auto address = addresses.next()) {
        require(done <= address->entry && address->entry <= address->offset);
        require(address->length > 0 && address->length <= body.size() - address->offset);
        const auto text = body.substr(address->offset, address->length);
        require(text.data() == address->local_text.data() && text.starts_with(address->local_text));
        require((address->local_text.size() == text.size()) == !address->domain);
        copy += body.substr(done, address->offset - done);
        copy += text;
        done = address->offset + address->length;
    }
    copy += body.substr(done);
    require(copy == body);
}

std::size_t longest_line(std::string_view text) {
    std::size_t longest = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find("\r\n"), text.size());
        longest = std::max(longest, end);
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return longest;
}

std::optional<std::string> hosted_at_site(const ListedAddress& address, AddressSide) {
    if (address.domain == "site.example") return std::nullopt;
    return std::string(address.local_text) + "@site.example";
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    using fuzz::require;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    fuzz::check_places(text);

    const auto header = "To: " + std::string(text) + "\r\n\r\n";
    const auto once = rewrite_header(header, fuzz::hosted_at_site);
    if (!once) return 0;
    require(fuzz::longest_line(once->octets) <= std::max<std::size_t>(998, fuzz::longest_line(header)));
    const auto twice = rewrite_header(once->octets, fuzz::hosted_at_site);
    require(!twice || fuzz::longest_line(header) > 900);  // but for a field that could not have them
    return 0;
}
