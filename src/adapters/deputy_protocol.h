// What the server and its deputy say to each other. Both ends are the same program, so that there are no
// versions; the deputy trusts nothing of it all the same.
//
// A request is one packet, with it one or two descriptors: where the reply goes, and the message's content.
// The reply is a stream that ends with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "runtime/deputy.h"

namespace cursus {

inline constexpr std::size_t deputy_request_bytes_max =
    64 * 1024;  // of a packet, less than a socket's buffer
inline constexpr std::size_t deputy_reply_bytes_max = owners_file_bytes_max + 64 * 1024;
inline constexpr std::size_t deputy_path_bytes_max = 4095;      // PATH_MAX
inline constexpr std::size_t deputy_file_name_bytes_max = 200;  // NAME_MAX, with room for a suffix
inline constexpr std::size_t deputy_sender_bytes_max = 1024;
inline constexpr Duration mbox_lock_wait_max = std::chrono::minutes{5};
inline constexpr std::size_t command_arguments_max = 256;
inline constexpr std::size_t command_environment_max = 64;
inline constexpr Duration command_time_max = std::chrono::hours{1};
inline constexpr std::uint64_t command_output_bytes_max = 32 * 1024;
inline constexpr std::size_t pam_service_octets_max = 64, pam_client_octets_max = 64;

struct ReadOrder {
    std::string path;
};
using DeputyWork = std::variant<ReadOrder, MaildirOrder, MboxOrder, CommandOrder, PamQuestion>;

struct DeputyRequest {
    // Looked up again by the deputy, which must find the same number. Of a PamQuestion, which is about
    // somebody and not to be done as anybody: empty and 0.
    std::string user;
    std::uint32_t uid = 0;
    DeputyWork work;
};

enum class ReadOutcome : std::uint8_t { Found, NotThere, Failed };
struct ReadReply {
    ReadOutcome outcome = ReadOutcome::Failed;
    std::string text;  // the file's, or what failed
};
enum class PamOutcome : std::uint8_t { May, MayNot, Failed };
struct PamReply {
    PamOutcome outcome = PamOutcome::Failed;
    std::string text;  // the user's name, why not, or what failed
};
using DeputyReply = std::variant<ReadReply, DeputyResult, PamReply>;

// Why no deputy does this, for people; empty when there is no reason.
std::string refusal_of(const DeputyRequest& request);

std::string encode(const DeputyRequest& request);
// Never one that refusal_of() has something against. The error says what is wrong.
Result<DeputyRequest, std::string> decode_deputy_request(std::string_view packet);

// The password in it, if there is one.
void forget_secrets(DeputyRequest& request);

std::string encode(const DeputyReply& reply);
Result<DeputyReply, std::string> decode_deputy_reply(std::string_view text);

}  // namespace cursus
