// The settings of who may come in: rules, the lists and checks they ask, the programs that look at messages.
// Part of config/settings.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/service_address.h"
#include "base/time.h"

namespace cursus {

// ---- [[dnslist]]: a list in the DNS, RFC 5782
enum class ListSubject : std::uint8_t { Address, Domain };
// An answer that counts: one address of 127/8, a range of them, or any that has one of the bits.
struct ListAnswerPattern {
    std::uint32_t first = 0, last = 0;  // as numbers, both included; used when bits is 0
    std::uint32_t bits = 0;             // in the last octet
    friend bool operator==(const ListAnswerPattern&, const ListAnswerPattern&) = default;
};
struct DnsListSettings {
    std::string name;  // in rules; the parser's default is the zone
    std::string zone;  // lower-case A-labels
    ListSubject subject = ListSubject::Address;
    // Empty: 127/8 (RFC 5782 §2.3) but for 127.0.0.1 and 127.255.255/24, by which lists refuse to be asked.
    std::vector<ListAnswerPattern> answers;
    double score = 1;  // what a listing adds to dnslist_score; negative for white lists
    friend bool operator==(const DnsListSettings&, const DnsListSettings&) = default;
};

// ---- [greylist], RFC 6647
struct GreylistSettings {
    Duration wait = std::chrono::minutes{5};         // before a second attempt counts
    Duration retry_window = std::chrono::hours{24};  // in which it must come
    Duration keep = std::chrono::hours{24 * 36};     // of what has passed, since it was last seen
    std::uint32_t pass_after = 5;  // triplets passed, then the network is not asked any more
    std::uint32_t network_v4 = 24, network_v6 = 64;  // prefix lengths that stand for one client
    std::uint32_t entries = 200'000;                 // remembered at most
    friend bool operator==(const GreylistSettings&, const GreylistSettings&) = default;
};

// ---- [callout]
struct CalloutSettings {
    Duration timeout = std::chrono::seconds{30};     // of one callout, all hosts included
    Duration positive = std::chrono::hours{24 * 7};  // how long an answer is believed
    Duration negative = std::chrono::hours{3};
    std::uint32_t entries = 100'000;
    std::uint32_t per_target_per_minute = 10;  // of one domain
    std::uint32_t per_minute = 120;            // in all
    friend bool operator==(const CalloutSettings&, const CalloutSettings&) = default;
};

// ---- [scan]
// Servers that do the same work, in the order of preference. Empty: there are none.
struct ScannerSettings {
    std::vector<ServiceAddress> servers;
    Duration timeout = std::chrono::seconds{60};    // of one scan, all servers together
    std::uint64_t size_max = 100ULL * 1024 * 1024;  // octets; larger messages are not shown to it
    friend bool operator==(const ScannerSettings&, const ScannerSettings&) = default;
};
struct MilterSettings {
    ServiceAddress server;
    friend bool operator==(const MilterSettings&, const MilterSettings&) = default;
};
// What becomes of a transaction when something that must be asked gives no answer.
enum class OnError : std::uint8_t { Defer, Ignore };
struct ScanSettings {
    ScannerSettings clamd;
    // As much as rspamd takes without being told otherwise, and as much as spamc shows to spamd.
    ScannerSettings rspamd{.servers = {}, .size_max = 50ULL * 1024 * 1024};
    ScannerSettings spamd{.servers = {}, .size_max = 500ULL * 1024};
    std::vector<MilterSettings> milters;                        // each sees what the one before it left
    Duration milter_timeout = std::chrono::seconds{30};         // of one step
    Duration milter_content_timeout = std::chrono::minutes{5};  // of the last, when milters do their work
    OnError milter_on_error = OnError::Defer;
    friend bool operator==(const ScanSettings&, const ScanSettings&) = default;
};

// ---- programs that are asked within the session: policy services and HTTP hooks
struct AdvisorSettings {
    Duration timeout =
        std::chrono::seconds{30};  // of one question, waiting for its turn and all servers included
    std::string trusted_roots;     // PEM, of hooks at https; empty: the system's
    friend bool operator==(const AdvisorSettings&, const AdvisorSettings&) = default;
};

// ---- [quarantine]
struct QuarantineSettings {
    Duration keep = std::chrono::hours{24 * 14};  // then held mail is removed, and nobody is told
    friend bool operator==(const QuarantineSettings&, const QuarantineSettings&) = default;
};

// ---- [malformed]: of what scan/malformed finds, what is refused
enum class MalformedLevel : std::uint8_t { Off, Annotate, Lenient, Strict };
struct MalformedSettings {  // by service
    MalformedLevel mx = MalformedLevel::Lenient, submission = MalformedLevel::Lenient,
                   lmtp = MalformedLevel::Off;
    friend bool operator==(const MalformedSettings&, const MalformedSettings&) = default;
};

// ---- [policy]
struct PolicySettings {
    bool default_rules = true;  // stand around the operator's (config/default_rules.h)
    friend bool operator==(const PolicySettings&, const PolicySettings&) = default;
};

}  // namespace cursus
