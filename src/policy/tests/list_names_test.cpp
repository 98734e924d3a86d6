#include "policy/list_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const char* subject, NamesAsked asked = NamesAsked::AsGiven) {
    return list_names(listed_subject(subject).value(), "bad.example", asked);
}

TEST(ListNames, of_addresses_are_reversed_as_rfc_5782_has_them) {
    EXPECT_THAT(names("198.51.100.99"), ElementsAre("99.100.51.198.bad.example"));
    EXPECT_THAT(names("2001:db8:1:2:3:4:567:89ab"),
                ElementsAre("b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bad.example"));
    EXPECT_THAT(names("::ffff:198.51.100.99"), ElementsAre("99.100.51.198.bad.example"));
}

TEST(ListNames, are_none_for_addresses_that_are_nobody_elses_business) {
    for (const char* address :
         {"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1", "0.0.0.0",
          "224.0.0.1", "::1", "::", "fe80::1", "fd00::1", "2002:a00:1::", "64:ff9b::7f00:1"})
        EXPECT_THAT(names(address), IsEmpty()) << address;
}

TEST(ListNames, of_names_are_as_given) {
    EXPECT_THAT(names("A.B.Spam.example"), ElementsAre("a.b.spam.example.bad.example"));
    EXPECT_THAT(names("b\xC3\xBC"
                      "cher.example"),
                ElementsAre("xn--bcher-kva.example.bad.example"));
}

TEST(ListNames, with_parents_go_down_to_two_labels) {
    EXPECT_THAT(names("a.b.spam.example", NamesAsked::WithParents),
                ElementsAre("a.b.spam.example.bad.example", "b.spam.example.bad.example",
                            "spam.example.bad.example"));
    EXPECT_THAT(names("spam.example", NamesAsked::WithParents), ElementsAre("spam.example.bad.example"));
    EXPECT_THAT(names("198.51.100.99", NamesAsked::WithParents), ElementsAre("99.100.51.198.bad.example"));
}

TEST(ListNames, with_parents_are_bounded_however_many_labels_there_are) {
    std::string host = "spam.example";
    for (int i = 0; i < 60; ++i) host.insert(0, "x.");
    EXPECT_THAT(
        names(host.c_str(), NamesAsked::WithParents),
        ElementsAre(host + ".bad.example", "x.x.x.spam.example.bad.example", "x.x.spam.example.bad.example",
                    "x.spam.example.bad.example", "spam.example.bad.example"));
}

TEST(ListNames, are_none_that_could_be_hosts_of_the_list_or_that_the_dns_cannot_hold) {
    EXPECT_THAT(names("www"), IsEmpty());
    std::string host = "spam.example";
    while (host.size() + 2 <= 253) host.insert(0, "x.");
    EXPECT_THAT(names(host.c_str()), IsEmpty());
    EXPECT_EQ(names(host.c_str(), NamesAsked::WithParents).size(), 4U);
}

TEST(ListNames, of_hosts_that_are_none_are_not_made) {
    EXPECT_EQ(listed_subject("a_b.example"), std::nullopt);
    EXPECT_EQ(listed_subject(""), std::nullopt);
    EXPECT_EQ(listed_subject("192.0.2"), std::nullopt);
}

TEST(ListNames, for_tests_are_those_of_rfc_5782) {
    const auto v4 = list_test_names(ListedKind::Ipv4, "bad.example");
    EXPECT_EQ(v4.present, "2.0.0.127.bad.example");
    EXPECT_EQ(v4.absent, "1.0.0.127.bad.example");
    const auto v6 = list_test_names(ListedKind::Ipv6, "bad.example");
    EXPECT_EQ(v6.present, "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bad.example");
    EXPECT_EQ(v6.absent, "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bad.example");
    const auto names_list = list_test_names(ListedKind::Names, "bad.example");
    EXPECT_EQ(names_list.present, "test.bad.example");
    EXPECT_EQ(names_list.absent, "invalid.bad.example");
}

}  // namespace
}  // namespace cursus
