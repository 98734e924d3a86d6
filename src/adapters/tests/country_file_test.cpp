#include "adapters/country_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "adapters/tests/peer_process.h"
#include "adapters/tests/test_ca.h"

namespace cursus {
namespace {

std::string country(const Countries& file, std::string_view address) {
    const auto found = file.of(IpAddress::parse(address).value());
    return found ? found->text() : "unknown";
}

// The file is made by MaxMind's own writer.
TEST(CountryFile, knows_where_an_address_is_used_or_else_registered) {
    const ScratchDirectory directory;
    const std::string path = directory.path() + "/countries.mmdb";
    ASSERT_EQ(run_to_end({CURSUS_TESTS "/make_country_file", path, "192.0.2.0/25=IT", "192.0.2.128/25=gr",
                          "2001:db8::/32=EG", "198.51.100.0/24=nowhere"},
                         directory.path() + "/log"),
              0);
    const auto file = open_country_file(path);
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(country(**file, "192.0.2.7"), "IT");
    EXPECT_EQ(country(**file, "192.0.2.200"), "GR");
    EXPECT_EQ(country(**file, "2001:db8:1::1"), "EG");
    EXPECT_EQ(country(**file, "127.0.0.1"), "unknown");
    EXPECT_EQ(country(**file, "2001:db9::1"), "unknown");
    EXPECT_EQ(country(**file, "198.51.100.1"), "unknown") << "no code of two letters";
}

TEST(CountryFile, says_which_file_is_none) {
    const ScratchDirectory directory;
    const std::string path = directory.path() + "/countries.mmdb";
    EXPECT_THAT(open_country_file(path).error(), testing::StartsWith(path + ": "));
    std::ofstream(path) << "this is text";
    EXPECT_THAT(open_country_file(path).error(), testing::StartsWith(path + ": "));
}

}  // namespace
}  // namespace cursus
