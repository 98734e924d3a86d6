#include "policy/block_lists.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view too_slow = "its answers took too long";

bool is_trouble(const DnsAnswer& answer) {
    return answer.status == DnsStatus::Failed || answer.status == DnsStatus::Bogus;
}

std::string no_answer(const DnsAnswer& answer, std::string_view name) {
    return answer.status == DnsStatus::Bogus
               ? fmt::format("the answer for {} does not hold (DNSSEC): {}", name, answer.why)
               : fmt::format("no answer for {}: {}", name, answer.why);
}

NoUse no_use(std::string_view list, std::string_view why) {
    return NoUse{fmt::format("list {}: {}", list, why)};
}

// Some lists say by 127.0.0.1 that they refuse to be asked; it is an entry where the operator has said so.
bool refuses_by_loopback(const ListCodes& codes, const std::vector<DnsListSettings>& lists) {
    return is_loopback_alone(codes) && std::ranges::none_of(lists, [&codes](const DnsListSettings& list) {
               return !list.answers.empty() && counts(codes, list.answers);
           });
}

std::string reason_of(const std::vector<std::string>& records) {
    for (const auto& record : records) {
        auto reason = parse_text(record);
        if (!reason) continue;
        reason->resize(std::min(reason->size(), list_reason_octets_max));
        std::ranges::replace_if(*reason, [](char c) { return !is_printable(c); }, '?');
        return *std::move(reason);
    }
    return {};
}

}  // namespace

double ListAnswer::score() const {
    double sum = 0;
    if (const auto* const listed = std::get_if<Listed>(&verdict)) {
        for (const auto& match : listed->matches) sum += match.score;
    }
    return sum;
}

// What the parts of one question share.
struct BlockLists::Step {
    std::string list;  // as health_ knows it
    std::string zone;
    ListedKind kind;
    std::vector<DnsListSettings> lists;
    Instant deadline;
};

BlockLists::BlockLists(Resolver& resolver, const Clock& clock, const std::vector<DnsListSettings>& lists)
    : resolver_(resolver), clock_(clock) {
    for (const auto& list : lists) lists_[list.zone].push_back(list);
}

std::vector<DnsListSettings> BlockLists::lists_of(const std::string& zone, ListSubject subject) const {
    std::vector<DnsListSettings> lists;
    if (const auto found = lists_.find(zone); found != lists_.end()) {
        std::ranges::copy_if(found->second, std::back_inserter(lists),
                             [subject](const DnsListSettings& list) { return list.subject == subject; });
    }
    if (lists.empty()) lists.push_back({zone, zone, subject, {}, DnsListSettings().score});
    return lists;
}

Task<ListAnswer> BlockLists::ask(ListQuestion question) {
    ListAnswer answer;
    answer.zone = question.zone;
    auto names = list_names(question.subject, question.zone, question.names);
    if (names.empty()) co_return answer;
    const auto kind = kind_of(question.subject);
    const auto subject = kind == ListedKind::Names ? ListSubject::Domain : ListSubject::Address;
    const Step step{fmt::format("{} ({})", question.zone, text(kind)), question.zone, kind,
                    lists_of(question.zone, subject), clock_.now() + list_patience};
    const auto admission = health_.admit(step.list, clock_.now());
    if (admission.use == ListHealth::Use::LeaveAlone) {
        answer.verdict = NoUse{admission.why};
        co_return answer;
    }
    if (admission.use == ListHealth::Use::TestFirst) {
        const Instant began = clock_.now();
        const auto tested = co_await test(step);
        note(answer, health_.tested(step.list, tested.result, tested.why, began, clock_.now()));
        if (tested.result == ListHealth::Test::NoAnswer || tested.result == ListHealth::Test::Broken) {
            answer.verdict = no_use(step.list, tested.why);
            co_return answer;
        }
    }
    co_await look_up(step, std::move(names), answer);
    co_await add_reason(step, answer);
    co_return answer;
}

// The entry that may not be there first: a list that has it answers everything, whatever else it says.
Task<BlockLists::Tested> BlockLists::test(const Step& step) {
    const auto names = list_test_names(step.kind, step.zone);
    const auto absent = co_await resolver_.resolve(names.absent, RecordType::A);
    if (is_trouble(*absent)) co_return Tested{ListHealth::Test::NoAnswer, no_answer(*absent, names.absent)};
    if (absent->status == DnsStatus::Found) {
        const auto codes = read_list_codes(absent->records);
        if (!codes) co_return Tested{ListHealth::Test::Broken, codes.error().why};
        co_return Tested{ListHealth::Test::Broken,
                         fmt::format("it answers {} for {}, which no list may have (RFC 5782 section 5): it "
                                     "lists everything, or refuses to be asked from here",
                                     text(*codes), names.absent)};
    }
    if (clock_.now() >= step.deadline) co_return Tested{ListHealth::Test::NoAnswer, std::string(too_slow)};
    const auto present = co_await resolver_.resolve(names.present, RecordType::A);
    if (is_trouble(*present))
        co_return Tested{ListHealth::Test::NoAnswer, no_answer(*present, names.present)};
    if (present->status != DnsStatus::Found) co_return Tested{ListHealth::Test::NoTestEntry, names.present};
    const auto codes = read_list_codes(present->records);
    if (!codes) co_return Tested{ListHealth::Test::Broken, codes.error().why};
    co_return Tested{ListHealth::Test::Passed, {}};
}

Task<void> BlockLists::look_up(const Step& step, std::vector<std::string> names, ListAnswer& answer) {
    for (auto& name : names) {
        if (clock_.now() >= step.deadline) {
            answer.verdict = no_use(step.list, too_slow);
            note(answer, health_.failed(step.list, too_slow, clock_.now()));
            co_return;
        }
        answer.asked.push_back(name);
        const auto found = co_await resolver_.resolve(name, RecordType::A);
        judge(step, *found, answer);
        if (!std::holds_alternative<NotListed>(answer.verdict)) co_return;
    }
}

void BlockLists::judge(const Step& step, const DnsAnswer& found, ListAnswer& answer) {
    const auto& name = answer.asked.back();
    if (is_trouble(found)) {
        const auto why = no_answer(found, name);
        answer.verdict = no_use(step.list, why);
        note(answer, health_.failed(step.list, why, clock_.now()));
        return;
    }
    if (found.status != DnsStatus::Found) return health_.answered(step.list);
    auto codes = read_list_codes(found.records);
    if (codes && refuses_by_loopback(*codes, step.lists)) {
        codes = failure(NoCodesWhy{NoCodes::Refused,
                                   "it answers 127.0.0.1, by which lists refuse to be asked (if it is an "
                                   "entry of this one, name it in its answers)"});
    }
    if (!codes) {
        answer.verdict = no_use(step.list, codes.error().why);
        if (codes.error().kind == NoCodes::NotOfAList) return health_.doubt(step.list, clock_.now());
        return note(answer, health_.refused(step.list, codes.error().why, clock_.now()));
    }
    health_.answered(step.list);
    answer.codes = *std::move(codes);
    Listed listed{name, {}, {}};
    for (const auto& list : step.lists) {
        if (counts(answer.codes, list.answers)) listed.matches.push_back({list.name, list.score});
    }
    if (!listed.matches.empty()) answer.verdict = std::move(listed);
}

Task<void> BlockLists::add_reason(const Step& step, ListAnswer& answer) {
    auto* const listed = std::get_if<Listed>(&answer.verdict);
    if (listed == nullptr || clock_.now() >= step.deadline) co_return;
    const auto found = co_await resolver_.resolve(listed->name, RecordType::Txt);
    if (found->status == DnsStatus::Found) listed->reason = reason_of(found->records);
}

void BlockLists::note(ListAnswer& answer, std::string sentence) {
    if (!sentence.empty()) answer.notices.push_back(std::move(sentence));
}

}  // namespace cursus
