// The keys of mail that stays here: mailboxes, their users, aliases.
#include "config/parsers.h"
#include "config/schema.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TableSchema local_table(LocalSettings& s) {
    return {
        "local",
        "Mailboxes of the local domains.",
        {mailbox_template_option(
             "mailbox", s.mailbox,
             "Where a local recipient's mail goes; {user}, {home}, {local_part}, {domain} and "
             "{subaddress} are filled in."),
         users_option("users", s.users,
                      "Who has a mailbox: the users of this system, anybody, or those in a table."),
         text_option("subaddress", s.subaddress, "characters",
                     "In user+detail@domain, what separates the mailbox's name from the detail; empty for no "
                     "such thing."),
         flag_option("folders", s.folders,
                     "Whether user+folder@domain goes into that folder of the Maildir, where there is one."),
         aliases_option("aliases", s.aliases,
                        "Lists of aliases for every local domain, the first that has it wins."),
         flag_option("forward_files", s.forward_files, "Whether ~/.forward of the system's users is heeded."),
         list_kinds_option("commands", s.commands, "Where a target may be a command."),
         list_kinds_option("files", s.files, "Where a target may be a file or a directory."),
         text_option("command_user", s.command_user, "a user's name",
                     "The user that runs the commands and writes the files of aliases."),
         duration_option("command_time", s.command_time, {seconds{1}, hours{1}},
                         "How long a command may take."),
         size_option("command_output", s.command_output, {0, 32 * kib},
                     "How much is kept of what a command says, for the report."),
         size_option("command_memory", s.command_memory, {16 * mib, 1024 * gib},
                     "Memory a command may have."),
         duration_option("full_give_up_after", s.full_give_up_after, {minutes{1}, hours{24 * 60}},
                         "When mail for a mailbox that is full, or over its quota, is given up.")}};
}

TableSchema alias_table(AliasSettings& s) {
    return {"alias",
            "A list of aliases of its own for some domains, looked at before those of [local].",
            {list_name_option("list", s.list, "A file in the syntax of /etc/aliases, or a table."),
             domain_list_option("domains", s.domains, "The local domains it is for; none: every one."),
             flag_option("single_copy", s.single_copy, "A transaction of its own for each member."),
             flag_option("verp", s.verp,
                         "Whether the sender of a list with an owner is made to name the member (VERP).")}};
}

}  // namespace cursus
