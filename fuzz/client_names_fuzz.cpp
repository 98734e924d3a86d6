// What a client calls itself, and what its DNS says of its names: hostile records are bounded, and only host
// names come out of them.
#include <memory>
#include <string>

#include "fuzz/fuzz.h"
#include "mail/domain.h"
#include "policy/helo_check.h"
#include "policy/reverse_dns.h"
#include "sim/world.h"

namespace cursus::fuzz {
namespace {

// Each question gets the next answer of the input: its status and its records, each with its length.
class InputResolver : public Resolver {
public:
    explicit InputResolver(Input& input) : input_(input) {}
    Task<std::shared_ptr<const DnsAnswer>> resolve(std::string name, RecordType) override {
        ++asked;
        require(asked == 1 || Domain::parse(name));  // the first is the address' own
        DnsAnswer answer;
        const std::uint8_t kind = input_.number();
        answer.status = static_cast<DnsStatus>(kind % 5);
        if (answer.status == DnsStatus::Failed) answer.why = "as the input says";
        if (answer.status == DnsStatus::Found)
            for (std::uint8_t left = 1 + kind / 5; left > 0; --left) answer.records.push_back(record());
        co_return std::make_shared<const DnsAnswer>(std::move(answer));
    }
    std::size_t asked = 0;

private:
    std::string record() {
        std::string rdata;
        for (std::uint8_t left = input_.number(); left > 0; --left)
            rdata += static_cast<char>(input_.number());
        return rdata;
    }
    Input& input_;
};

void check(const ReverseAnswer& answer) {
    require(answer.names.size() <= reverse_names_max);
    bool leads_back = false, is_unsure = false;
    for (const NameSeen& seen : answer.names) {
        const auto domain = Domain::parse(seen.name);
        require(domain && domain->text() == seen.name && seen.forward.seen.size() <= forward_seen_max);
        leads_back |= seen.forward.verdict == Forward::ToAddress;
        is_unsure |= seen.forward.verdict == Forward::Unknown;
    }
    require(leads_back == (answer.verdict == ReverseDns::Confirmed));
    const bool has_name = leads_back || answer.verdict == ReverseDns::Unconfirmed;
    require(answer.name.empty() != (has_name && !answer.names.empty()));
    if (answer.verdict == ReverseDns::Unconfirmed) require(!is_unsure);
    if (answer.verdict == ReverseDns::Unknown) require(!answer.why.empty());
}

void check_helo(std::string_view helo, SimWorld& sim) {
    Settings settings;
    settings.hostname = *Domain::parse("mx.rome.example");
    const HeloEnds ends{*IpAddress::parse("203.0.113.5"), *IpAddress::parse("192.0.2.1")};
    const HeloForm form = helo_form(helo, ends, Destinations(settings));
    Input nothing(nullptr, 0);
    InputResolver resolver(nothing);
    const bool is_name = form == HeloForm::Name || (form == HeloForm::OwnName && !helo.starts_with('['));
    require(sim.run(look_up_helo(resolver, std::string(helo), ends.client)).has_value() == is_name);
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    SimWorld sim;
    fuzz::Input input(data, size);
    fuzz::check_helo(input.rest(), sim);
    fuzz::InputResolver resolver(input);
    fuzz::check(sim.run(look_up_reverse(resolver, *IpAddress::parse("203.0.113.5"))));
    fuzz::require(resolver.asked <= 1 + 2 * reverse_names_max);
    return 0;
}
