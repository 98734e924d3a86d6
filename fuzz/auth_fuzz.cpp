// A session in which people log in, fed raw bytes; an octet of 0xff is where the client begins TLS. The first
// octet chooses the listener and how the rest is cut. Whatever the client says: it logs in with the one right
// password alone, shows it inside TLS alone, sends elsewhere only when it has logged in, and no event holds
// the password.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "receive/tests/session_world.h"

namespace {

using namespace cursus;

constexpr std::string_view account = "julius@ancient-rome.net", password = "aleaiactaest";
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

void check_events(const SessionWorld& world) {
    bool is_logged_in = false, has_tls = false;
    for (const MailEvent& event : world.events.all) {
        if (std::holds_alternative<TlsStarted>(event.body)) {
            has_tls = true;
            is_logged_in = false;  // RFC 3207 §4.2
        }
        if (const auto* login = std::get_if<Authenticated>(&event.body)) {
            require(login->account == account && !is_logged_in);
            require(has_tls || login->mechanism.starts_with("SCRAM-"));
            is_logged_in = true;
        }
        if (const auto* failed = std::get_if<AuthenticationFailed>(&event.body))
            require(!failed->account.contains(password) && !failed->why.contains(password));
        if (const auto* refused = std::get_if<CommandRefused>(&event.body))
            require(!refused->command.contains(password) && !refused->command.contains("YWxlYWlhY3RhZXN0"));
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
    stream->steps = steps_of({reinterpret_cast<const char*>(data) + 1, size - 1},
                             world.listener.tls == ListenerTls::Implicit);
    if ((data[0] & 0x80) != 0) stream->piece = [length = std::size_t{data[0] % 32U + 1}] { return length; };
    world.run(std::move(stream));
    check_replies(world.written);
    check_events(world);
    require(world.queue.open == 0);
    return 0;
}
