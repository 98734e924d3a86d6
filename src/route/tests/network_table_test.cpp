#include "route/network_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

std::string network_row(const std::string& text, std::string_view key) {
    const auto parsed = parse_network_table(text);
    if (!parsed) return fmt::format("{}: {}", parsed.error().line, parsed.error().what);
    const auto row = parsed->content->find(key);
    return row ? fmt::format("{} ({})", row->value, row->line) : "not there";
}

TEST(NetworkTable, the_narrowest_network_counts) {
    const std::string text =
        "# who\n10.0.0.0/8 wide\n\n10.1.0.0/16\tnarrow # not the rest\r\n10.1.2.3 one\n2001:db8::/32 six\n"
        "0.0.0.0/0 all\n";
    EXPECT_EQ(network_row(text, "10.9.9.9"), "wide (2)");
    EXPECT_EQ(network_row(text, "10.1.9.9"), "narrow (4)");
    EXPECT_EQ(network_row(text, "10.1.2.3"), "one (5)");
    EXPECT_EQ(network_row(text, "2001:db8:1::1"), "six (6)");
    EXPECT_EQ(network_row(text, "192.0.2.1"), "all (7)");
    EXPECT_EQ(network_row(text, "2001:db9::1"), "not there");
}

TEST(NetworkTable, a_value_need_not_stand_there) {
    EXPECT_EQ(network_row("192.0.2.0/24", "192.0.2.7"), " (1)");
}

TEST(NetworkTable, keys_that_are_no_address_are_not_there) {
    for (const char* key : {"", "mx.b.example", ".example", "192.0.2.0/24", "\"2001:db8::1\""})
        EXPECT_EQ(network_row("0.0.0.0/0 all\n::/0 all", key), "not there") << key;
}

TEST(NetworkTable, a_mistake_is_named_with_its_line) {
    EXPECT_EQ(network_row("\n192.0.2.1/24", "x").substr(0, 30), "2: \"192.0.2.1/24\" is no networ");
    EXPECT_EQ(network_row("192.0.2.0/24,", "x").substr(0, 3), "1: ");
    EXPECT_EQ(network_row("10.0.0.0/8\n10.0.0.0/8", "x"),
              "2: 10.0.0.0/8 stands here a second time: take one of them out");
}

}  // namespace
}  // namespace cursus
