#include <vector>

#include <gtest/gtest.h>

#include "mail/address_list.h"

namespace cursus {
namespace {

// Each address as the octets it takes in the field, with " = " and its unquoted parts where those differ.
std::vector<std::string> addresses_in(std::string_view body) {
    std::vector<std::string> texts;
    AddressList addresses(body);
    while (const auto address = addresses.next()) {
        std::string text(body.substr(address->offset, address->length));
        const auto parts = address->local_part + (address->domain ? '@' + *address->domain : std::string());
        texts.push_back(parts == text ? text : text + " = " + parts);
        EXPECT_TRUE(text.starts_with(address->local_text)) << body;
        EXPECT_LE(address->entry, address->offset) << body;
    }
    return texts;
}

using Texts = std::vector<std::string>;

TEST(AddressList, reads_mailboxes_with_and_without_names) {
    EXPECT_EQ(addresses_in("ann@a.example"), Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in("Ann Other <ann@a.example>"), Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in("\"Other, Ann <x@y.example>\" <ann@a.example>, bob@b.example"),
              (Texts{"ann@a.example", "bob@b.example"}));
    EXPECT_EQ(addresses_in("=?utf-8?q?J=C3=BCrgen?= <j@a.example>"), Texts{"j@a.example"});
    EXPECT_EQ(addresses_in("J\xc3\xbcrgen <j\xc3\xbcrgen@b\xc3\xbc.example>"),
              Texts{"j\xc3\xbcrgen@b\xc3\xbc.example"});
    EXPECT_EQ(addresses_in("Dr. Ann Q. Other <ann@a.example>"), Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in("ann@a.example <bob@b.example>"), Texts{"bob@b.example"});
    EXPECT_EQ(addresses_in("<ann@[192.0.2.1]>,bob@[IPv6:2001:db8::1]"),
              (Texts{"ann@[192.0.2.1]", "bob@[IPv6:2001:db8::1]"}));
}

TEST(AddressList, reads_what_has_no_domain) {
    EXPECT_EQ(addresses_in("ann"), Texts{"ann"});
    EXPECT_EQ(addresses_in("ann, bob.b (Bob), Carl <carl>"), (Texts{"ann", "bob.b", "carl"}));
    EXPECT_EQ(addresses_in("Ann <\"ann b\">"), Texts{"\"ann b\" = ann b"});
    EXPECT_EQ(addresses_in("bob%b.example, b.example!bob"), (Texts{"bob%b.example", "b.example!bob"}));
}

TEST(AddressList, leaves_a_name_without_an_address_alone) {
    for (const char* body : {"Ann Other", "\"Ann Other\"", "=?utf-8?q?Ann?=", "Ann <>",
                             "Ann <=?utf-8?q?Ann?=>", "...", "Dr.", ".ann", "a..b"}) {
        EXPECT_EQ(addresses_in(body), Texts{}) << body;
    }
}

TEST(AddressList, passes_over_comments_and_folds) {
    EXPECT_EQ(addresses_in("ann@a.example (Ann (the \\) other (one)), bob@b.example)"),
              Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in("(bob@b.example)\r\n ann@a.example\r\n\t(x), \r\n carl@c.example"),
              (Texts{"ann@a.example", "carl@c.example"}));
    EXPECT_EQ(addresses_in(std::string(100'000, '(') + std::string(100'000, ')') + "ann@a.example"),
              Texts{"ann@a.example"});
}

TEST(AddressList, reads_obsolete_forms) {
    EXPECT_EQ(addresses_in("<@x.example,@y.example:ann@a.example>"), Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in("<@x.example:ann>"), Texts{"ann"});
    EXPECT_EQ(addresses_in("Ann <ann . other (x) @ a\r\n . example (y)>"),
              Texts{"ann . other (x) @ a\r\n . example = ann.other@a.example"});
    EXPECT_EQ(addresses_in("\"a\\\"n\r\n n\".b@a.example"),
              Texts{"\"a\\\"n\r\n n\".b@a.example = a\"n n.b@a.example"});
    EXPECT_EQ(addresses_in(",, ann@a.example, ,"), Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in(".ann..b.@a.example"), Texts{".ann..b.@a.example"});
}

TEST(AddressList, reads_groups) {
    EXPECT_EQ(addresses_in("undisclosed-recipients:;"), Texts{});
    EXPECT_EQ(addresses_in("The \"crowd\": ann, Bob <bob@b.example>;, carl@c.example"),
              (Texts{"ann", "bob@b.example", "carl@c.example"}));
    EXPECT_EQ(addresses_in("a:b:c:ann@a.example;"), Texts{"ann@a.example"});
    EXPECT_EQ(addresses_in("ann@a.example; bob@b.example"), (Texts{"ann@a.example", "bob@b.example"}));
}

TEST(AddressList, leaves_what_it_cannot_read_and_reads_on_behind_the_comma) {
    for (const char* broken :
         {"ann@a.example bob@b.example", "ann@@a.example", "ann@a@b.example", "ann@", "@a.example",
          "ann@a.example.", "<ann@a.example", "<ann@a.example> x", "ann@a.example>", "a\\b@a.example",
          "<ann@a.example> <x@y.example>", "ann@[a]b", "<ann bob>", "an[n]@a.example", "\x7f@a.example",
          "<<ann@a.example>>", "ann@.example"}) {
        EXPECT_EQ(addresses_in(std::string(broken) + ", carl@c.example"), Texts{"carl@c.example"}) << broken;
    }
    EXPECT_EQ(addresses_in("[EXT] Ann <ann@a.example>"), Texts{"ann@a.example"});
}

TEST(AddressList, reads_nothing_behind_what_does_not_end) {
    for (const char* open : {"\"x", "(x", "(x\\", "\"x\\", "x@[y", "((x)", "\\\"x"}) {
        EXPECT_EQ(addresses_in("ann@a.example, " + std::string(open) + ", carl@c.example"),
                  Texts{"ann@a.example"})
            << open;
    }
    EXPECT_EQ(addresses_in(""), Texts{});
    EXPECT_EQ(addresses_in(" \r\n "), Texts{});
}

bool is_clean(std::string_view body) {
    AddressList addresses(body);
    while (addresses.next()) {
    }
    return addresses.is_clean();
}

TEST(AddressList, is_clean_where_all_of_it_is_addresses) {
    for (const char* body :
         {"ann@a.example", "Ann Other <ann@a.example>", "\"a b\"@a.example", "ann@[192.0.2.1]",
          "a.b@c.example, d@e.example", "Ann Q. Other <ann@a.example>",
          "Mary Smith <@n.example:mary@a.example>, , joe@b  . example", "Undisclosed recipients:;",
          "A Group(Some people)\r\n :Chris <c@(his host.)a.example>, joe@b.example; (the end)",
          "One: a@b.example; , Two:;", "pete(his account)@a.example(his host)", "", ",,",
          "Who? <one@y.example>"})
        EXPECT_TRUE(is_clean(body)) << body;
}

TEST(AddressList, is_not_clean_where_something_was_passed_over) {
    for (const char* body : {"ann",
                             "Ann Other",
                             "ann@a.example <bob@b.example>",
                             "<ann@a.example> <bob@b.example>",
                             "Ann <ann@a.example> Other",
                             "Ann <>",
                             "Ann <ann>",
                             "ann@",
                             "@a.example",
                             "ann@a..example",
                             "ann@a.example.",
                             "a..b@c.example",
                             ".a@b.example",
                             "a.@b.example",
                             "ann@a@b.example",
                             "Other, Ann <ann@a.example>",
                             "ann@a.example; bob@b.example",
                             "A: b@c.example",
                             "A: B: c@d.example;",
                             ": a@b.example;",
                             "A: b@c.example; ;",
                             "A: b@c.example; D: e@f.example;",
                             "A:; b@c.example",
                             "A:",
                             "A: b@c.example,",
                             "Ann [x] <ann@a.example>",
                             "ann@a.example (unended",
                             "\"unended <ann@a.example>",
                             "ann@[192.0.2.1",
                             "a b@c.example",
                             "ann@a.example bob@b.example",
                             "Ann <ann@a.example",
                             "ann@a.example>",
                             "Ann @ home <ann@a.example>"})
        EXPECT_FALSE(is_clean(body)) << body;
}

TEST(AddressList, counts_groups) {
    AddressList addresses("A: b@c.example; , d@e.example, F:;");
    while (addresses.next()) {
    }
    EXPECT_EQ(addresses.groups(), 2U);
}

}  // namespace
}  // namespace cursus
