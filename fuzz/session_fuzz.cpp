// A whole server session fed raw bytes. The first octet chooses the listener and how the rest is cut;
// whatever the client says, each reply is well formed, a message is acknowledged exactly when it was kept, no
// stranger's recipient lies outside our domains, and what was kept holds no bare CR, bare LF or NUL.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mail/text_check.h"
#include "receive/tests/session_world.h"

namespace {

using namespace cursus;

void require(bool holds) {
    if (!holds) std::abort();
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        ++found;
    return found;
}

// RFC 5321 §4.2: three digits, a space or a hyphen, text, CRLF.
void check_replies(std::string_view written) {
    while (!written.empty()) {
        const auto end = written.find("\r\n");
        require(end != std::string_view::npos && end >= 4 && end <= 510);
        const std::string_view line = written.substr(0, end);
        require(line[0] >= '2' && line[0] <= '5' && (line[3] == ' ' || line[3] == '-'));
        for (const char c : line) require(c >= 0x20 && c < 0x7f);
        written.remove_prefix(end + 2);
    }
}

void check_message(const KeptMessage& kept) {
    TextCheck text;
    text.add(kept.text);
    text.end();
    require(!text.violation());
    require(kept.text.starts_with("Received: "));
    require(kept.envelope.size == kept.text.size());
    require(!kept.recipients.empty());
    for (const NewRecipient& recipient : kept.recipients) {
        const std::string host = host_text(recipient.address.host());
        require(host == "ancient-rome.net" || host == "provinces.example" ||
                host == "relay.ancient-rome.net" || host == "[203.0.113.25]");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static SessionWorld world;  // made once: virtual time simply goes on
    world.settings.limits.message_size = 4'096;
    world.listener.tls = static_cast<ListenerTls>(data[0] % 3);
    world.queue = {};
    world.events.all.clear();
    world.written.clear();
    auto stream = world.stream();
    if (world.listener.tls == ListenerTls::Implicit) stream->steps.push_back({ClientAct::StartsTls, {}, {}});
    stream->steps.push_back(
        {ClientAct::Sends, std::string(reinterpret_cast<const char*>(data) + 1, size - 1), {}});
    if ((data[0] & 0x80) != 0) stream->piece = [length = std::size_t{data[0] % 32U + 1}] { return length; };
    if (stream->steps.back().bytes.empty()) stream->steps.pop_back();
    world.run(std::move(stream));

    check_replies(world.written);
    require(count(world.written, " OK id=") == world.queue.kept.size());
    require(world.queue.open == 0);
    for (const KeptMessage& kept : world.queue.kept) check_message(kept);
    return 0;
}
