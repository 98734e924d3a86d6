// The names of the simulated Internet, what is wrong with them and when, and a caching resolver over them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/resolver.h"
#include "sim/fault_plan.h"
#include "sim/scheduler.h"

namespace cursus {

// Every zone there is. Names are lower case without a final dot. A name without any record does not exist.
class SimDns {
public:
    static constexpr Duration default_ttl = std::chrono::hours{1};

    explicit SimDns(const Scheduler& scheduler) : scheduler_(scheduler) {}

    // Each replaces what the name had of the type.
    void mx(const std::string& name, const std::vector<std::pair<int, std::string>>& hosts,
            Duration ttl = default_ttl);
    void null_mx(const std::string& name) { mx(name, {{0, ""}}); }
    void address(const std::string& name, const std::vector<std::string>& texts,
                 Duration ttl = default_ttl);  // A, AAAA
    void cname(const std::string& name, const std::string& target, Duration ttl = default_ttl);
    void ptr(const std::string& name, const std::vector<std::string>& names, Duration ttl = default_ttl);
    void records(const std::string& name, RecordType type, std::vector<std::string> rdata,
                 Duration ttl = default_ttl);
    void exists(const std::string& name) { names_[name]; }  // the name is there, without any record
    void remove(const std::string& name) { names_.erase(name); }

    // Questions for the name and everything under it ("": all) get this status in the window instead of an
    // answer.
    void fault(std::string suffix, DnsStatus status, Window window = {}) {
        faults_.push_back({std::move(suffix), status, window});
    }
    void clear_faults() { faults_.clear(); }
    void secure(const std::string& suffix) { secure_.push_back(suffix); }  // validated from now on

    // What a resolver without a cache would say now. Counted.
    DnsAnswer ask(const std::string& name, RecordType type);
    std::uint64_t asked(const std::string& name, RecordType type) const;
    std::uint64_t asked() const { return asked_in_all_; }

private:
    using Question = std::pair<std::string, RecordType>;
    struct Records {
        std::vector<std::string> rdata;
        Duration ttl{};
    };
    struct Fault {
        std::string suffix;
        DnsStatus status;
        Window window;
    };
    bool is_secure(std::string_view name) const;

    const Scheduler& scheduler_;
    std::map<std::string, std::map<RecordType, Records>> names_;
    std::vector<Fault> faults_;
    std::vector<std::string> secure_;
    std::map<Question, std::uint64_t> asked_;
    std::uint64_t asked_in_all_ = 0;
};

// One process's resolver: keeps answers for their time to live.
class SimResolver : public Resolver {
public:
    SimResolver(Scheduler& scheduler, Process& process, SimDns& dns, std::uint64_t seed)
        : scheduler_(scheduler), process_(process), dns_(dns), random_(seed, 'D') {}
    Task<std::shared_ptr<const DnsAnswer>> resolve(std::string name, RecordType type) override;

private:
    struct Kept {
        DnsAnswer answer;
        Instant until;
    };
    Task<void> wait(Duration time);

    Scheduler& scheduler_;
    Process& process_;
    SimDns& dns_;
    SimRandom random_;
    std::map<std::pair<std::string, RecordType>, Kept> kept_;
};

}  // namespace cursus
