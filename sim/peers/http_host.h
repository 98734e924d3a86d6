// A scripted HTTP server of the simulated world: says the same octets to everybody, and remembers who asked
// what.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/service_address.h"
#include "runtime/tls.h"
#include "sim/machine.h"

namespace cursus {

enum class HttpManners : std::uint8_t {
    Plain,   // says its answer and closes
    Silent,  // reads the request and says nothing
    Drips,   // an octet of the answer a second
    Cuts,    // breaks off after the answer, instead of closing
};

class HttpHost {
public:
    // Listens at once. Machine and host outlive the world's running. `certificate` is one of SimTls; without
    // it there is no TLS.
    HttpHost(Machine& machine, const ServiceAddress& address, TlsFactory& tls, std::string certificate = {});
    ~HttpHost();
    HttpHost(const HttpHost&) = delete;
    HttpHost& operator=(const HttpHost&) = delete;

    std::string answer;  // header and all
    HttpManners manners = HttpManners::Plain;
    const std::vector<std::string>& requests() const { return requests_; }

    // An answer of 200 with such a body.
    static std::string ok(const std::string& body);

private:
    Task<void> accept_all();
    Task<void> converse(std::unique_ptr<Stream> stream);
    Task<bool> shake_hands(Stream& stream);
    Task<bool> read_request(Stream& stream);
    Task<void> drip(Stream& stream);

    Machine& machine_;
    TlsFactory& tls_;
    std::string certificate_;
    std::unique_ptr<Listener> listener_;
    std::vector<std::string> requests_;
};

}  // namespace cursus
