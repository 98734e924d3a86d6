#include "route/mailbox_place.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

Settings settings(std::string mailbox = "maildir:/mail/{domain}/{local_part}/Maildir") {
    Settings settings;
    settings.hostname = *Domain::parse("relay.example");
    settings.local.mailbox = std::move(mailbox);
    settings.local.users = "any";
    return settings;
}

// Of a virtual user.
Result<MailboxPlace, NoPlace> place_of(const Settings& settings, const Mailbox& mailbox) {
    const MailboxTemplate mailboxes(settings);
    const LocalAddress address = mailboxes.take_apart(mailbox);
    return mailboxes.of(address, {.user = address.user, .home = {}, .system = {}});
}

std::string path_of(const Settings& settings, std::string local_part) {
    auto mailbox = Mailbox::make(std::move(local_part), *Domain::parse("Rome.example"));
    if (!mailbox) return "no mailbox";
    const auto place = place_of(settings, *mailbox);
    return place ? std::get<MaildirPlace>(*place).path : "none";
}

TEST(MailboxTemplate, fills_in_domain_and_local_part_in_lower_case) {
    EXPECT_EQ(path_of(settings(), "Julius"), "/mail/rome.example/julius/Maildir");
    EXPECT_EQ(path_of(settings("maildir:/m/{local_part}@{domain}"), "a"), "/m/a@rome.example");
    EXPECT_EQ(path_of(settings("maildir:/m/{user}/{subaddress}/x"), "a+b"), "/m/a/b/x");
}

TEST(MailboxTemplate, cuts_the_subaddress_off) {
    EXPECT_EQ(path_of(settings(), "julius+lists"), "/mail/rome.example/julius/Maildir");
    EXPECT_EQ(path_of(settings(), "+lists"), "/mail/rome.example/+lists/Maildir");
    Settings dash = settings();
    dash.local.subaddress = "-";
    EXPECT_EQ(path_of(dash, "julius-x+y"), "/mail/rome.example/julius/Maildir");
    dash.local.subaddress = "";
    EXPECT_EQ(path_of(dash, "julius-x+y"), "/mail/rome.example/julius-x+y/Maildir");
}

TEST(MailboxTemplate, nothing_from_the_network_leaves_the_mailboxes_tree) {
    for (const char* local_part : {"..", ".", ".hidden", "../etc", "a/b", "/etc", "a\\b", "a b", "a\"b",
                                   "a{domain}", "a:b", "~root", "a|b", "$(x)", "a%2fb", "..+x", "*", "a@b"})
        EXPECT_EQ(path_of(settings(), local_part), "none") << local_part;
    EXPECT_EQ(path_of(settings("maildir:/m/{local_part}/{subaddress}"), "a+../../b"), "none");
    EXPECT_EQ(path_of(settings(), "j\xC3\xBCrgen"), "/mail/rome.example/j\xC3\xBCrgen/Maildir");
}

TEST(MailboxTemplate, nothing_from_the_network_becomes_an_option_of_a_command) {
    const Settings pipe = settings("pipe:/usr/bin/deliver -d {local_part} --to={local_part}");
    const auto place = place_of(pipe, *Mailbox::parse("bob@rome.example"));
    EXPECT_EQ(std::get<CommandPlace>(*place).arguments,
              (std::vector<std::string>{"/usr/bin/deliver", "-d", "bob", "--to=bob"}));
    EXPECT_EQ(place_of(pipe, *Mailbox::parse("-f@rome.example")).error(), NoPlace::Address);
}

TEST(MailboxTemplate, an_address_literal_of_ours_is_this_host) {
    const auto place = place_of(settings(), *Mailbox::parse("postmaster@[192.0.2.1]"));
    EXPECT_EQ(std::get<MaildirPlace>(*place).path, "/mail/relay.example/postmaster/Maildir");
}

TEST(MailboxTemplate, a_home_that_is_no_plain_path_is_no_place_for_mail) {
    Settings home = settings("mbox:{home}/mail");
    const MailboxTemplate mailboxes(home);
    const LocalAddress address{.user = "bob", .detail = {}, .domain = "rome.example"};
    const auto place = mailboxes.of(address, {.user = "bob", .home = "/users/bob", .system = {}});
    EXPECT_EQ(std::get<MboxPlace>(*place).path, "/users/bob/mail");
    for (const char* path : {"", "home/bob", "/users/../etc", "/users/..", "/users/bob\n"})
        EXPECT_EQ(mailboxes.of(address, {.user = "bob", .home = path, .system = {}}).error(), NoPlace::Person)
            << path;
}

TEST(MailboxTemplate, a_subaddress_may_name_a_folder) {
    Settings folders = settings();
    folders.local.folders = true;
    const auto folder = [&](const char* address) {
        return std::get<MaildirPlace>(*place_of(folders, *Mailbox::parse(address))).folder;
    };
    EXPECT_EQ(folder("bob+Lists@rome.example"), ".Lists");
    EXPECT_EQ(folder("bob@rome.example"), "");
    EXPECT_EQ(folder("bob+a.b@rome.example"), "");
    EXPECT_EQ(folder("\"bob+../x\"@rome.example"), "");
}

TEST(MailboxTemplate, knows_the_part_that_is_the_same_for_everybody) {
    EXPECT_EQ(MailboxTemplate(settings()).root(), "/mail");
    EXPECT_EQ(MailboxTemplate(settings("maildir:{home}/Maildir")).root(), "");
    EXPECT_EQ(MailboxTemplate(settings("maildir:/a/b/x-{domain}/{local_part}")).root(), "/a/b");
}

TEST(MailboxTemplate, mailboxes_may_be_elsewhere_or_nowhere) {
    EXPECT_EQ(MailboxTemplate(settings("lmtp:unix:/run/dovecot/lmtp")).lmtp_host(), "unix:/run/dovecot/lmtp");
    EXPECT_TRUE(std::holds_alternative<DiscardPlace>(
        *place_of(settings("discard:"), *Mailbox::parse("bob@rome.example"))));
}

}  // namespace
}  // namespace cursus
