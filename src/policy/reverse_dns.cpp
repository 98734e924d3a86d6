#include "policy/reverse_dns.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/reversed_address.h"
#include "mail/domain.h"
#include "runtime/run_later.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

// In order, so that the same records mean the same whichever comes first this time. What is no host name is
// nobody's name, whatever it leads to.
std::vector<NameSeen> host_names(const std::vector<std::string>& records) {
    std::set<std::string> names;
    for (const std::string& rdata : records)
        if (const auto name = parse_name(rdata))
            if (auto domain = Domain::parse(*name)) names.insert(domain->text());
    std::vector<NameSeen> seen;
    for (const std::string& name : names) {
        if (seen.size() == reverse_names_max) break;
        seen.push_back({name, {}});
    }
    return seen;
}

Task<void> look_forward_into(Resolver& resolver, NameSeen& seen, IpAddress client) {
    seen.forward = co_await look_forward(resolver, seen.name, client);
}

Task<void> look_up_each(Resolver& resolver, std::vector<NameSeen>& names, IpAddress client) {
    Executor here = co_await this_executor();
    TaskGroup lookups(std::move(here));
    for (NameSeen& seen : names) lookups.spawn(look_forward_into(resolver, seen, client));
    co_await lookups.join();
}

}  // namespace

Task<ReverseAnswer> look_up_reverse(Resolver& resolver, IpAddress client) {
    ReverseAnswer answer;
    const std::string question = reverse_name(client);
    const auto said = co_await resolver.resolve(question, RecordType::Ptr);
    switch (said->status) {
        case DnsStatus::NxDomain:
        case DnsStatus::NoData:
            answer.verdict = ReverseDns::None;
            co_return answer;
        case DnsStatus::Failed:
            answer.why = fmt::format("{}: {}", question, said->why);
            co_return answer;
        case DnsStatus::Bogus:
            answer.why = fmt::format("{}: the answer fails DNSSEC validation", question);
            co_return answer;
        case DnsStatus::Found:
            break;
    }
    answer.names = host_names(said->records);
    co_await look_up_each(resolver, answer.names, client);
    const auto with = [&](Forward verdict) {
        return std::ranges::find(answer.names, verdict,
                                 [](const NameSeen& seen) { return seen.forward.verdict; });
    };
    if (const auto own = with(Forward::ToAddress); own != answer.names.end()) {
        answer.verdict = ReverseDns::Confirmed;
        answer.name = own->name;
    } else if (const auto doubtful = with(Forward::Unknown); doubtful != answer.names.end()) {
        answer.why = fmt::format("{}: {}", doubtful->name, doubtful->forward.why);
    } else {
        answer.verdict = ReverseDns::Unconfirmed;
        if (!answer.names.empty()) answer.name = answer.names.front().name;
    }
    co_return answer;
}

}  // namespace cursus
