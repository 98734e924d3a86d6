// Lists in the DNS: block lists and allow lists of addresses and of names, RFC 5782.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings_policy.h"
#include "policy/list_codes.h"
#include "policy/list_health.h"
#include "policy/list_names.h"
#include "runtime/clock.h"
#include "runtime/resolver.h"

namespace cursus {

inline constexpr std::size_t list_reason_octets_max = 240;
// After so long no further question is begun for one ListQuestion; one that has begun takes as long as the
// resolver lets it.
inline constexpr auto list_patience = std::chrono::seconds{20};

struct ListQuestion {
    std::string zone;  // lower-case A-labels
    ListedSubject subject;
    NamesAsked names = NamesAsked::AsGiven;  // of a domain
};

struct NotListed {};
struct ListMatch {
    std::string list;  // its name in the configuration
    double score = 0;
};
struct Listed {
    std::string name;                // that was found, zone included
    std::vector<ListMatch> matches;  // the [[dnslist]] of this zone whose answers fit; not empty
    std::string reason;  // its TXT, printable ASCII, list_reason_octets_max at most; "": it says none
};
// Nobody knows whether the subject is listed: never to be read as either.
struct NoUse {
    std::string why;  // for people: names the list
};

struct ListAnswer {
    std::string zone;
    std::variant<NotListed, Listed, NoUse> verdict;
    ListCodes codes;                   // that came, even if none of them counts
    std::vector<std::string> asked;    // names; none: there was nothing to ask, or the list is left alone
    std::vector<std::string> notices;  // what became known of the list itself, for one event each

    double score() const;  // of all matches
};

// Any thread and reactor. All [[dnslist]] of one zone are answered by one question; a zone without one, or
// with none for such a subject, counts as a list of its own name with the default settings.
class BlockLists {
public:
    // `clock` is only asked what time it is. Both outlive this.
    BlockLists(Resolver& resolver, const Clock& clock, const std::vector<DnsListSettings>& lists);

    Task<ListAnswer> ask(ListQuestion question);

private:
    struct Step;
    struct Tested {
        ListHealth::Test result;
        std::string why;
    };
    Task<Tested> test(const Step& step);
    Task<void> look_up(const Step& step, std::vector<std::string> names, ListAnswer& answer);
    Task<void> add_reason(const Step& step, ListAnswer& answer);
    void judge(const Step& step, const DnsAnswer& found, ListAnswer& answer);
    static void note(ListAnswer& answer, std::string sentence);
    std::vector<DnsListSettings> lists_of(const std::string& zone, ListSubject subject) const;

    Resolver& resolver_;
    const Clock& clock_;
    std::map<std::string, std::vector<DnsListSettings>, std::less<>> lists_;  // by zone
    ListHealth health_;
};

}  // namespace cursus
