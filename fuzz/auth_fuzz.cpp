// A session in which people log in, fed raw bytes; an octet of 0xff is where the client begins TLS. The first
// octet chooses the listener and how the rest is cut. Whatever the client says: it logs in with the one right
// password alone, shows it inside TLS alone, sends elsewhere only when it has logged in, and no event holds
// the password of an attempt.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "base/text.h"
#include "mail/command.h"
#include "receive/tests/session_world.h"

namespace {

using namespace cursus;

constexpr std::string_view account = "julius@ancient-rome.net", password = "aleaiactaest";
constexpr std::string_view password_in_base64 = "YWxlYWlhY3RhZXN0";
constexpr char begins_tls = '\xff';

void require(bool holds) {
    if (!holds) std::abort();
}

std::deque<ClientStep> steps_of(std::string_view text, bool is_implicit) {
    std::deque<ClientStep> steps;
    if (is_implicit) steps.push_back({ClientAct::StartsTls, {}, {}});
    while (!text.empty()) {
        const auto end = std::min(text.find(begins_tls), text.size());
        if (end > 0) steps.push_back({ClientAct::Sends, std::string(text.substr(0, end)), {}});
        if (end < text.size()) steps.push_back({ClientAct::StartsTls, {}, {}});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return steps;
}

// Each reply has its digits and its end, and nothing unprintable.
void check_replies(std::string_view written) {
    while (!written.empty()) {
        const auto end = written.find("\r\n");
        require(end != std::string_view::npos && end >= 4);
        for (const char c : written.substr(0, end)) require(c >= 0x20 && c < 0x7f);
        written.remove_prefix(end + 2);
    }
}

bool holds_password(std::string_view text) {
    return text.contains(password) || text.contains(password_in_base64);
}

// Lines that hold the password where nobody could know it for one: with no AUTH before, with a command
// that was understood since, or where what looks like AUTH may be part of a message.
std::size_t lines_with_password_in_the_open(std::string_view text) {
    const Domain own_name = *Domain::parse("relay.ancient-rome.net");
    std::size_t lines = 0;
    bool is_behind_auth = false, may_be_message = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
        if (equal_ignoring_case(line.substr(begin, 4), "AUTH")) {
            is_behind_auth = true;
        } else if (const auto command = parse_command(line, {own_name})) {
            is_behind_auth = false;
            may_be_message |= std::holds_alternative<DataCommand>(*command) ||
                              std::holds_alternative<BdatCommand>(*command);
        }
        lines += holds_password(line) && (may_be_message || !is_behind_auth) ? 1 : 0;
    }
    return lines;
}

void check_events(const SessionWorld& world, std::size_t open_lines) {
    bool is_logged_in = false, was_logged_in = false, has_tls = false;
    for (const MailEvent& event : world.events.all) {
        if (std::holds_alternative<TlsStarted>(event.body)) {
            has_tls = true;
            is_logged_in = false;  // RFC 3207 §4.2
        }
        if (const auto* login = std::get_if<Authenticated>(&event.body)) {
            require(login->account == account && !is_logged_in);
            require(has_tls || login->mechanism.starts_with("SCRAM-"));
            is_logged_in = was_logged_in = true;
        }
        // Whom it claims to be is told as it was said, whatever that is.
        if (const auto* failed = std::get_if<AuthenticationFailed>(&event.body))
            require(!holds_password(failed->why));
        if (const auto* refused = std::get_if<CommandRefused>(&event.body))
            require(!holds_password(refused->command) || was_logged_in || open_lines-- > 0);
    }
    for (const KeptMessage& kept : world.queue.kept) {
        if (world.listener.service == Service::Submission) require(kept.envelope.account == account);
        for (const NewRecipient& recipient : kept.recipients)
            require(host_text(recipient.address.host()) != "elsewhere.example" ||
                    kept.envelope.account == account);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static SessionWorld world;  // made once: virtual time simply goes on
    world.put_account(std::string(account), std::string(password));
    world.guard.reset();
    world.limits.reset();
    world.queue = {};
    world.events.all.clear();
    world.written.clear();
    world.listener.auth = true;
    world.listener.service = (data[0] & 1) != 0 ? Service::Submission : Service::Mx;
    world.listener.tls = (data[0] & 2) != 0 ? ListenerTls::Implicit : ListenerTls::StartTls;
    auto stream = world.stream();
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    stream->steps = steps_of(input, world.listener.tls == ListenerTls::Implicit);
    if ((data[0] & 0x80) != 0) stream->piece = [length = std::size_t{data[0] % 32U + 1}] { return length; };
    world.run(std::move(stream));
    check_replies(world.written);
    check_events(world, lines_with_password_in_the_open(input));
    require(world.queue.open == 0);
    return 0;
}
