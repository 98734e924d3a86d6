// Asking PAM whether a password is right and the account may log in. It opens no session and sets no
// credentials: whoever may send mail does not become anybody here.
#include <pwd.h>
#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "adapters/deputy_jobs.h"
#include "adapters/system_users.h"

namespace cursus {
namespace {

// What the library asks for is the password, and nothing that would need a person to answer.
int converse(int count, const pam_message** messages, pam_response** responses, void* password) {
    if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
    // The library frees these with free().
    auto* const answers =
        static_cast<pam_response*>(calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (answers == nullptr) return PAM_BUF_ERR;
    for (int i = 0; i < count; ++i) {
        const int style = messages[i]->msg_style;
        if (style == PAM_PROMPT_ECHO_OFF) answers[i].resp = strdup(static_cast<const char*>(password));
        if (style != PAM_PROMPT_ECHO_ON) continue;
        for (int made = 0; made < i; ++made) free(answers[made].resp);
        free(answers);
        return PAM_CONV_ERR;
    }
    *responses = answers;
    return PAM_SUCCESS;
}

// How long a failure has to wait is decided elsewhere: a place here is too dear to sleep in.
void do_not_wait(int, unsigned, void*) {}

// Codes by which PAM, or a module, says something of the user. All others say that it could not.
bool is_about_the_user(int code) {
    switch (code) {
        case PAM_AUTH_ERR:
        case PAM_USER_UNKNOWN:
        case PAM_MAXTRIES:
        case PAM_PERM_DENIED:
        case PAM_ACCT_EXPIRED:
        case PAM_CRED_EXPIRED:
        case PAM_NEW_AUTHTOK_REQD:
        case PAM_AUTHTOK_EXPIRED:
            return true;
        default:
            return false;
    }
}

class PamSession {
public:
    ~PamSession() {
        if (handle_ != nullptr) pam_end(handle_, code_);
    }
    PamSession() = default;
    PamSession(const PamSession&) = delete;
    PamSession& operator=(const PamSession&) = delete;

    PamReply ask(const PamQuestion& question);

private:
    bool is_done(int code) {
        code_ = code;
        return code == PAM_SUCCESS;
    }
    bool set(int what, const void* value) { return is_done(pam_set_item(handle_, what, value)); }
    PamReply trouble() const {
        const std::string text = fmt::format("PAM: {}", pam_strerror(handle_, code_));
        return {is_about_the_user(code_) ? PamOutcome::MayNot : PamOutcome::Failed, text};
    }
    static PamReply welcome(const std::string& user);

    pam_handle_t* handle_ = nullptr;
    int code_ = PAM_SUCCESS;
};

PamReply PamSession::ask(const PamQuestion& question) {
    const pam_conv conversation{converse, const_cast<char*>(question.password.c_str())};
    void (*const no_delay)(int, unsigned, void*) = do_not_wait;
    if (!is_done(pam_start(question.service.c_str(), question.user.c_str(), &conversation, &handle_)))
        return {PamOutcome::Failed,
                fmt::format("PAM, service {}: {}", question.service, pam_strerror(handle_, code_))};
    if (!set(PAM_FAIL_DELAY, reinterpret_cast<const void*>(no_delay)) || !set(PAM_TTY, "smtp"))
        return trouble();
    if (!question.client.empty() && !set(PAM_RHOST, question.client.c_str())) return trouble();
    constexpr int flags = PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK;
    if (!is_done(pam_authenticate(handle_, flags)) || !is_done(pam_acct_mgmt(handle_, flags)))
        return trouble();
    const void* user = nullptr;
    if (!is_done(pam_get_item(handle_, PAM_USER, &user)) || user == nullptr) return trouble();
    return welcome(static_cast<const char*>(user));
}

// A name that is no system user's is as good: a module may have users of its own.
PamReply PamSession::welcome(const std::string& user) {
    const auto found = look_up_user(user);
    if (!found) return {PamOutcome::Failed, found.error()};
    if (*found && (*found)->uid == 0) return {PamOutcome::MayNot, "root does not log in"};
    return {PamOutcome::May, user};
}

}  // namespace

PamReply ask_pam(const PamQuestion& question) {
    return PamSession().ask(question);
}

}  // namespace cursus
