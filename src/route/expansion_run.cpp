#include "route/expansion_run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"
#include "mail/target.h"
#include "mail/verp.h"
#include "route/expansion_replies.h"
#include "route/local_address.h"
#include "runtime/settled_file.h"

namespace cursus {

namespace {

constexpr std::size_t chain_shown_max = 20;

}  // namespace

Task<Result<Expansion, Reply>> ExpansionRun::result() {
    found_.steps.push_back({std::nullopt, request_.address.text(), {}, {}});
    keys_.emplace_back();
    Around around{.address = request_.address, .as = {}, .owner = {}};
    auto done = co_await go(request_.address, std::move(around), false);
    if (!done) co_return failure(std::move(done).error());
    co_return std::move(found_);
}

// An address never expands through itself: met again on its own way it is the mailbox of that name.
Task<Result<void, Reply>> ExpansionRun::go(Mailbox address, Around around, bool is_final) {
    const Destination destination = needs_.destinations.of(address, Handling{});
    if (destination != local_destination)
        co_return add_leaf({std::move(address), {}, {}, around.step}, around);
    std::string key = local_key(address);
    if (is_final || leads_back_to(key, around.step))
        co_return co_await end_in_mailbox(std::move(address), around);
    if (!seen_.insert(key).second) {
        found_.steps[around.step].end = "delivered once already";
        co_return Done{};
    }
    keys_[around.step] = std::move(key);
    if (around.depth > needs_.settings.limits.expansion_depth)
        co_return failure(expansion_too_deep(chain_to(around.step), needs_.settings.limits.expansion_depth));
    auto hit = co_await needs_.lookup.find(address, request_.sender);
    co_return co_await go_on_from(std::move(hit), std::move(address), std::move(around));
}

Task<Result<void, Reply>> ExpansionRun::go_on_from(LocalHit hit, Mailbox address, Around around) {
    if (auto* nothing = std::get_if<NoAnswer>(&hit))
        co_return failure(lookup_unavailable(address.text(), nothing->why));
    if (auto* refused = std::get_if<Refused>(&hit))
        co_return add_failure(std::move(address), std::move(refused->reply), around);
    if (auto* returned = std::get_if<ReturnPath>(&hit)) {
        const std::size_t step = add_step(around.step, returned->to.text(), "SRS");
        around.step = step;
        co_return co_await go(std::move(returned->to), std::move(around), false);
    }
    if (auto* alias = std::get_if<AliasHit>(&hit))
        co_return co_await follow_alias(std::move(*alias), std::move(address), std::move(around));
    if (auto* found = std::get_if<PersonHit>(&hit))
        co_return co_await follow_person(std::move(found->person), std::move(address), std::move(around));
    co_return add_failure(std::move(address), no_such_user(), around);
}

Task<Result<void, Reply>> ExpansionRun::follow_alias(AliasHit hit, Mailbox address, Around around) {
    auto targets = parse_targets(hit.row.value, std::max<std::uint32_t>(hit.row.line, 1));
    if (!targets) co_return failure(list_broken(hit.list->name, targets.error().line, targets.error().what));
    if (targets->empty()) co_return failure(list_empty(hit.row.place));
    auto owner = co_await needs_.lookup.find_owner(hit, address);
    if (auto* nothing = std::get_if<NoAnswer>(&owner))
        co_return failure(lookup_unavailable(address.text(), nothing->why));
    if (std::holds_alternative<AliasHit>(owner)) {
        auto name = Mailbox::make(std::string(owner_prefix) + hit.name, address.host());
        if (name) around.owner = *std::move(name);
    }
    around.kind = ListKind::Aliases;
    around.address = std::move(address);
    around.as.reset();
    around.single_copy |= hit.list->single_copy;
    around.verp |= hit.list->verp;
    // A database has no lines.
    const bool has_lines = hit.row.line != 0;
    if (!has_lines)
        for (PlacedTarget& target : *targets) target.line = 0;
    std::string list = has_lines ? hit.list->name : hit.row.place;
    co_return co_await follow(*std::move(targets), std::move(list), std::move(around));
}

// ~/.forward+detail, then ~/.forward; an empty one is as good as none.
Task<Result<void, Reply>> ExpansionRun::follow_person(Person person, Mailbox address, Around around) {
    if (!person.system || needs_.forward_files == ForwardFiles::PassedOver)
        co_return co_await end_in_mailbox(std::move(address), std::move(around));
    std::vector<std::string> paths{person.home + "/.forward"};
    const LocalAddress parts = needs_.lookup.mailboxes().take_apart(address);
    if (can_be_name(parts.detail))
        paths.insert(paths.begin(),
                     paths.front() + needs_.settings.local.subaddress + to_lower(parts.detail));
    for (const std::string& path : paths) {
        auto file = co_await needs_.world.deputy.read(*person.system, path);
        if (!file) co_return failure(list_unreadable(path, file.error()));
        if (!*file) continue;
        auto targets = parse_targets((*file)->text);
        if (!targets) co_return failure(list_broken(path, targets.error().line, targets.error().what));
        if (targets->empty()) break;
        around.kind = ListKind::Forward;
        around.address = std::move(address);
        around.as = person.system;
        co_return co_await follow(*std::move(targets), path, std::move(around));
    }
    co_return co_await end_in_mailbox(std::move(address), std::move(around));
}

Task<Result<void, Reply>> ExpansionRun::end_in_mailbox(Mailbox address, Around around) {
    auto hit = co_await needs_.lookup.find_person(address);
    if (auto* nothing = std::get_if<NoAnswer>(&hit))
        co_return failure(lookup_unavailable(address.text(), nothing->why));
    if (!std::holds_alternative<PersonHit>(hit)) {
        const std::string chain = chain_to(around.step);
        const bool is_loop = leads_back_to(local_key(address), around.step);
        co_return add_failure(std::move(address), is_loop ? expands_to_itself(chain) : no_such_user(),
                              around);
    }
    Leaf leaf{std::move(address), {}, {}, around.step};
    leaf.handling.target = LocalTarget{};
    co_return add_leaf(std::move(leaf), around);
}

Task<Result<void, Reply>> ExpansionRun::follow(std::vector<PlacedTarget> targets, std::string list,
                                               Around around) {
    ++around.depth;
    const std::size_t from = around.step;
    for (PlacedTarget& placed : targets) {
        if (found_.steps.size() > steps_max())
            co_return failure(expansion_too_long(request_.address.text(), steps_max()));
        std::string by = placed.line == 0 ? list : fmt::format("{}:{}", list, placed.line);
        around.step = add_step(from, target_text(placed.target), std::move(by));
        if (auto* address = std::get_if<AddressTarget>(&placed.target)) {
            CO_TRY_VOID(co_await follow_address(std::move(*address), around));
        } else if (auto* path = std::get_if<IncludeTarget>(&placed.target)) {
            CO_TRY_VOID(co_await include(std::move(*path), around));
        } else {
            auto done = end_in(placed.target, around);
            if (!done) co_return done;
        }
    }
    co_return Done{};
}

Task<Result<void, Reply>> ExpansionRun::follow_address(AddressTarget target, Around around) {
    MailHost host = target.host ? *std::move(target.host) : around.address.host();
    auto address = Mailbox::make(std::move(target.local_part), std::move(host));
    if (!address) co_return failure(list_broken(found_.steps[around.step].by, 0, "that is no address"));
    co_return co_await go(*std::move(address), std::move(around), target.is_final);
}

Task<Result<void, Reply>> ExpansionRun::include(IncludeTarget target, Around around) {
    if (around.depth > needs_.settings.limits.expansion_depth)
        co_return failure(expansion_too_deep(chain_to(around.step), needs_.settings.limits.expansion_depth));
    auto text = co_await read_list(target.path, around.as);
    if (!text) co_return failure(std::move(text).error());
    auto targets = parse_targets(*text);
    if (!targets) co_return failure(list_broken(target.path, targets.error().line, targets.error().what));
    if (targets->empty()) co_return failure(list_empty(target.path));
    around.kind = around.as ? around.kind : ListKind::Include;
    co_return co_await follow(*std::move(targets), target.path, std::move(around));
}

// The operator's lists are read with our own rights, a user's with theirs.
Task<Result<std::string, Reply>> ExpansionRun::read_list(std::string path,
                                                         const std::optional<SystemUser>& as) {
    if (as) {
        auto file = co_await needs_.world.deputy.read(*as, path);
        if (!file) co_return failure(list_unreadable(path, file.error()));
        if (!*file) co_return failure(list_unreadable(path, "there is no such file"));
        co_return std::move((*file)->text);
    }
    auto text = co_await read_settled(needs_.world, path, included_bytes_max);
    if (!text) co_return failure(list_unreadable(path, text.error()));
    co_return *std::move(text);
}

bool ExpansionRun::allows(const std::vector<ListKind>& kinds, const Around& around) const {
    return std::ranges::find(kinds, around.kind) != kinds.end();
}

// Everything that is no address and no list.
Result<void, Reply> ExpansionRun::end_in(const Target& target, const Around& around) {
    const LocalSettings& local = needs_.settings.local;
    const std::string& by = found_.steps[around.step].by;
    Leaf leaf{around.address, {}, {}, around.step};
    const auto keep = [&](auto what, const std::vector<ListKind>& kinds, std::string_view key) -> Done {
        if (!allows(kinds, around)) return failure(target_not_allowed(by, target_text(target), key));
        leaf.handling.target = LocalTarget{std::move(what), around.as ? around.as->name : local.command_user};
        return add_leaf(std::move(leaf), around);
    };
    const Overloaded handle{
        [&](const CommandTarget& command) { return keep(command, local.commands, "commands"); },
        [&](const FileTarget& file) { return keep(file, local.files, "files"); },
        [&](const DirectoryTarget& directory) { return keep(directory, local.files, "files"); },
        [&](const FailTarget& fail) {
            return add_failure(around.address, refused_by_list(fail.text), around);
        },
        [&](const DeferTarget& defer) -> Done { return failure(deferred_by_list(by, defer.text)); },
        [&](const BlackholeTarget&) -> Done {
            found_.steps[around.step].end = "thrown away";
            return {};
        },
        [](const AddressTarget&) -> Done { return {}; },
        [](const IncludeTarget&) -> Done { return {}; },
    };
    return std::visit(handle, target);
}

// RFC 5321 §3.9.2: mail of a list goes out in the name of its owner, so that bounces reach whoever can do
// something about them. A notification keeps its null sender: nothing may come back to it.
std::optional<ReversePath> ExpansionRun::sender_of(const Leaf& leaf, const Around& around) const {
    const auto* sender = std::get_if<Mailbox>(&request_.sender);
    if (sender == nullptr) return std::nullopt;
    if (around.owner) {
        if (!around.verp) return *around.owner;
        return verp_encode(*around.owner, leaf.address).value_or(*around.owner);
    }
    const bool goes_on = !leaf.handling.target && !leaf.failure;
    if (!goes_on || needs_.destinations.locality(*sender) != Locality::Elsewhere) return std::nullopt;
    Mailbox rewritten = needs_.returns.of_forwarded(*sender);
    if (rewritten == *sender) return std::nullopt;
    return rewritten;
}

Result<void, Reply> ExpansionRun::add_leaf(Leaf leaf, const Around& around) {
    if (!ends_.insert(destination_key(leaf)).second) {
        found_.steps[around.step].end = "delivered once already";
        return {};
    }
    if (found_.leaves.size() >= needs_.settings.limits.expansion_members) return failure(too_wide());
    leaf.handling.sender = sender_of(leaf, around);
    leaf.is_of_list = around.owner.has_value();
    leaf.handling.single_copy = around.single_copy;
    if (leaf.handling.target) {
        const LocalTarget& target = *leaf.handling.target;
        found_.steps[around.step].end =
            local_target_text(target) + (target.user.empty() ? "" : ", as " + target.user);
    } else if (!request_.address.needs_smtputf8()) {
        // RFC 9228 §4: by this line we know the message again, should it ever come back.
        leaf.handling.front = fmt::format("Delivered-To: {}\r\n", request_.address.text());
    }
    found_.leaves.push_back(std::move(leaf));
    return {};
}

Result<void, Reply> ExpansionRun::add_failure(Mailbox address, Reply reply, const Around& around) {
    found_.steps[around.step].end = reply.one_line();
    Leaf leaf{std::move(address), {}, std::move(reply), around.step};
    if (!ends_.insert(destination_key(leaf) + " fails").second) return {};
    if (found_.leaves.size() >= needs_.settings.limits.expansion_members) return failure(too_wide());
    leaf.handling.sender = sender_of(leaf, around);
    leaf.is_of_list = around.owner.has_value();
    found_.leaves.push_back(std::move(leaf));
    return {};
}

Reply ExpansionRun::too_wide() const {
    return expansion_too_wide(request_.address.text(), needs_.settings.limits.expansion_members);
}

// What leads to nobody new has an end too: lists may include one another in ever more ways.
std::size_t ExpansionRun::steps_max() const {
    constexpr std::size_t steps_per_member = 4;
    return steps_per_member * needs_.settings.limits.expansion_members;
}

std::size_t ExpansionRun::add_step(std::size_t from, std::string subject, std::string by) {
    found_.steps.push_back({from, std::move(subject), std::move(by), {}});
    keys_.emplace_back();
    return found_.steps.size() - 1;
}

// Whether the address stands on the way to the step.
bool ExpansionRun::leads_back_to(const std::string& key, std::size_t step) const {
    for (std::optional<std::size_t> at = step; at; at = found_.steps[*at].from)
        if (keys_[*at] == key) return true;
    return false;
}

std::string ExpansionRun::chain_to(std::size_t step) const {
    std::vector<std::string> subjects;
    for (std::optional<std::size_t> at = step; at && subjects.size() < chain_shown_max;
         at = found_.steps[*at].from)
        subjects.push_back(found_.steps[*at].subject);
    std::string chain;
    for (auto subject = subjects.rbegin(); subject != subjects.rend(); ++subject)
        chain += (chain.empty() ? "" : " -> ") + *subject;
    return chain;
}

}  // namespace cursus
