// What the deputy can do. Each runs in a process of its own that is the user already, but for PAM's, which
// stays root's (deputy_job.h); it blocks, and may be killed at any moment.
#pragma once

#include <functional>
#include <string_view>

#include "adapters/deputy_protocol.h"
#include "adapters/owned_place.h"
#include "runtime/deputy.h"
#include "runtime/users.h"

namespace cursus {

// How the message's content comes to a job: a regular file, from its beginning.
inline constexpr int content_fd = 0;
// Where its reply will go; its other end is closed when nobody waits for that any more.
inline constexpr int reply_fd = 3;

ReadReply read_owners_file(const SystemUser& user, const ReadOrder& order);
DeputyResult deliver_to_maildir(const SystemUser& user, const MaildirOrder& order);
DeputyResult deliver_to_mbox(const SystemUser& user, const MboxOrder& order);
DeputyResult run_command(const CommandOrder& order);
PamReply ask_pam(const PamQuestion& question);

// Whether this is the user's own mailbox file among all the others', /var/mail/NAME (Debian policy §11.6).
// They belong to a group, which the process that writes one must be in to make a lock file beside it.
bool is_spool_mailbox(std::string_view path, const SystemUser& user);
inline constexpr const char* mail_spool_group = "mail";

// ---- for the jobs

DeputyResult result_of(const PathFailure& failure);
// Copies the content to where `write` puts it.
Result<void, PathFailure> copy_content(
    std::move_only_function<Result<void, PathFailure>(std::string_view)> write);
Result<void, PathFailure> write_all(int fd, std::string_view text, std::string_view path);

}  // namespace cursus
