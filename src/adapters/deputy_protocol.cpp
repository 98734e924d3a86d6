#include "adapters/deputy_protocol.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "adapters/system_users.h"
#include "base/codec.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "base/wipe.h"

namespace cursus {

namespace {

enum class WorkKind : std::uint8_t { Read, Maildir, Mbox, Command, Pam };
enum class ReplyKind : std::uint8_t { Read, Result, Pam };

// ---- what is refused

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

bool is_usable_path(std::string_view path) {
    if (path.size() < 2 || path.size() > deputy_path_bytes_max || path.front() != '/' || has_nul(path))
        return false;
    const std::string closed = std::string(path) + '/';
    return path.back() != '/' && closed.find("/../") == std::string::npos;
}

std::string refusal_of_path(std::string_view path) {
    return is_usable_path(path) ? "" : fmt::format("{}: not an absolute path without \"..\"", path);
}

bool is_usable_file_name(std::string_view name) {
    return !name.empty() && name.size() <= deputy_file_name_bytes_max && name.front() != '.' &&
           name.find('/') == std::string_view::npos && !has_nul(name);
}

// Maildir++ writes folders with a dot before them.
bool is_usable_folder_name(std::string_view name) {
    return name.starts_with('.') && is_usable_file_name(name.substr(1));
}

bool is_usable_variable(const std::string& text) {
    const auto equals = text.find('=');
    return equals != std::string::npos && equals != 0 && !has_nul(text);
}

std::string refusal_of_command(const CommandOrder& order) {
    if (order.arguments.empty() || order.arguments.size() > command_arguments_max)
        return fmt::format("a command has 1 to {} arguments", command_arguments_max);
    if (!is_usable_path(order.arguments.front()))
        return fmt::format("{}: a command is named by its absolute path", order.arguments.front());
    if (std::ranges::any_of(order.arguments, has_nul)) return "a command's arguments hold no NUL";
    if (order.environment.size() > command_environment_max ||
        !std::ranges::all_of(order.environment, is_usable_variable))
        return fmt::format("a command's environment is up to {} times NAME=value", command_environment_max);
    const CommandLimits& limits = order.limits;
    if (limits.time < std::chrono::seconds{1} || limits.time > command_time_max)
        return "a command has between a second and an hour";
    if (limits.output_bytes > command_output_bytes_max)
        return fmt::format("of a command's output up to {} octets are kept", command_output_bytes_max);
    return limits.memory_bytes == 0 ? "a command needs memory" : "";
}

// A service is a file's name, and a client an address.
bool is_word_of(std::string_view text, std::string_view others, std::size_t octets_max) {
    return text.size() <= octets_max && std::ranges::all_of(text, [others](char c) {
               return is_digit(c) || (is_alpha(c) && c >= 'a') || others.contains(c);
           });
}

std::string refusal_of_question(const PamQuestion& question) {
    if (question.service.empty() || !is_word_of(question.service, "-_", pam_service_octets_max))
        return fmt::format("{}: not a service of PAM's", question.service);
    if (!can_be_pam_user(question.user)) return "not a name that PAM is asked about";
    if (question.password.empty() || question.password.size() > pam_password_octets_max ||
        has_nul(question.password))
        return fmt::format("a password has 1 to {} octets and no NUL", pam_password_octets_max);
    return is_word_of(question.client, ".:", pam_client_octets_max) ? "" : "a client is an address";
}

std::string refusal_of_work(const DeputyWork& work) {
    return std::visit(
        Overloaded{[](const ReadOrder& order) { return refusal_of_path(order.path); },
                   [](const MaildirOrder& order) {
                       if (!is_usable_file_name(order.file_name))
                           return fmt::format("{}: not the name of a file", order.file_name);
                       if (!order.folder.empty() && !is_usable_folder_name(order.folder))
                           return fmt::format("{}: not the name of a folder", order.folder);
                       return refusal_of_path(order.directory);
                   },
                   [](const MboxOrder& order) {
                       if (order.envelope_sender.size() > deputy_sender_bytes_max)
                           return std::string("the envelope's sender is too long for a mailbox file");
                       if (order.lock_wait < Duration::zero() || order.lock_wait > mbox_lock_wait_max)
                           return std::string("a mailbox file's lock is waited for up to five minutes");
                       return refusal_of_path(order.path);
                   },
                   [](const CommandOrder& order) { return refusal_of_command(order); },
                   [](const PamQuestion& question) { return refusal_of_question(question); }},
        work);
}

// ---- octets

void put_texts(Encoder& to, const std::vector<std::string>& texts) {
    to.u32(static_cast<std::uint32_t>(texts.size()));
    for (const std::string& text : texts) to.text(text);
}

std::vector<std::string> take_texts(Decoder& from) {
    std::vector<std::string> texts;
    const std::size_t count = from.count();
    for (std::size_t i = 0; i < count && from.is_good(); ++i) texts.emplace_back(from.text());
    return texts;
}

Encoder& begin(Encoder& to, WorkKind kind) {
    to.u8(static_cast<std::uint8_t>(kind));
    return to;
}

void put(Encoder& to, const ReadOrder& order) {
    begin(to, WorkKind::Read).text(order.path);
}
void put(Encoder& to, const MaildirOrder& order) {
    begin(to, WorkKind::Maildir).text(order.directory);
    to.text(order.file_name);
    to.text(order.folder);
}
void put(Encoder& to, const MboxOrder& order) {
    begin(to, WorkKind::Mbox).text(order.path);
    to.text(order.envelope_sender);
    to.time(order.at);
    to.u64(static_cast<std::uint64_t>(order.lock_wait.count()));
}
void put(Encoder& to, const CommandOrder& order) {
    put_texts(begin(to, WorkKind::Command), order.arguments);
    put_texts(to, order.environment);
    to.u64(static_cast<std::uint64_t>(order.limits.time.count()));
    to.u64(order.limits.output_bytes);
    to.u64(order.limits.memory_bytes);
}

void put(Encoder& to, const PamQuestion& question) {
    begin(to, WorkKind::Pam).text(question.service);
    to.text(question.user);
    to.text(question.password);
    to.text(question.client);
}

// Each field is a statement: the order of a call's arguments is nobody's promise.
DeputyWork take_mbox(Decoder& from) {
    MboxOrder order;
    order.path = from.text();
    order.envelope_sender = from.text();
    order.at = from.time();
    order.lock_wait = Duration(static_cast<std::int64_t>(from.u64()));
    return order;
}
DeputyWork take_maildir(Decoder& from) {
    MaildirOrder order;
    order.directory = from.text();
    order.file_name = from.text();
    order.folder = from.text();
    return order;
}
DeputyWork take_command(Decoder& from) {
    CommandOrder order;
    order.arguments = take_texts(from);
    order.environment = take_texts(from);
    order.limits.time = Duration(static_cast<std::int64_t>(from.u64()));
    order.limits.output_bytes = from.u64();
    order.limits.memory_bytes = from.u64();
    return order;
}

DeputyWork take_question(Decoder& from) {
    PamQuestion question;
    question.service = from.text();
    question.user = from.text();
    question.password = from.text();
    question.client = from.text();
    return question;
}

DeputyWork take_work(Decoder& from) {
    switch (from.choice(WorkKind::Pam)) {
        case WorkKind::Read:
            return ReadOrder{std::string(from.text())};
        case WorkKind::Maildir:
            return take_maildir(from);
        case WorkKind::Mbox:
            return take_mbox(from);
        case WorkKind::Command:
            return take_command(from);
        case WorkKind::Pam:
            return take_question(from);
    }
    return {};
}

}  // namespace

std::string refusal_of(const DeputyRequest& request) {
    if (std::holds_alternative<PamQuestion>(request.work)) {
        if (!request.user.empty() || request.uid != 0) return "PAM is asked as nobody";
        return refusal_of_work(request.work);
    }
    if (!is_plausible_user_name(request.user)) return "not a user's name: " + request.user;
    if (request.uid == 0)
        return fmt::format("nothing is done as {}, who has root's rights: give it an alias", request.user);
    return refusal_of_work(request.work);
}

std::string encode(const DeputyRequest& request) {
    Encoder to(512);
    to.text(request.user);
    to.u32(request.uid);
    std::visit([&to](const auto& order) { put(to, order); }, request.work);
    return to.take();
}

Result<DeputyRequest, std::string> decode_deputy_request(std::string_view packet) {
    if (packet.size() > deputy_request_bytes_max) return failure("the request is too long");
    Decoder from(packet);
    DeputyRequest request;
    request.user = from.text();
    request.uid = from.u32();
    request.work = take_work(from);
    if (!from.is_at_end()) return failure("not a request");
    const std::string refusal = refusal_of(request);
    if (!refusal.empty()) return failure(refusal);
    return request;
}

void forget_secrets(DeputyRequest& request) {
    if (auto* question = std::get_if<PamQuestion>(&request.work)) wipe(question->password);
}

std::string encode(const DeputyReply& reply) {
    Encoder to(64);
    if (const auto* read = std::get_if<ReadReply>(&reply)) {
        to.u8(static_cast<std::uint8_t>(ReplyKind::Read));
        to.u8(static_cast<std::uint8_t>(read->outcome));
        to.text(read->text);
    } else if (const auto* pam = std::get_if<PamReply>(&reply)) {
        to.u8(static_cast<std::uint8_t>(ReplyKind::Pam));
        to.u8(static_cast<std::uint8_t>(pam->outcome));
        to.text(pam->text);
    } else {
        const auto& result = std::get<DeputyResult>(reply);
        to.u8(static_cast<std::uint8_t>(ReplyKind::Result));
        to.u8(static_cast<std::uint8_t>(result.outcome));
        to.text(result.what);
    }
    return to.take();
}

namespace {

DeputyReply take_reply(Decoder& from) {
    switch (from.choice(ReplyKind::Pam)) {
        case ReplyKind::Read: {
            const auto outcome = from.choice(ReadOutcome::Failed);
            return ReadReply{outcome, std::string(from.text())};
        }
        case ReplyKind::Result: {
            const auto outcome = from.choice(DeputyOutcome::Never);
            return DeputyResult{outcome, std::string(from.text())};
        }
        case ReplyKind::Pam: {
            const auto outcome = from.choice(PamOutcome::Failed);
            return PamReply{outcome, std::string(from.text())};
        }
    }
    return {};
}

}  // namespace

Result<DeputyReply, std::string> decode_deputy_reply(std::string_view text) {
    if (text.size() > deputy_reply_bytes_max) return failure("the reply is too long");
    Decoder from(text);
    DeputyReply reply = take_reply(from);
    if (!from.is_at_end()) return failure("not a reply");
    return reply;
}

}  // namespace cursus
