#include "route/local_lookup.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/target_words.h"

namespace cursus {

namespace {

constexpr std::string_view table_prefix = "table:";

// A name that could be read as an address of its own is looked up nowhere.
bool can_be_key(std::string_view local_part) {
    return !local_part.empty() && !local_part.contains('@') && std::ranges::none_of(local_part, is_control);
}

}  // namespace

std::shared_ptr<Table> named_table(const Tables& tables, std::string_view name) {
    if (name.starts_with(table_prefix)) name.remove_prefix(table_prefix.size());
    const auto found = tables.find(name);
    return found == tables.end() ? nullptr : found->second;
}

LocalLookup::LocalLookup(const Settings& settings, const Tables& tables, Users& users,
                         const ReturnPaths& returns)
    : users_(users), returns_(returns), mailboxes_(settings) {
    for (const AliasSettings& alias : settings.aliases) {
        AliasList list{alias.list, named_table(tables, alias.list), {}, alias.single_copy, alias.verp};
        for (const Domain& domain : alias.domains) list.domains.insert(domain.text());
        lists_.push_back(std::move(list));
    }
    for (const std::string& name : settings.local.aliases.value_or(std::vector<std::string>()))
        lists_.push_back({name, named_table(tables, name), {}, false, false});
    if (settings.local.users == "any") people_ = People::Any;
    if (settings.local.users.starts_with(table_prefix)) {
        people_ = People::Table;
        people_table_ = named_table(tables, settings.local.users);
    }
}

Task<LocalHit> LocalLookup::find(Mailbox address, ReversePath sender) const {
    // Before the subaddress is cut off: SRS writes a plus sign too.
    if (auto returned = returns_.read(address, sender))
        co_return std::visit([](auto& what) { return LocalHit(std::move(what)); }, *returned);
    if (is_trivial()) co_return co_await find_person(std::move(address));
    const LocalAddress parts = mailboxes_.take_apart(address);
    const std::string whole = local_part_text(to_lower(address.local_part())),
                      user = local_part_text(parts.user);
    std::vector<std::string> keys;
    if (can_be_key(address.local_part())) {
        keys = {whole + '@' + parts.domain, user + '@' + parts.domain, whole, user};
        if (whole == user) keys = {whole + '@' + parts.domain, whole};
    }
    auto alias = co_await find_alias(std::move(keys), user, parts.domain);
    if (!std::holds_alternative<Nobody>(alias)) co_return alias;
    std::vector<std::string> everybody{'@' + parts.domain};
    if (people_ == People::Any) {
        auto all = co_await find_alias(std::move(everybody), user, parts.domain);
        if (!std::holds_alternative<Nobody>(all)) co_return all;
        co_return co_await person_of(parts);
    }
    auto person = co_await person_of(parts);
    if (!std::holds_alternative<Nobody>(person)) co_return person;
    co_return co_await find_alias(std::move(everybody), user, parts.domain);
}

Task<LocalHit> LocalLookup::find_person(Mailbox address) const {
    co_return co_await person_of(mailboxes_.take_apart(address));
}

Task<LocalHit> LocalLookup::find_owner(AliasHit hit, Mailbox list) const {
    const LocalAddress parts = mailboxes_.take_apart(list);
    const std::string owner = std::string(owner_prefix) + hit.name;
    std::vector<std::string> keys{owner + '@' + parts.domain, owner};
    co_return co_await find_alias(std::move(keys), owner, parts.domain);
}

// A list that gives no answer ends the search: what stands in it cannot be passed over.
Task<LocalHit> LocalLookup::find_alias(std::vector<std::string> keys, std::string name,
                                       std::string domain) const {
    for (const AliasList& list : lists_) {
        if (!list.domains.empty() && !list.domains.contains(domain)) continue;
        if (!list.table) co_return NoAnswer{fmt::format("there is no list {}", list.name)};
        for (const std::string& key : keys) {
            auto answer = co_await list.table->find(key);
            if (!answer) co_return NoAnswer{std::move(answer).error().why};
            if (*answer) co_return AliasHit{&list, name, **std::move(answer)};
        }
    }
    co_return Nobody{};
}

Task<LocalHit> LocalLookup::person_of(LocalAddress address) const {
    switch (people_) {
        case People::System:
            co_return co_await system_user(std::move(address));
        case People::Table:
            co_return co_await in_table(std::move(address));
        case People::Any:
            break;
    }
    Person person{.user = address.user, .home = {}, .system = {}};
    co_return with_place(std::move(person), address);
}

Task<LocalHit> LocalLookup::system_user(LocalAddress address) const {
    auto user = co_await users_.find(address.user);
    if (!user) co_return NoAnswer{std::move(user).error()};
    if (!*user) co_return Nobody{};
    // Nothing is ever done as root: who has root's mail has to be said in an alias.
    if ((*user)->uid == 0)
        co_return NoAnswer{fmt::format("{} is root, whose mailbox is nobody's to write; make an alias of it",
                                       (*user)->name)};
    Person person{.user = (*user)->name, .home = (*user)->home, .system = *user};
    co_return with_place(std::move(person), address);
}

// The value is the person's home directory, or nothing.
Task<LocalHit> LocalLookup::in_table(LocalAddress address) const {
    if (!people_table_) co_return NoAnswer{"the table of [local] users is not there"};
    if (!can_be_key(address.user)) co_return Nobody{};
    const std::string name = local_part_text(address.user);
    std::vector<std::string> keys{name + '@' + address.domain, name};
    for (const std::string& key : keys) {
        auto answer = co_await people_table_->find(key);
        if (!answer) co_return NoAnswer{std::move(answer).error().why};
        if (!*answer) continue;
        Person person{.user = address.user, .home = std::string(trimmed((*answer)->value)), .system = {}};
        co_return with_place(std::move(person), address);
    }
    co_return Nobody{};
}

// An address that no mailbox can have is nobody's, even if its name is somebody's.
LocalHit LocalLookup::with_place(Person person, const LocalAddress& address) const {
    auto place = mailboxes_.of(address, person);
    if (place) return PersonHit{std::move(person), *std::move(place)};
    if (place.error() == NoPlace::Address) return Nobody{};
    return NoAnswer{fmt::format("{}: \"{}\" is no home directory for a mailbox", person.user, person.home)};
}

}  // namespace cursus
