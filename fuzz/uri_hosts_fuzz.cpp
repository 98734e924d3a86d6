// Hosts of URIs: the same in whatever pieces the text comes, within bounds, each once, and each a name or an
// address as it is written here.
#include <algorithm>

#include "base/ip.h"
#include "fuzz/fuzz.h"
#include "mail/domain.h"
#include "mail/uri_hosts.h"

namespace cursus::fuzz {
namespace {

bool is_host(const std::string& host) {
    if (const auto address = IpAddress::parse(host)) return address->text() == host;
    const auto domain = Domain::parse(host);
    return domain && domain->text() == host && host.contains('.');
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    using fuzz::require;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    UriHosts whole, torn;
    whole.feed(input.rest());
    whole.end();
    for (fuzz::Pieces pieces(input.rest(), seed); !pieces.empty();) torn.feed(pieces.next());
    torn.end();
    require(whole.hosts() == torn.hosts() && whole.is_cut() == torn.is_cut());
    require(whole.hosts().size() <= uri_hosts_max);
    for (const auto& host : whole.hosts()) {
        require(fuzz::is_host(host));
        require(std::ranges::count(whole.hosts(), host) == 1);
    }
    return 0;
}
