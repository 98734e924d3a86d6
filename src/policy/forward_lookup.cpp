#include "policy/forward_lookup.h"

#include <algorithm>

namespace cursus {

namespace {

// What the answers so far show. All records are looked at: a large sender's name has more of them than a host
// is ever tried at.
struct AddressesSeen {
    const IpAddress& address;
    bool has_it = false, is_certain = true;
    ForwardAnswer answer;

    void add(const DnsAnswer& said) {
        if (said.status == DnsStatus::Failed || said.status == DnsStatus::Bogus) {
            doubt(said.status == DnsStatus::Bogus ? "the answer fails DNSSEC validation" : said.why);
            return;
        }
        for (const std::string& rdata : said.records) {
            const auto found = parse_address(rdata);
            if (!found) {
                doubt("an address record of the wrong length");
                continue;
            }
            has_it |= *found == address;
            if (answer.seen.size() < forward_seen_max) answer.seen.push_back(*found);
        }
    }
    void doubt(std::string why) {
        is_certain = false;
        answer.why = std::move(why);
    }
    ForwardAnswer conclude(Forward verdict) {
        answer.verdict = verdict;
        if (verdict != Forward::Unknown) answer.why.clear();
        return std::move(answer);
    }
};

}  // namespace

Task<ForwardAnswer> look_forward(Resolver& resolver, std::string name, IpAddress address) {
    const auto own_family = address.is_v4() ? RecordType::A : RecordType::Aaaa;
    const auto other_family = address.is_v4() ? RecordType::Aaaa : RecordType::A;
    AddressesSeen seen{.address = address, .answer = {}};
    const auto own = co_await resolver.resolve(name, own_family);
    seen.add(*own);
    if (seen.has_it) co_return seen.conclude(Forward::ToAddress);
    if (!seen.is_certain) co_return seen.conclude(Forward::Unknown);
    if (!seen.answer.seen.empty()) co_return seen.conclude(Forward::Elsewhere);
    // The other family cannot show the address any more, only that the name is somebody's.
    const auto other = co_await resolver.resolve(name, other_family);
    seen.add(*other);
    if (!seen.answer.seen.empty()) co_return seen.conclude(Forward::Elsewhere);
    co_return seen.conclude(seen.is_certain ? Forward::Absent : Forward::Unknown);
}

}  // namespace cursus
