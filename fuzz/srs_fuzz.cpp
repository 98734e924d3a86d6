// Rewritten senders. Whatever the sender, its address leads back to it, or from the third host to the first;
// no address that we have not signed leads anywhere.
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "mail/verp.h"
#include "route/srs.h"

namespace cursus::fuzz {
namespace {

void check_verp(const Mailbox& owner, const Mailbox& recipient) {
    if (const auto address = verp_encode(owner, recipient))
        require(verp_decode(owner, *address) == recipient);
    if (const auto decoded = verp_decode(owner, recipient))
        require(Mailbox::parse(decoded->text()) == *decoded);
}

void check_srs(const Mailbox& sender, const Domain& own_domain, const SrsKeys& keys, WallTime now) {
    require(!srs_reverse(sender, keys, now));  // to forge one takes more than a fuzzer
    const auto address = srs_forward(sender, own_domain, keys, now);
    if (!address) return;
    require(Mailbox::parse(address->text()) == *address);
    const auto back = srs_reverse(*address, keys, now);
    require(back.has_value());
    const bool skips_a_host =
        !equal_ignoring_case(back->text(), sender.text());  // "srs0" comes back as "SRS0"
    require(!skips_a_host || (sender.local_part()[3] == '1' && address->local_part()[3] == '1'));
    const auto again = srs_forward(*address, own_domain, keys, now);
    if (!again) return;
    const auto first = srs_reverse(*again, keys, now);
    require(first && (*first == *address || *first == *back));
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    static const auto keys = SrsKeys::make({"a secret of a fuzz target"}).value();
    static const auto own_domain = Domain::parse("us.example").value();
    static const auto owner = Mailbox::parse("owner-list@us.example").value();
    fuzz::Input input(data, size);
    const WallTime now{std::chrono::days(input.number() * 8)};
    const auto mailbox = Mailbox::parse(input.rest());
    if (!mailbox) return 0;
    fuzz::check_verp(owner, *mailbox);
    fuzz::check_srs(*mailbox, own_domain, keys, now);
    return 0;
}
