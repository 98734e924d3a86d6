// One expansion under way: what has been seen, how far it has come.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "route/expansion.h"

namespace cursus {

inline constexpr std::size_t included_bytes_max = std::size_t{64} << 20;

class ExpansionRun {
public:
    ExpansionRun(const ExpanderNeeds& needs, ExpansionRequest request)
        : needs_(needs), request_(std::move(request)) {}

    Task<Result<Expansion, Reply>> result();

private:
    // What every target of a list is read with.
    struct Around {
        std::size_t step = 0;  // the list's
        std::uint32_t depth = 0;
        ListKind kind = ListKind::Aliases;
        Mailbox address;               // what the list is of: names without a domain are in its domain
        std::optional<SystemUser> as;  // whose list it is; none: the operator's
        std::optional<Mailbox> owner;  // of the nearest list that has one
        bool single_copy = false, verp = false;
    };
    using Done = Result<void, Reply>;

    Task<Done> go(Mailbox address, Around around, bool is_final);
    Task<Done> go_on_from(LocalHit hit, Mailbox address, Around around);
    Task<Done> follow_alias(AliasHit hit, Mailbox address, Around around);
    Task<Done> follow_person(Person person, Mailbox address, Around around);
    Task<Done> end_in_mailbox(Mailbox address, Around around);
    Task<Done> follow(std::vector<PlacedTarget> targets, std::string list, Around around);
    Task<Done> follow_address(AddressTarget target, Around around);
    Task<Done> include(IncludeTarget target, Around around);
    Task<Result<std::string, Reply>> read_list(std::string path, const std::optional<SystemUser>& as);
    Done end_in(const Target& target, const Around& around);
    std::optional<ReversePath> sender_of(const Leaf& leaf, const Around& around) const;
    Done add_leaf(Leaf leaf, const Around& around);
    Done add_failure(Mailbox address, Reply reply, const Around& around);
    Reply too_wide() const;
    std::size_t steps_max() const;
    std::size_t add_step(std::size_t from, std::string subject, std::string by);
    bool leads_back_to(const std::string& key, std::size_t step) const;
    std::string chain_to(std::size_t step) const;
    bool allows(const std::vector<ListKind>& kinds, const Around& around) const;

    ExpanderNeeds needs_;
    ExpansionRequest request_;
    Expansion found_;
    std::vector<std::string> keys_;         // of the steps that are addresses; empty for the others
    std::unordered_set<std::string> seen_;  // local addresses that were expanded
    std::unordered_set<std::string> ends_;  // leaves, so that each is there once
};

}  // namespace cursus
