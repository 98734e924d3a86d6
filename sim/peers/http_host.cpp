#include "sim/peers/http_host.h"

#include <array>
#include <charconv>

#include "sim/graveyard.h"
#include "sim/peers/listen_at.h"

namespace cursus {
namespace {

constexpr Duration host_patience = std::chrono::minutes{10};
constexpr Duration drip_interval = std::chrono::seconds{1};

// How long the whole request is; 0 while its header is not all there.
std::size_t length_of(std::string_view request) {
    constexpr std::string_view field = "Content-Length: ";
    const auto end = request.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    std::size_t body = 0;
    const auto at = request.find(field);
    if (at < end) {
        const auto* const digits = request.data() + at + field.size();
        std::from_chars(digits, request.data() + end, body);
    }
    return end + 4 + body;
}

}  // namespace

HttpHost::HttpHost(Machine& machine, const ServiceAddress& address, TlsFactory& tls, std::string certificate)
    : machine_(machine),
      tls_(tls),
      certificate_(std::move(certificate)),
      listener_(listen_at(machine.network(), address)) {
    machine_.spawn(accept_all());
}

// Whoever waits for a connection here owns itself by way of the listener, and cannot be unwound.
HttpHost::~HttpHost() {
    graveyard::keep(std::move(listener_));
}

std::string HttpHost::ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

Task<void> HttpHost::accept_all() {
    while (true) {
        auto stream = co_await listener_->accept();
        if (!stream) co_return;
        machine_.spawn(converse(std::move(*stream)));
    }
}

Task<bool> HttpHost::read_request(Stream& stream) {
    std::string request;
    std::array<char, 4096> buffer{};
    while (request.empty() || length_of(request) == 0 || request.size() < length_of(request)) {
        const auto read = co_await stream.read_some(buffer, machine_.clock().now() + host_patience);
        if (!read) co_return false;
        request.append(buffer.data(), *read);
    }
    requests_.push_back(std::move(request));
    co_return true;
}

Task<bool> HttpHost::shake_hands(Stream& stream) {
    TlsServerSettings settings;
    settings.certificate_chain = certificate_;
    auto context = tls_.server(settings).value();
    const auto shaken =
        co_await stream.start_tls_server(std::move(context), machine_.clock().now() + host_patience);
    co_return shaken.has_value();
}

Task<void> HttpHost::converse(std::unique_ptr<Stream> stream) {
    if (!certificate_.empty()) {
        const bool is_secure = co_await shake_hands(*stream);
        if (!is_secure) co_return;
    }
    const bool was_asked = co_await read_request(*stream);
    if (!was_asked) co_return;
    if (manners == HttpManners::Silent) co_return co_await machine_.clock().sleep_for(host_patience);
    if (manners == HttpManners::Drips) co_return co_await drip(*stream);
    const std::string said = answer;
    co_await stream->write(said, machine_.clock().now() + host_patience);
    if (manners == HttpManners::Cuts) co_return;
    co_await stream->close(machine_.clock().now() + host_patience);
}

Task<void> HttpHost::drip(Stream& stream) {
    const std::string said = answer;
    for (const char& octet : said) {
        const std::string_view piece(&octet, 1);
        const auto written = co_await stream.write(piece, machine_.clock().now() + host_patience);
        if (!written) co_return;
        co_await machine_.clock().sleep_for(drip_interval);
    }
}

}  // namespace cursus
