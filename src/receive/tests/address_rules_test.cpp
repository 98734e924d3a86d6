#include <gtest/gtest.h>

#include "receive/address_rules.h"

namespace cursus {
namespace {

Settings settings(std::vector<std::string> masquerade, std::vector<std::string> except = {}) {
    Settings settings;
    settings.hostname = Domain::parse("relay.ancient-rome.net").value();
    for (const auto& text : masquerade) {
        const bool is_exempt = text.starts_with('!');
        settings.rewrite.masquerade.push_back(
            {Domain::parse(is_exempt ? text.substr(1) : text).value(), is_exempt});
    }
    settings.rewrite.masquerade_except = std::move(except);
    return settings;
}

std::string sender(const Settings& settings, std::string_view path) {
    return path_text(AddressRules(settings).sender(parse_reverse_path(path).value()));
}

// The header field's body as it is when every address in it has been asked for; one address only.
std::string in_header(const Settings& settings, std::string_view body,
                      AddressSide side = AddressSide::Originator) {
    const auto address = AddressList(body).next();
    if (!address) return "no address";
    return AddressRules(settings).in_header(*address, side).value_or("as it is");
}

TEST(AddressRules, qualify_what_has_no_domain) {
    auto site = settings({});
    EXPECT_EQ(in_header(site, "ann"), "ann@relay.ancient-rome.net");
    EXPECT_EQ(in_header(site, "<\"ann b\">", AddressSide::Recipient), "\"ann b\"@relay.ancient-rome.net");
    site.rewrite.qualify = Domain::parse("ancient-rome.net").value();
    EXPECT_EQ(in_header(site, "ann"), "ann@ancient-rome.net");
    EXPECT_EQ(in_header(site, "ann@x.example"), "as it is");
    EXPECT_EQ(in_header(site, "<\"\">"), "as it is");
    EXPECT_EQ(in_header(site, "<\xff>"), "as it is");
}

TEST(AddressRules, hide_hosts_below_a_masqueraded_domain) {
    const auto site = settings({"ancient-rome.net"});
    EXPECT_EQ(sender(site, "<ann@pc1.ancient-rome.net>"), "<ann@ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@a.b.Ancient-Rome.NET>"), "<ann@ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@not-ancient-rome.net>"), "<ann@not-ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@ancient-rome.net.example>"), "<ann@ancient-rome.net.example>");
    EXPECT_EQ(sender(site, "<ann@[192.0.2.1]>"), "<ann@[192.0.2.1]>");
    EXPECT_EQ(sender(site, "<>"), "<>");
    EXPECT_EQ(in_header(site, "\"a b\"@pc1.ANCIENT-rome.net"), "\"a b\"@ancient-rome.net");
    EXPECT_EQ(in_header(site, "ann@Ancient-Rome.net"), "as it is");
    EXPECT_EQ(in_header(site, "ann@[192.0.2.1]"), "as it is");
    EXPECT_EQ(in_header(site, "ann@-x-.ancient-rome.net"), "as it is");
    // What is qualified is hidden as well.
    EXPECT_EQ(in_header(site, "ann"), "ann@ancient-rome.net");
}

TEST(AddressRules, let_the_longest_name_decide) {
    const auto site =
        settings({"ancient-rome.net", "!villa.ancient-rome.net", "garden.villa.ancient-rome.net"});
    EXPECT_EQ(sender(site, "<ann@pc1.ancient-rome.net>"), "<ann@ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@villa.ancient-rome.net>"), "<ann@villa.ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@pc1.villa.ancient-rome.net>"), "<ann@pc1.villa.ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@garden.villa.ancient-rome.net>"), "<ann@garden.villa.ancient-rome.net>");
    EXPECT_EQ(sender(site, "<ann@pc1.garden.villa.ancient-rome.net>"), "<ann@garden.villa.ancient-rome.net>");
}

TEST(AddressRules, leave_some_names_their_host) {
    const auto site = settings({"ancient-rome.net"}, {"Root"});
    EXPECT_EQ(sender(site, "<root@pc1.ancient-rome.net>"), "<root@pc1.ancient-rome.net>");
    EXPECT_EQ(in_header(site, "ROOT@pc1.ancient-rome.net"), "as it is");
    EXPECT_EQ(in_header(site, "root"), "root@relay.ancient-rome.net");
    EXPECT_EQ(sender(site, "<ann@pc1.ancient-rome.net>"), "<ann@ancient-rome.net>");
}

TEST(AddressRules, hide_hosts_only_where_they_are_told_to) {
    auto site = settings({"ancient-rome.net"});
    site.rewrite.masquerade_in = {MasqueradePlace::HeaderSender};
    EXPECT_EQ(sender(site, "<ann@pc1.ancient-rome.net>"), "<ann@pc1.ancient-rome.net>");
    EXPECT_EQ(in_header(site, "ann@pc1.ancient-rome.net"), "ann@ancient-rome.net");
    EXPECT_EQ(in_header(site, "ann@pc1.ancient-rome.net", AddressSide::Recipient), "as it is");
    EXPECT_EQ(in_header(site, "ann", AddressSide::Recipient), "ann@relay.ancient-rome.net");
}

}  // namespace
}  // namespace cursus
