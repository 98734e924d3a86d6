// What sessions go by: one version of the configuration, and what is made of it.
#pragma once

#include "accounts/authenticator.h"
#include "config/settings.h"
#include "policy/accepted_certificates.h"
#include "policy/behaviour.h"
#include "policy/inquest.h"
#include "policy/local_recipients.h"
#include "policy/relay.h"
#include "policy/rule_book.h"
#include "policy/sender_rights.h"
#include "receive/address_rules.h"
#include "runtime/countries.h"
#include "runtime/table.h"
#include "scan/scanners.h"

namespace cursus {

// What rules ask, and what is remembered of clients. Null where there is nobody to ask.
struct PolicyParts {
    Finder* finder = nullptr;
    Scanners* scanners = nullptr;
    Behaviour* behaviour = nullptr;
};

// Immutable, so any thread may ask. A session keeps the rules that it began with; when the configuration is
// read again, those that come then get others.
struct GroundRules {
    // The settings, which name the host, and all the rest outlive it. Null `accounts`: nobody logs in; null
    // `where`: no address's country is known.
    GroundRules(const Settings& all, const LocalRouting& routing, const Tables& tables,
                Authenticator* accounts, const Countries* where, const PolicyParts& policy = {})
        : settings(all),
          relay(all),
          local(routing),
          certificates(all.tls),
          addresses(all),
          senders(all, tables),
          authenticator(accounts),
          countries(where),
          book(all),
          finder(policy.finder),
          scanners(policy.scanners),
          behaviour(policy.behaviour) {}

    const Settings& settings;
    RelayInvariant relay;
    LocalRecipients local;
    AcceptedCertificates certificates;
    AddressRules addresses;
    SenderRights senders;
    Authenticator* authenticator;
    const Countries* countries;
    RuleBook book;
    Finder* finder;
    Scanners* scanners;
    Behaviour* behaviour;
};

}  // namespace cursus
