#include "sim/sim_dns.h"

#include <algorithm>
#include <optional>

#include "base/ip.h"
#include "runtime/suspend.h"

namespace cursus {

namespace {

constexpr int cname_hops_max = 8;

constexpr Duration answer_time_min = std::chrono::milliseconds{1};
constexpr Duration answer_time_max = std::chrono::milliseconds{80};
constexpr Duration failure_time =
    std::chrono::seconds{15};  // a resolver asks several servers before it gives up

bool is_at_or_under(std::string_view name, std::string_view suffix) {
    if (suffix.empty() || name == suffix) return true;
    return name.size() > suffix.size() && name.ends_with(suffix) &&
           name[name.size() - suffix.size() - 1] == '.';
}

std::string rdata_of(const IpAddress& address) {
    const auto& octets = address.octets();
    return {reinterpret_cast<const char*>(octets.data()), address.is_v4() ? std::size_t{4} : std::size_t{16}};
}

}  // namespace

void SimDns::records(const std::string& name, RecordType type, std::vector<std::string> rdata, Duration ttl) {
    names_[name][type] = {std::move(rdata), ttl};
}

void SimDns::mx(const std::string& name, const std::vector<std::pair<int, std::string>>& hosts,
                Duration ttl) {
    std::vector<std::string> rdata;
    for (const auto& [preference, host] : hosts)
        rdata.push_back(mx_rdata({static_cast<std::uint16_t>(preference), host}));
    records(name, RecordType::Mx, std::move(rdata), ttl);
}

void SimDns::address(const std::string& name, const std::vector<std::string>& texts, Duration ttl) {
    std::vector<std::string> v4, v6;
    for (const auto& text : texts) {
        const auto parsed = IpAddress::parse(text).value();
        (parsed.is_v4() ? v4 : v6).push_back(rdata_of(parsed));
    }
    if (!v4.empty()) records(name, RecordType::A, std::move(v4), ttl);
    if (!v6.empty()) records(name, RecordType::Aaaa, std::move(v6), ttl);
}

void SimDns::cname(const std::string& name, const std::string& target, Duration ttl) {
    records(name, RecordType::Cname, {name_rdata(target)}, ttl);
}

void SimDns::ptr(const std::string& name, const std::vector<std::string>& names, Duration ttl) {
    std::vector<std::string> rdata;
    for (const auto& target : names) rdata.push_back(name_rdata(target));
    records(name, RecordType::Ptr, std::move(rdata), ttl);
}

bool SimDns::is_secure(std::string_view name) const {
    return std::ranges::any_of(secure_,
                               [name](const std::string& suffix) { return is_at_or_under(name, suffix); });
}

std::uint64_t SimDns::asked(const std::string& name, RecordType type) const {
    const auto found = asked_.find({name, type});
    return found == asked_.end() ? 0 : found->second;
}

DnsAnswer SimDns::ask(const std::string& name, RecordType type) {
    ++asked_in_all_;
    ++asked_[{name, type}];
    DnsAnswer answer;
    answer.canonical_name = name;
    answer.ttl = default_ttl;
    answer.secure = true;
    for (int hop = 0; hop < cname_hops_max; ++hop) {
        for (const auto& fault : faults_) {
            if (!fault.window.holds(scheduler_.now()) || !is_at_or_under(answer.canonical_name, fault.suffix))
                continue;
            answer.status = fault.status;
            answer.secure = false;
            answer.why = "the simulated servers of " + answer.canonical_name + " are at fault";
            return answer;
        }
        answer.secure = answer.secure && is_secure(answer.canonical_name);
        const auto found = names_.find(answer.canonical_name);
        if (found == names_.end()) {
            answer.status = DnsStatus::NxDomain;
            return answer;
        }
        if (const auto exact = found->second.find(type);
            exact != found->second.end() && !exact->second.rdata.empty()) {
            answer.status = DnsStatus::Found;
            answer.records = exact->second.rdata;
            answer.ttl = std::min(answer.ttl, exact->second.ttl);
            return answer;
        }
        const auto alias = found->second.find(RecordType::Cname);
        if (alias == found->second.end()) {
            answer.status = DnsStatus::NoData;
            return answer;
        }
        answer.ttl = std::min(answer.ttl, alias->second.ttl);
        answer.canonical_name = parse_name(alias->second.rdata.front()).value();
    }
    answer.status = DnsStatus::Failed;
    answer.why = "too many CNAMEs from " + name;
    return answer;
}

Task<void> SimResolver::wait(Duration time) {
    co_await suspend(
        [this, time](Resume resume) { scheduler_.at(process_, scheduler_.now() + time, std::move(resume)); });
}

Task<std::shared_ptr<const DnsAnswer>> SimResolver::resolve(std::string name, RecordType type) {
    const auto now = scheduler_.now();
    if (const auto kept = kept_.find({name, type}); kept != kept_.end() && kept->second.until > now) {
        auto answer = std::make_shared<DnsAnswer>(kept->second.answer);
        answer->ttl = kept->second.until - now;
        co_return answer;
    }
    co_await wait(random_.between(answer_time_min, answer_time_max));
    auto answer = std::make_shared<DnsAnswer>(dns_.ask(name, type));
    if (answer->status == DnsStatus::Failed) {
        answer->ttl = Duration{};
        co_await wait(failure_time);
        co_return answer;
    }
    if (answer->status == DnsStatus::Bogus) {
        answer->ttl = Duration{};
        co_return answer;
    }
    kept_.insert_or_assign({name, type}, Kept{*answer, scheduler_.now() + answer->ttl});
    co_return answer;
}

}  // namespace cursus
