// Mailboxes, paths and domains. What is taken is the same when its own text is taken again, however it was
// written.
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "mail/mailbox.h"

namespace cursus::fuzz {
namespace {

void check(const Mailbox& mailbox) {
    const auto text = mailbox.text();
    require(!has_control(text) && is_utf8(text) && text.size() <= 254);
    require(Mailbox::parse(text) == mailbox);
    require(Mailbox::make(mailbox.local_part(), mailbox.host()) == mailbox);
    require(!mailbox.local_part().empty() && mailbox.local_part().size() <= local_part_octets_max);
    require(mailbox.needs_smtputf8() || is_ascii(text));
}

void check(const Domain& domain) {
    require(is_ascii(domain.text()) && domain.text().size() <= 253);
    require(Domain::parse(domain.text()) == domain);
    require(Domain::parse(domain.unicode()) == domain);
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    static const Domain own_name = Domain::parse("own.example").value();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto mailbox = Mailbox::parse(text)) fuzz::check(*mailbox);
    if (const auto domain = Domain::parse(text)) fuzz::check(*domain);
    if (const auto path = parse_forward_path(text, own_name)) fuzz::check(*path);
    if (const auto path = parse_reverse_path(text))
        fuzz::require(parse_reverse_path(path_text(*path)) == *path);
    return 0;
}
