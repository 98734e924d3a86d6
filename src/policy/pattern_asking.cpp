#include "policy/pattern_asking.h"

#include <algorithm>
#include <utility>

#include "policy/client_name.h"
#include "policy/matching.h"

namespace cursus {
namespace {

// A table as the session asks it, so that its answers are in the record like all others.
class AskedTable final : public Table {
public:
    AskedTable(std::string name, Evidence& evidence) : name_(std::move(name)), evidence_(evidence) {}

    const std::string& name() const override { return name_; }
    Task<TableAnswer> find(std::string key) override {
        Question question{Topic::TableEntry, name_ + ' ' + key};
        const Found finding = co_await evidence_.ask(std::move(question));
        if (!finding.is_known()) co_return failure(TableTrouble{finding.trouble});
        if (finding.words.empty()) co_return std::optional<TableRow>{};
        co_return std::optional(TableRow{finding.detail, name_, 0});
    }

private:
    const std::string name_;
    Evidence& evidence_;
};

template <class Pattern>
Tables asked_tables(const std::vector<Pattern>& patterns, Evidence& evidence) {
    Tables tables;
    for (const auto& pattern : patterns)
        if (const auto* table = std::get_if<TablePattern>(&pattern))
            tables.emplace(table->table, std::make_shared<AskedTable>(table->table, evidence));
    return tables;
}

template <class Pattern, class Subject>
Task<Truth> ask_about(const std::vector<Pattern>& patterns, Weighing& weighing, Subject subject) {
    const Tables tables = asked_tables(patterns, weighing.evidence);
    const auto matched = co_await matches_any(tables, patterns, std::move(subject));
    co_return matched ? truth(*matched) : Truth::Unknown;
}

// That nobody can tell its name counts only where the name is asked for, and nothing else fits.
Task<Truth> ask_about_client(const std::vector<ClientPattern>& patterns, Weighing& weighing) {
    const Found name = co_await client_name(weighing.evidence);
    keep_client_name(name, weighing);
    ClientSubject subject{weighing.evidence.facts().client.address, confirmed_name(name)};
    const Truth found = co_await ask_about(patterns, weighing, std::move(subject));
    co_return found == Truth::No && !name.is_known() ? Truth::Unknown : found;
}

Task<Truth> ask_about_names(const std::vector<NamePattern>& patterns, Weighing& weighing,
                            std::vector<std::string> names) {
    Truth result = Truth::No;
    for (auto& name : names) {
        const Truth found = co_await ask_about(patterns, weighing, std::move(name));
        if (found == Truth::Yes) co_return found;
        if (found == Truth::Unknown) result = found;
    }
    co_return result;
}

}  // namespace

bool asks_for_name(const std::vector<ClientPattern>& patterns) {
    return std::ranges::any_of(
        patterns, [](const ClientPattern& pattern) { return !std::holds_alternative<IpNetwork>(pattern); });
}

Task<Truth> ask_patterns(const Condition& condition, Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    switch (condition.topic) {
        case Topic::Client:
            return ask_about_client(std::get<std::vector<ClientPattern>>(condition.operand), weighing);
        case Topic::Sender:
            return ask_about(std::get<std::vector<AddressPattern>>(condition.operand), weighing,
                             *facts.sender);
        case Topic::Recipient:
            return ask_about(std::get<std::vector<AddressPattern>>(condition.operand), weighing,
                             ReversePath(*weighing.recipient));
        case Topic::Helo:
            return ask_about_names(std::get<std::vector<NamePattern>>(condition.operand), weighing,
                                   {facts.helo});
        case Topic::Account:
            return ask_about_names(std::get<std::vector<NamePattern>>(condition.operand), weighing,
                                   {facts.account});
        default:
            return ask_about_names(std::get<std::vector<NamePattern>>(condition.operand), weighing,
                                   attachment_texts(*weighing.evidence.content()));
    }
}

}  // namespace cursus
