#include "sim/peers/scanner_host.h"

#include <array>

#include "sim/graveyard.h"

namespace cursus {
namespace {

constexpr Duration scanner_patience = std::chrono::hours{1};
constexpr Duration scanner_drip_interval = std::chrono::seconds{1};

std::unique_ptr<Listener> listen_for(Machine& machine, const ServiceAddress& address) {
    if (const auto* local = std::get_if<LocalSocket>(&address))
        return machine.network().listen_local(local->path, 0666).value();
    return machine.network().listen(std::get<Endpoint>(address)).value();
}

}  // namespace

ScannerHost::ScannerHost(Machine& machine, const ServiceAddress& address)
    : machine_(machine), listener_(listen_for(machine, address)) {
    machine_.spawn(accept_all());
}

// Whoever waits for a connection here owns itself by way of the listener, and cannot be unwound.
ScannerHost::~ScannerHost() {
    graveyard::keep(std::move(listener_));
}

Task<void> ScannerHost::accept_all() {
    while (true) {
        auto stream = co_await listener_->accept();
        if (!stream) co_return;
        ++connections_;
        machine_.spawn(converse(std::move(*stream)));
    }
}

bool ScannerHost::is_read(const std::string& question) const {
    if (manners == ScannerManners::Silent) return false;
    if (is_whole) return is_whole(question);
    return reads_until.empty() ? question.size() >= reads : question.ends_with(reads_until);
}

Task<void> ScannerHost::read_question(Stream& stream, std::string& question) {
    std::array<char, 4096> buffer{};
    while (!is_read(question)) {
        const auto read = co_await stream.read_some(buffer, machine_.clock().now() + scanner_patience);
        if (!read) co_return;
        question.append(buffer.data(), *read);
    }
}

Task<void> ScannerHost::say_all(Stream& stream, std::string said) {
    const std::size_t step = manners == ScannerManners::Drips ? 1 : said.size();
    for (std::size_t at = 0; at < said.size();) {
        const std::string_view piece = std::string_view(said).substr(at, step);
        const auto written = co_await stream.write(piece, machine_.clock().now() + scanner_patience);
        if (!written) co_return;
        if (manners == ScannerManners::Drips) co_await machine_.clock().sleep_for(scanner_drip_interval);
        if (manners != ScannerManners::Endless) at += step;
    }
}

Task<void> ScannerHost::converse(std::unique_ptr<Stream> stream) {
    if (manners == ScannerManners::HangsUp) co_return;
    std::string question;
    if (manners != ScannerManners::Deaf) co_await read_question(*stream, question);
    questions_.push_back(std::move(question));
    const bool is_mute = manners == ScannerManners::Silent || manners == ScannerManners::Deaf;
    if (is_mute) co_return co_await machine_.clock().sleep_for(scanner_patience);
    if (is_whole && !is_whole(questions_.back())) co_return;  // whoever asked is gone
    std::string said = answer_to ? answer_to(questions_.back()) : answer;
    co_await machine_.clock().sleep_for(thinks_for);
    co_await say_all(*stream, std::move(said));
    if (manners == ScannerManners::Stays) co_return co_await machine_.clock().sleep_for(scanner_patience);
    if (manners == ScannerManners::Resets) co_return;
    co_await stream->close(machine_.clock().now() + scanner_patience);
}

}  // namespace cursus
