#include "policy/local_recipients.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

bool may_exist(const char* address) {
    Settings settings;
    settings.hostname = *Domain::parse("mx.rome.example");
    settings.domains.local = {*Domain::parse("rome.example")};
    settings.local.mailbox = "maildir:/mail/{domain}/{local_part}";
    return LocalRecipients(settings).may_exist(*Mailbox::parse(address));
}

TEST(LocalRecipients, whoever_can_have_a_mailbox_may_exist) {
    for (const char* address :
         {"julius@rome.example", "Julius+lists@ROME.example", "j\xC3\xBCrgen@rome.example"})
        EXPECT_TRUE(may_exist(address)) << address;
}

TEST(LocalRecipients, whoever_can_have_none_does_not) {
    for (const char* address :
         {"a%sink.example@rome.example", "sink.example!a@rome.example", "\"a@sink.example\"@rome.example",
          "\"../etc\"@rome.example", "\".\"@rome.example"})
        EXPECT_FALSE(may_exist(address)) << address;
}

TEST(LocalRecipients, other_hosts_mailboxes_are_not_judged) {
    EXPECT_TRUE(may_exist("a%b@gaul.example"));
    EXPECT_TRUE(may_exist("\"../etc\"@gaul.example"));
}

}  // namespace
}  // namespace cursus
