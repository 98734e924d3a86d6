// Hostile recipients by the hundred thousand, each as the text of a RCPT command. Whether a stranger may send
// to one is judged by an oracle that shares no code with what it judges: its own reading of the path, libidn2
// and inet_pton, and a comparison of octets.
#include <arpa/inet.h>
#include <idn2.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mail/command.h"
#include "policy/relay.h"
#include "route/destinations.h"

namespace cursus {
namespace {

using namespace std::string_literals;

const std::string own_name = "relay.ancient-rome.net";
const std::string own_address = "203.0.113.25";
const std::set<std::string> local_names = {"ancient-rome.net", "xn--bcher-kva.example"};
const std::set<std::string> relay_names = {"provinces.example"};

Domain domain(std::string_view text) {
    return Domain::parse(text).value();
}

Settings small_site() {
    Settings settings;
    settings.hostname = domain(own_name);
    settings.domains.local = {domain("ancient-rome.net"), domain("bücher.example")};
    settings.domains.relay = {domain("provinces.example")};
    settings.relay.hosts = {*IpNetwork::parse("192.168.7.0/24")};
    settings.listeners.emplace_back().addresses = {Endpoint{*IpAddress::parse(own_address), 25}};
    return settings;
}

const RelayClient stranger{.address = *IpAddress::parse("198.51.100.7")};

std::optional<Mailbox> recipient_of(const std::string& line) {
    const auto command = parse_command(line, {domain(own_name)});
    if (!command) return std::nullopt;
    return std::get<RcptCommand>(*command).recipient;
}

// ---- the oracle

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// What stands between the brackets, RFC 5321 §4.1.2: a ">" inside quotes does not end it.
std::string inside_of(const std::string& line) {
    const auto begin = line.find('<') + 1;
    bool is_quoted = false;
    for (std::size_t i = begin; i < line.size(); ++i) {
        if (is_quoted && line[i] == '\\')
            ++i;
        else if (line[i] == '"')
            is_quoted = !is_quoted;
        else if (line[i] == '>' && !is_quoted)
            return line.substr(begin, i - begin);
    }
    return {};
}

bool is_own_literal(const std::string& host) {
    const std::string inside = lower(host.substr(1, host.size() - 2));
    std::array<unsigned char, 16> octets{};
    std::array<unsigned char, 16> own{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    inet_pton(AF_INET, own_address.c_str(), own.data() + 12);
    if (inside.starts_with("ipv6:"))
        return inet_pton(AF_INET6, inside.c_str() + 5, octets.data()) == 1 && octets == own;
    return inet_pton(AF_INET, inside.c_str(), octets.data()) == 1 &&
           std::equal(octets.begin(), octets.begin() + 4, own.begin() + 12);
}

std::string a_labels(const std::string& host) {
    std::uint8_t* raw = nullptr;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(host.c_str());
    if (idn2_lookup_u8(octets, &raw, IDN2_NFC_INPUT | IDN2_NO_TR46) != IDN2_OK) return {};
    std::string name(reinterpret_cast<char*>(raw));
    idn2_free(raw);
    return name;
}

std::string unquoted(const std::string& local_part) {
    if (!local_part.starts_with('"')) return local_part;
    std::string octets;
    for (std::size_t i = 1; i + 1 < local_part.size(); ++i) {
        if (local_part[i] == '\\') ++i;
        octets += local_part[i];
    }
    return octets;
}

// Nothing in the local part counts but, for a relay domain, the marks of a route.
bool may_reach(const std::string& line) {
    std::string path = inside_of(line);
    if (path.starts_with('@')) path.erase(0, path.find(':') + 1);
    const auto at = path.rfind('@');
    if (at == std::string::npos) return lower(path) == "postmaster";
    const std::string local_part = unquoted(path.substr(0, at));
    const std::string host = path.substr(at + 1);
    if (host.contains('\0') || host.empty()) return false;
    if (host.front() == '[') return is_own_literal(host);
    const bool is_ascii =
        std::ranges::all_of(host, [](char c) { return static_cast<unsigned char>(c) < 128; });
    const std::string name = is_ascii ? lower(host) : a_labels(lower(host));
    if (local_names.contains(name)) return true;
    if (relay_names.contains(name)) return local_part.find_first_of("%!@") == std::string::npos;
    return name == own_name && lower(local_part) == "postmaster";
}

// ---- the recipients

// SplitMix64: the same recipients on every run and every platform.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t end) { return next() % end; }
    bool coin() { return next() % 2 == 0; }
    template <class T>
    const T& of(const std::vector<T>& all) {
        return all[below(all.size())];
    }

private:
    std::uint64_t state_;
};

const std::vector<std::string> ours = {"ancient-rome.net",      "bücher.example",    "bu\u0308cher.example",
                                       "xn--bcher-kva.example", "provinces.example", "relay.ancient-rome.net",
                                       "[203.0.113.25]"};
const std::vector<std::string> theirs = {"elsewhere.example",
                                         "sub.ancient-rome.net",
                                         "xancient-rome.net",
                                         "ancient-rome.net.elsewhere.example",
                                         "net",
                                         "[198.51.100.9]",
                                         "[127.0.0.1]",
                                         "[IPv6:::1]",
                                         "localhost"};
const std::vector<std::string> users = {"ann", "postmaster", "POSTMASTER", "\"post\\master\"", "julius+tag"};

std::string any_host(Chance& chance) {
    return chance.coin() ? chance.of(ours) : chance.of(theirs);
}

std::string routed(Chance& chance) {
    const std::string user = chance.of(users), from = any_host(chance), to = any_host(chance);
    switch (chance.below(8)) {
        case 0:
            return user + "%" + from + "@" + to;
        case 1:
            return from + "!" + user + "@" + to;
        case 2:
            return "@" + from + ":" + user + "@" + to;
        case 3:
            return "@" + from + ",@" + to + ":" + user + "@" + any_host(chance);
        case 4:
            return user + "%" + from + "%" + any_host(chance) + "@" + to;
        case 5:
            return from + "!" + any_host(chance) + "!" + user + "%" + from + "@" + to;
        case 6:
            return "@" + from + ":" + user + "%" + any_host(chance) + "@" + to;
        default:
            return user + "@" + from + "@" + to;
    }
}

std::string quoted(Chance& chance) {
    const std::string user = chance.of(users), from = any_host(chance), to = any_host(chance);
    switch (chance.below(9)) {
        case 0:
            return "\"" + user + "@" + from + "\"@" + to;
        case 1:
            return "\"" + user + "\\@" + from + "\"@" + to;
        case 2:
            return "\"" + user + "\"@" + from + "\"@" + to;
        case 3:
            return "\"\\\"" + user + "@" + from + "\\\"\"@" + to;
        case 4:
            return user + "\\@" + from + "@" + to;
        case 5:
            return "\"" + user + ">\"@" + to;
        case 6:
            return "\"" + user + "@" + to + "> <x\"@" + from;
        case 7:
            return "\"" + user + "\\%" + from + "\"@" + to;
        default:
            return "\"" + user + "@" + to + "\"";
    }
}

std::string commented(Chance& chance) {
    const std::string user = chance.of(users), from = any_host(chance), to = any_host(chance);
    switch (chance.below(6)) {
        case 0:
            return user + "(@" + from + ")@" + to;
        case 1:
            return user + "@" + to + "(" + from + ")";
        case 2:
            return user + "@(" + from + ")" + to;
        case 3:
            return user + "@" + to + "> ORCPT=rfc822;" + user + "@" + from;
        case 4:
            return user + "@" + to + "> ORCPT=<" + user + "@" + from;
        default:
            return user + "@" + to + "><" + user + "@" + from;
    }
}

std::string literal(Chance& chance) {
    static const std::vector<std::string> literals = {"[203.0.113.25]",
                                                      "[203.0.113.025]",
                                                      "[203.0.113.26]",
                                                      "[0xcb.0.113.25]",
                                                      "[3405803801]",
                                                      "[203.0.28953]",
                                                      "203.0.113.25",
                                                      "[203.0.113.25",
                                                      "203.0.113.25]",
                                                      "[[203.0.113.25]]",
                                                      "[IPv6:::ffff:203.0.113.25]",
                                                      "[ipv6:::FFFF:cb00:7119]",
                                                      "[IPv6:::ffff:cb00:711a]",
                                                      "[IPv6:0:0:0:0:0:ffff:203.0.113.25]",
                                                      "[IPv6:::203.0.113.25]",
                                                      "[::ffff:203.0.113.25]",
                                                      "[IPv6:64:ff9b::203.0.113.25]",
                                                      "[IPv6:fe80::1%eth0]",
                                                      "[IPv6:::ffff:203.0.113.25%lo]",
                                                      "[IPv6:2002:cb00:7119::1]",
                                                      "[IPv4:203.0.113.25]",
                                                      "[tag:203.0.113.25]",
                                                      "[IPv6:203.0.113.25]",
                                                      "[203.0.113.25].",
                                                      "[203.0.113.25]:25",
                                                      "[203.0.113.25/32]",
                                                      "[ 203.0.113.25 ]",
                                                      "[]",
                                                      "[IPv6:]",
                                                      "[x@203.0.113.25]",
                                                      "[203.0.113.25@198.51.100.9]"};
    return chance.of(users) + "@" + chance.of(literals);
}

// One character of ours as somebody else's who looks like it, or a mark that is not seen.
std::string look_alike(Chance& chance) {
    static const std::map<char, std::vector<std::string>> alike = {
        {'a', {"\u0430", "\uff41", "\u0251", "A"}},
        {'e', {"\u0435", "\uff45", "\u212f", "E"}},
        {'o', {"\u043e", "\u03bf", "\uff4f", "O"}},
        {'c', {"\u0441", "\uff43", "\u217d", "C"}},
        {'p', {"\u0440", "\uff50", "P"}},
        {'i', {"\u0456", "\uff49", "\u2170", "\u0130", "I"}},
        {'s', {"\u0455", "\u017f", "\uff53", "S"}},
        {'n', {"\uff4e", "\u0578", "N"}},
        {'k', {"\u212a", "K"}},
        {'-', {"\u2010", "\u2011", "\uff0d", "\u00ad"}},
        {'.', {"\u3002", "\uff0e", "\uff61", "\u2024", "..", "\\."}}};
    static const std::vector<std::string> unseen = {"\u00ad", "\u200b", "\u200c", "\u200d",
                                                    "\u2060", "\ufeff", "\u034f", "\u180e",
                                                    "\ufe0f", "\u0301", "\u202e"};
    std::string host = chance.of(ours);
    for (std::size_t changes = 1 + chance.below(3); changes > 0; --changes) {
        const std::size_t at = chance.below(host.size());
        const auto found = alike.find(host[at]);
        if (found != alike.end())
            host.replace(at, 1, chance.of(found->second));
        else if (static_cast<unsigned char>(host[at]) < 128)
            host.insert(at, chance.of(unseen));
    }
    if (chance.below(4) == 0) host += chance.coin() ? "." : "..";
    if (chance.below(4) == 0) host.insert(0, chance.of(unseen));
    if (chance.below(4) == 0) host += chance.of(unseen);
    return chance.of(users) + "@" + host;
}

std::string control(Chance& chance) {
    static const std::vector<std::string> octets = {"\0"s,   "\r"s,       "\n"s,       "\r\n"s,
                                                    "\t"s,   "\x7f"s,     "\xc2\x85"s, "\x80"s,
                                                    "\xff"s, "\xc0\xae"s, " "s,        "\\\0"s};
    std::string text = chance.coin() ? routed(chance) : quoted(chance);
    if (chance.below(8) == 0) return text;  // and without one
    text.insert(chance.below(text.size() + 1), chance.of(octets));
    return text;
}

std::string overlong(Chance& chance) {
    const std::string fill(50 + chance.below(400), chance.coin() ? 'a' : '.');
    switch (chance.below(4)) {
        case 0:
            return fill + "@" + any_host(chance);
        case 1:
            return "ann@" + fill + "." + any_host(chance);
        case 2:
            return "ann@" + any_host(chance) + fill;
        default:
            return "@" + fill + ":ann@" + any_host(chance);
    }
}

// Of two others, cut and joined anywhere.
std::string spliced(Chance& chance) {
    const std::string first = chance.coin() ? routed(chance) : quoted(chance);
    const std::string second = chance.coin() ? literal(chance) : look_alike(chance);
    return first.substr(0, chance.below(first.size() + 1)) + second.substr(chance.below(second.size() + 1));
}

struct Kind {
    std::string name;
    std::function<std::string(Chance&)> make;
};
const std::vector<Kind> kinds = {{"routed", routed},     {"quoted", quoted},         {"commented", commented},
                                 {"literal", literal},   {"look-alike", look_alike}, {"control", control},
                                 {"overlong", overlong}, {"spliced", spliced}};
constexpr int recipients_of_each = 60'000;

// Calls `look` with each command that is one.
void for_each_recipient(const Kind& kind, int count,
                        const std::function<void(const std::string&, const Mailbox&)>& look) {
    Chance chance(std::hash<std::string>{}(kind.name));
    for (int i = 0; i < count; ++i) {
        const std::string line = "RCPT TO:<" + kind.make(chance) + ">";
        if (const auto recipient = recipient_of(line)) look(line, *recipient);
    }
}

class HostileRecipients : public testing::TestWithParam<Kind> {};

TEST_P(HostileRecipients, reach_nothing_of_which_the_oracle_does_not_know) {
    const RelayInvariant relay(small_site());
    std::size_t parsed = 0, allowed = 0;
    for_each_recipient(GetParam(), recipients_of_each,
                       [&](const std::string& line, const Mailbox& recipient) {
                           ++parsed;
                           const bool is_taken = is_allowed(relay.decide(stranger, recipient));
                           allowed += is_taken ? 1 : 0;
                           if (is_taken)
                               EXPECT_TRUE(may_reach(line)) << line << " was taken as " << recipient.text();
                       });
    EXPECT_GT(parsed, 500U) << "else nothing is shown";
    EXPECT_GT(allowed, 100U);
}

TEST_P(HostileRecipients, that_are_taken_go_to_us_or_to_a_relay_domain) {
    Settings routed_site = small_site();
    routed_site.routes.emplace_back().pattern = "elsewhere.example";
    routed_site.routes.emplace_back().pattern = "*.example";
    for (const Settings& settings : {small_site(), routed_site}) {
        const RelayInvariant relay(settings);
        const DestinationOf destination_of = make_destination_of(settings);
        const Destination to_relay_domain =
            settings.routes.empty() ? "domain:provinces.example" : "route:*.example";
        const auto look = [&](const std::string& line, const Mailbox& recipient) {
            if (!is_allowed(relay.decide(stranger, recipient))) return;
            const Destination destination = destination_of(recipient, Handling{});
            const bool is_relayed =
                recipient.domain() != nullptr && recipient.domain()->text() == "provinces.example";
            EXPECT_EQ(destination, is_relayed ? to_relay_domain : "local") << line;
        };
        for_each_recipient(GetParam(), recipients_of_each / 4, look);
    }
}

// A narrower configuration allows nothing that a wider one refuses, and what has nothing to do with relaying
// changes nothing.
TEST_P(HostileRecipients, are_let_in_by_no_more_than_the_settings_of_relaying) {
    const RelayInvariant relay(small_site());
    std::vector<RelayInvariant> narrower, alike;
    Settings less = small_site();
    less.domains.relay.clear();
    narrower.emplace_back(less);
    less = small_site();
    less.domains.local.pop_back();
    narrower.emplace_back(less);
    less = small_site();
    less.listeners.clear();
    narrower.emplace_back(less);
    less = small_site();
    less.relay.hosts.clear();
    narrower.emplace_back(less);
    Settings other = small_site();
    other.routes.emplace_back().pattern = "*";
    other.listeners[0].service = Service::Submission;
    other.listeners[0].auth = true;
    other.auth.users = {AccountStore::File, "/etc/users"};
    other.auth.clear_on_loopback = true;
    other.submission.senders = SenderPolicy::Any;
    other.local.users = "system";
    other.rewrite.qualify = domain("elsewhere.example");
    other.tls.client_ca = "/etc/ca.pem";
    other.delivery.loopback = true;
    alike.emplace_back(other);
    for_each_recipient(
        GetParam(), recipients_of_each / 10, [&](const std::string& line, const Mailbox& recipient) {
            const RelayRule rule = relay.decide(stranger, recipient);
            for (const auto& less_relay : narrower)
                EXPECT_TRUE(is_allowed(rule) || !is_allowed(less_relay.decide(stranger, recipient))) << line;
            for (const auto& other_relay : alike)
                EXPECT_EQ(other_relay.decide(stranger, recipient), rule) << line;
        });
}

TEST_P(HostileRecipients, are_judged_by_what_is_proven_of_the_client) {
    const RelayInvariant relay(small_site());
    for_each_recipient(
        GetParam(), recipients_of_each / 10, [&](const std::string& line, const Mailbox& recipient) {
            for (const char* address : {"198.51.100.7", "127.0.0.1", "192.168.8.1", "::ffff:198.51.100.7"}) {
                const RelayClient client{.address = *IpAddress::parse(address)};
                EXPECT_EQ(relay.decide(client, recipient), relay.decide(stranger, recipient)) << line;
            }
            for (const bool is_authenticated : {false, true})
                for (const bool shows_certificate : {false, true})
                    for (const char* address : {"198.51.100.7", "192.168.7.7"}) {
                        const RelayClient client{*IpAddress::parse(address), is_authenticated,
                                                 shows_certificate};
                        const bool is_proven =
                            is_authenticated || shows_certificate || relay.is_relay_host(client.address);
                        EXPECT_EQ(is_allowed(relay.decide(client, recipient)),
                                  is_proven || is_allowed(relay.decide(stranger, recipient)))
                            << line;
                    }
        });
}

INSTANTIATE_TEST_SUITE_P(All, HostileRecipients, testing::ValuesIn(kinds), [](const auto& made) {
    std::string name = made.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

// The oracle is no oracle unless it refuses what must be refused and knows what is ours.
TEST(RelayOracle, knows_what_is_ours_and_nothing_else) {
    for (const char* path :
         {"ann@ancient-rome.net", "ann@ANCIENT-Rome.net", "a%b@ancient-rome.net", "ann@bücher.example",
          "ann@provinces.example", "@x.example:ann@provinces.example", "postmaster",
          "Postmaster@relay.ancient-rome.net", "x@[203.0.113.25]", "x@[IPv6:::ffff:203.0.113.25]",
          "\"a@elsewhere.example>\"@ancient-rome.net"})
        EXPECT_TRUE(may_reach("RCPT TO:<"s + path + ">")) << path;
    for (const char* path :
         {"ann@elsewhere.example", "a%b@provinces.example", "\"a@b\"@provinces.example", "ann",
          "ann@relay.ancient-rome.net", "x@[203.0.113.26]", "ann@\u0430ncient-rome.net",
          "ann@ancient-rome\u3002net", "ann@ancient-rome.net.", "\"a@ancient-rome.net\"@elsewhere.example",
          "ann@b\u00fccher.elsewhere.example", "ann@ancient\u00ad-rome.net"})
        EXPECT_FALSE(may_reach("RCPT TO:<"s + path + ">")) << path;
}

}  // namespace
}  // namespace cursus
