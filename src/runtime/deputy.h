// What needs another user's rights: reading their forward file, writing their mailbox, running their command.
// Done as that user, never as root, by whoever has the right to become one (adapters/: the helper process).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "runtime/task.h"
#include "runtime/users.h"

namespace cursus {

// The message as it is to be written, in pieces; an empty piece is the end. Lines end in LF.
class Content {
public:
    virtual ~Content() = default;
    virtual Task<Result<std::shared_ptr<const std::string>, std::string>> next() = 0;
};

struct MaildirOrder {
    std::string directory;    // absolute; made when it is missing, with tmp, new and cur
    std::string file_name;    // the same for every attempt, so that one that is repeated replaces itself
    std::string folder = {};  // of the Maildir (Maildir++), used when it is there; empty: none
};
struct MboxOrder {
    std::string path;                               // absolute; made when it is missing
    std::string envelope_sender;                    // of the From_ line; empty for the null path
    WallTime at{};                                  // likewise
    Duration lock_wait = std::chrono::seconds{30};  // for other programs that have it locked
};
struct CommandLimits {
    Duration time = std::chrono::minutes{5};
    std::uint64_t output_bytes = 4096;  // kept of what it says; more is read and thrown away
    std::uint64_t memory_bytes = 512ULL * 1024 * 1024;
};
struct CommandOrder {
    std::vector<std::string> arguments;    // the first is the program, absolute; no shell
    std::vector<std::string> environment;  // all of it, "NAME=value"
    CommandLimits limits;
};
using DeputyOrder = std::variant<MaildirOrder, MboxOrder, CommandOrder>;

enum class DeputyOutcome : std::uint8_t {
    Done,
    Later,  // temporary: EX_TEMPFAIL, no rights now, a lock that is held, no deputy
    Full,   // no room, or over quota
    Never,  // permanent: the command refused the message
};
struct DeputyResult {
    DeputyOutcome outcome = DeputyOutcome::Later;
    std::string what;  // for people: what failed, or the first lines of a command's output
};

struct OwnersFile {
    std::string path, text;
};

// Whether PAM lets somebody in. Asked with root's rights, which its modules need.
struct PamQuestion {
    std::string service;   // the name of a file below /etc/pam.d
    std::string user;      // can_be_pam_user() holds of it
    std::string password;  // 1 to pam_password_octets_max octets, no NUL
    std::string client;    // the address of whoever asks, for the modules (PAM_RHOST); empty: none
};
struct PamAnswer {
    bool may_log_in = false;
    std::string user;  // as PAM has it in the end, when they may; not checked
    std::string why;   // for people, when they may not
};
inline constexpr std::size_t pam_name_octets_max = 255, pam_password_octets_max = 511;
// What a module could take for a path, an option or several names is none that it is asked about.
bool can_be_pam_user(std::string_view name);

class Deputy {
public:
    virtual ~Deputy() = default;
    // Empty, or why nothing can be done as another user: everything is then Later with this reason. This and
    // all the rest from any reactor; tasks resume on the caller's.
    virtual std::string why_absent() const = 0;
    // A forward file, or a list it includes, read as that user by the rules that make it safe: a regular file
    // owned by the user or root, that nobody else can write, nor any directory above it. `path` is absolute.
    // Nullopt: there is no such file. The error is temporary and for people: it names file and reason.
    virtual Task<Result<std::optional<OwnersFile>, std::string>> read(SystemUser user, std::string path) = 0;
    // Returns once the message is on stable storage, or the command has ended. `content` outlives the task.
    virtual Task<DeputyResult> deliver(SystemUser user, DeputyOrder order, Content& content) = 0;
    // The error is temporary and for people: PAM, or one of its modules, gives no answer. Users with root's
    // number may not log in.
    virtual Task<Result<PamAnswer, std::string>> ask_pam(PamQuestion question) = 0;
    // From any thread: what runs is ended as soon as that can be, and answers Later like all that is asked
    // for from now on. For a server that stops.
    virtual void call_off() = 0;
    // From the first reactor and on it: `told` is called once, with the reason, if why_absent() ceases to be
    // empty. An empty function takes it back.
    virtual void when_lost(std::move_only_function<void(std::string)> told) = 0;
};

inline constexpr std::size_t owners_file_bytes_max = 1 << 20;

}  // namespace cursus
