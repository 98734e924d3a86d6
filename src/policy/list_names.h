// What a list in the DNS is asked: RFC 5782 §2.1, §2.4, §3, §5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ip.h"
#include "mail/domain.h"

namespace cursus {

using ListedSubject = std::variant<IpAddress, Domain>;
// A host as UriHosts gives it.
std::optional<ListedSubject> listed_subject(std::string_view host);

// Whether there is anything to ask a list about it. Addresses of this host and of private networks are nobody
// else's business, and no list has them; names of one label are hosts of the list's own zone ("www").
bool is_listable(const ListedSubject& subject);

// What kind of entries a list is asked for: one zone may have several kinds.
enum class ListedKind : std::uint8_t { Ipv4, Ipv6, Names };
ListedKind kind_of(const ListedSubject& subject);
std::string_view text(ListedKind kind);  // for people

// Names of hosts are asked as they are, and their parents too where a list may have the domain that somebody
// registered, which cannot be told from the name: those of list_parents_max labels and fewer, down to 2.
enum class NamesAsked : std::uint8_t { AsGiven, WithParents };
inline constexpr std::size_t list_parents_max = 5;

// In the order in which to ask; the first that is listed will do. None: it is not listable, or too long for
// the DNS, and so on no list.
std::vector<std::string> list_names(const ListedSubject& subject, std::string_view zone, NamesAsked asked);

// The entry that a list has when it works, and the one that no list may have.
struct ListTestNames {
    std::string present, absent;
};
ListTestNames list_test_names(ListedKind kind, std::string_view zone);

}  // namespace cursus
