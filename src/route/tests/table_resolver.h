// DNS as a table: what is not in it does not exist.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "runtime/resolver.h"

namespace cursus {

class TableResolver : public Resolver {
public:
    Task<std::shared_ptr<const DnsAnswer>> resolve(std::string name, RecordType type) override {
        asked.push_back(name);
        const auto found = answers_.find({name, type});
        if (found != answers_.end()) co_return std::make_shared<const DnsAnswer>(found->second);
        DnsAnswer answer;
        answer.status = exists(name) ? DnsStatus::NoData : DnsStatus::NxDomain;
        answer.ttl = std::chrono::hours{1};
        answer.canonical_name = name;
        co_return std::make_shared<const DnsAnswer>(std::move(answer));
    }

    void mx(const std::string& name, const std::vector<std::pair<int, std::string>>& hosts,
            Duration ttl = std::chrono::hours{1}) {
        std::vector<std::string> rdata;
        for (const auto& [preference, host] : hosts)
            rdata.push_back(mx_rdata({static_cast<std::uint16_t>(preference), host}));
        records(name, RecordType::Mx, std::move(rdata), ttl);
    }
    void address(const std::string& name, const std::vector<std::string>& texts,
                 Duration ttl = std::chrono::hours{1}) {
        std::vector<std::string> v4, v6;
        for (const std::string& text : texts) {
            const IpAddress address = *IpAddress::parse(text);
            const auto* octets = reinterpret_cast<const char*>(address.octets().data());
            (address.is_v4() ? v4 : v6).emplace_back(octets, address.is_v4() ? 4 : 16);
        }
        if (!v4.empty()) records(name, RecordType::A, std::move(v4), ttl);
        if (!v6.empty()) records(name, RecordType::Aaaa, std::move(v6), ttl);
    }
    void records(const std::string& name, RecordType type, std::vector<std::string> rdata,
                 Duration ttl = std::chrono::hours{1}) {
        DnsAnswer answer;
        answer.status = DnsStatus::Found;
        answer.ttl = ttl;
        answer.canonical_name = name;
        answer.records = std::move(rdata);
        answers_[{name, type}] = std::move(answer);
    }
    // What is known of the name was found under another one.
    void alias(const std::string& name, const std::string& canonical) {
        for (auto& [question, answer] : answers_)
            if (question.first == name) answer.canonical_name = canonical;
    }
    void status(const std::string& name, RecordType type, DnsStatus status) {
        DnsAnswer answer;
        answer.status = status;
        answer.ttl = std::chrono::minutes{1};
        answer.canonical_name = name;
        answer.why = "the table says so";
        answers_[{name, type}] = std::move(answer);
    }

    std::vector<std::string> asked;

private:
    bool exists(const std::string& name) const {
        for (const auto& [question, answer] : answers_)
            if (question.first == name && answer.status != DnsStatus::NxDomain) return true;
        return false;
    }
    std::map<std::pair<std::string, RecordType>, DnsAnswer> answers_;
};

}  // namespace cursus
