#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "runtime/task.h"

namespace cursus {

enum class RecordType : std::uint16_t { A = 1, Cname = 5, Ptr = 12, Mx = 15, Txt = 16, Aaaa = 28, Tlsa = 52 };

// Five things that must never be read as one another.
enum class DnsStatus : std::uint8_t {
    Found,     // records is not empty
    NoData,    // the name exists, this type does not
    NxDomain,  // the name does not exist
    Failed,    // for now: SERVFAIL, timeout, refused, malformed
    Bogus,     // DNSSEC validation failed: temporary, and never used
};

struct DnsAnswer {
    DnsStatus status = DnsStatus::Failed;
    bool secure = false;         // validated from the trust anchor down (Found, NoData, NxDomain)
    Duration ttl{};              // how long this answer, negative ones too, may be kept
    std::string canonical_name;  // where CNAMEs led, lower case, no final dot; the question's name if nowhere
    std::vector<std::string> records;  // rdata in wire form, names uncompressed; at most dns_records_max
    std::string why;                   // Failed, Bogus: for people
};
inline constexpr std::size_t dns_records_max = 256;

class Resolver {
public:
    virtual ~Resolver() = default;
    // `name`: lower-case A-labels without the final dot. Thread-safe; resumes on the calling task's reactor.
    // Identical questions in flight share one lookup. Never takes longer than the resolver's own bound (30
    // s).
    virtual Task<std::shared_ptr<const DnsAnswer>> resolve(std::string name, RecordType type) = 0;
};

// Wire-form rdata to values; nullopt when the bytes are not such a record (short, long, bad labels).
struct MxRecord {
    std::uint16_t preference = 0;
    std::string host;  // lower case, no final dot; "" is the root: a null MX (RFC 7505)
};
std::optional<MxRecord> parse_mx(std::string_view rdata);
std::optional<IpAddress> parse_address(std::string_view rdata);  // 4 octets: A, 16: AAAA
std::optional<std::string> parse_name(std::string_view rdata);   // CNAME, PTR
// TXT, RFC 1035 §3.3.14: its strings one behind the other, any octets.
std::optional<std::string> parse_text(std::string_view rdata);
std::string mx_rdata(const MxRecord& record);  // for the simulated world and tests
std::string name_rdata(std::string_view name);
std::string text_rdata(std::string_view text);

}  // namespace cursus
