// What an HTTP server answers: bounded in size and time, whatever it says and in whatever way.
#include "fuzz/fuzz.h"
#include "http/http_client.h"
#include "sim/peers/http_host.h"
#include "sim/world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    if (size == 0) return 0;
    SimWorld sim;
    sim.tls().put_certificate("/host.pem", {"host.example", ""});
    sim.dns().address("host.example", {"203.0.113.8"});
    HttpHost host(sim.machine("203.0.113.8"), Endpoint{*IpAddress::parse("203.0.113.8"), 443}, sim.tls(),
                  "/host.pem");
    host.answer.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
    host.manners = data[0] % 2 == 0 ? HttpManners::Plain : HttpManners::Cuts;
    const HttpLimits limits{.time = std::chrono::seconds{10}, .answer_bytes = 1'000};
    HttpClient client(sim.world(), sim.tls().client({.verify = TlsVerify::Name, .trusted_roots = {}}).value(),
                      limits);
    HttpRequest request;
    request.url = HttpUrl::parse("https://host.example/").value();
    const Instant began = sim.now();
    const auto answer = sim.run(client.ask(std::move(request)));
    fuzz::require(sim.now() - began <= limits.time + std::chrono::seconds{2});
    if (!answer) return fuzz::require(!answer.error().empty()), 0;
    fuzz::require(answer->body.size() <= limits.answer_bytes && answer->body.size() < size);
    fuzz::require(answer->status >= 100 && answer->status <= 999);
    return 0;
}
