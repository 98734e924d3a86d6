// Every table and key of the configuration file. An option added here is read, checked and documented.
#pragma once

#include <string>
#include <vector>

#include "config/option.h"
#include "config/settings.h"

namespace cursus {

struct TableSchema {
    std::string name;  // "" for the keys before the first table
    std::string help;
    std::vector<Option> options;
};

// The tables that stand once, bound to `settings`, which must outlive them.
std::vector<TableSchema> plain_tables(Settings& settings);
TableSchema local_table(LocalSettings& local);
TableSchema tls_table(TlsSettings& tls);
TableSchema auth_table(AuthSettings& auth);
TableSchema submission_table(SubmissionSettings& submission);
TableSchema policy_table(PolicySettings& policy, AdvisorSettings& advisors);
TableSchema malformed_table(MalformedSettings& malformed);
TableSchema greylist_table(GreylistSettings& greylist);
TableSchema callout_table(CalloutSettings& callout);
TableSchema scan_table(ScanSettings& scan);
TableSchema quarantine_table(QuarantineSettings& quarantine);

// One element of a table that may stand many times ([[listener]], [[certificate]], [[rule]], [[dnslist]],
// [[route]], [[alias]], [[domain]], [[table]]).
TableSchema listener_table(ListenerSettings& listener);
TableSchema certificate_table(CertificateSettings& certificate);
TableSchema rule_table(RuleSettings& rule);
TableSchema dns_list_table(DnsListSettings& list);
TableSchema route_table(RouteSettings& route);
TableSchema alias_table(AliasSettings& alias);
TableSchema lookup_table(TableSettings& table);
TableSchema domain_table(DomainTimes& domain);

}  // namespace cursus
