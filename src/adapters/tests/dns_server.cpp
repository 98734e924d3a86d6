#include "adapters/tests/dns_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "adapters/socket_address.h"
#include "adapters/socket_handle.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr auto unbound_start_time_max = 20s;

// Knot as packaging/unpack-peers lays it out: never installed, its libraries beside it.
const std::string peer_files = CURSUS_PEERS;
const std::string knotd = peer_files + "/knot/usr/sbin/knotd";
const std::string keymgr = peer_files + "/knot/usr/sbin/keymgr";

std::string library_path() {
    std::string path = "LD_LIBRARY_PATH=";
    for (const char* package : {"libknot13", "libdnssec9", "libzscanner4"})
        path += peer_files + "/" + package + CURSUS_PEER_LIBRARIES ":";
    return path;
}

constexpr std::string_view root_zone = R"(
. 60 SOA ns. host. 1 60 60 60 30
. 60 NS ns.
ns. 60 A 127.0.0.1
alpha.example. 120 MX 10 MX1.alpha.example.
alpha.example. 120 MX 20 mx2.alpha.example.
mx1.alpha.example. 300 A 192.0.2.1
mx1.alpha.example. 300 AAAA 2001:db8::1
www.alpha.example. 60 CNAME mx1.alpha.example.
lost.alpha.example. 60 CNAME nowhere.alpha.example.
null.example. 60 MX 0 .
host.test. 60 A 192.0.2.3
1.0.0.127.in-addr.arpa. 60 PTR Localhost.alpha.example.
insecure.example. 60 NS ns.
bogus.example. 60 NS ns.
bogus.example. 60 DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000
broken.example. 60 NS ns.
)";

// The name stands for its zone: "insecure" for insecure.example.
std::string unsigned_zone(std::string_view name) {
    return fmt::format(
        "{0}.example. 60 SOA ns. host. 1 60 60 60 30\n{0}.example. 60 NS ns.\n{0}.example. 60 A 192.0.2.2\n",
        name);
}

// {0} is the directory, {1} the port.
constexpr std::string_view unbound_settings = R"(
server:
    rundir: "{0}"
    listen: 127.0.0.1@{1}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{0}/database"
policy:
  - id: own
    algorithm: ecdsap256sha256
    single-type-signing: on
template:
  - id: default
    storage: "{0}"
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: all
zone:
  - domain: "."
    file: root.zone
    dnssec-signing: on
    dnssec-policy: own
  - domain: insecure.example
    file: insecure.zone
  - domain: bogus.example
    file: bogus.zone
  - domain: broken.example
    file: missing.zone
)";

std::uint16_t free_port() {
    const SocketHandle probe(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const SocketAddress any = to_system(Endpoint{IpAddress::v4({127, 0, 0, 1}), 0});
    if (bind(probe.get(), any.get(), any.size) != 0) throw std::runtime_error("no free port");
    return local_endpoint_of(probe.get()).port;
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
    std::string text;
    std::array<char, 512> buffer;
    while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) text += buffer.data();
    return text;
}

}  // namespace

DnsServer::DnsServer() : endpoint_{IpAddress::v4({127, 0, 0, 1}), free_port()} {
    write_zones();
    write_settings();
    start();
    const auto until = std::chrono::steady_clock::now() + unbound_start_time_max;
    while (!answers()) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("knotd does not answer");
    }
    std::ofstream(trust_anchor()) << output_of(
        fmt::format("{} {} -c {}/knot.conf . dnskey", library_path(), keymgr, directory_.path()));
}

DnsServer::~DnsServer() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

void DnsServer::write_zones() const {
    std::ofstream(directory_.path() + "/root.zone") << root_zone;
    for (const std::string name : {"insecure", "bogus"}) {
        std::ofstream(directory_.path() + "/" + name + ".zone") << unsigned_zone(name);
    }
}

void DnsServer::write_settings() const {
    std::filesystem::create_directory(directory_.path() + "/database");
    std::ofstream(directory_.path() + "/knot.conf")
        << fmt::format(fmt::runtime(unbound_settings), directory_.path(), endpoint_.port);
}

void DnsServer::start() {
    const std::string path = directory_.path() + "/knot.conf", log = directory_.path() + "/log";
    std::array<const char*, 4> arguments{knotd.c_str(), "-c", path.c_str(), nullptr};
    std::string libraries = library_path();
    std::array<char*, 2> environment{libraries.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    const int error = posix_spawn(&process_, knotd.c_str(), &actions, nullptr,
                                  const_cast<char**>(arguments.data()), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::runtime_error(knotd + " cannot be started; packaging/unpack-peers build/peers brings it");
}

// Whether a question for the root's DNSKEY records brings some: signing is over then as well.
bool DnsServer::answers() const {
    const SocketHandle client(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const SocketAddress server = to_system(endpoint_);
    constexpr std::string_view question("\1\1\0\0\0\1\0\0\0\0\0\0\0\0\x30\0\1", 17);
    if (connect(client.get(), server.get(), server.size) != 0) return false;
    if (send(client.get(), question.data(), question.size(), 0) < 0) {
        std::this_thread::sleep_for(20ms);
        return false;
    }
    pollfd source{client.get(), POLLIN, 0};
    poll(&source, 1, 100);
    std::array<char, 512> reply;
    const ssize_t size = recv(client.get(), reply.data(), reply.size(), MSG_DONTWAIT);
    if (size < 0) std::this_thread::sleep_for(20ms);
    return size > 12 && (reply[3] & 0xf) == 0 && reply[7] != 0;
}

}  // namespace cursus
