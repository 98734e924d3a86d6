#include "adapters/tests/dovecot_server.h"

#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr auto dovecot_start_time_max = 60s;

constexpr std::string_view configuration = R"(base_dir = {0}/run
state_dir = {0}/state
log_path = {0}/log
protocols =
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = daemon
auth_mechanisms = plain login scram-sha-1 scram-sha-256 cram-md5 anonymous
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {0}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
)";

}  // namespace

DovecotServer::DovecotServer() {
    const std::string& directory = directory_.path();
    chmod(directory.c_str(), 0755);
    std::filesystem::create_directory(directory + "/state");
    std::ofstream(directory + "/dovecot.conf") << fmt::format(configuration, directory);
    std::ofstream(directory + "/users") << fmt::format(
        "ann@alpha.example:{{PLAIN}}{0}\noff@alpha.example:{{PLAIN}}{0}::::::nologin=y\n", password);
    chmod((directory + "/users").c_str(), 0644);
    start();
}

void DovecotServer::start() {
    const std::string& peers = peers_directory();
    const std::string layers =
        fmt::format("ro,lowerdir={0}/dovecot-core/usr:{0}/libexttextcat-2.0-0/usr:/usr", peers);
    process_.start({"/usr/bin/unshare", "-m", "/bin/sh", "-c",
                    R"(mount -t overlay overlay -o "$1" /usr && exec dovecot -F -c "$2")", "sh", layers,
                    directory_.path() + "/dovecot.conf"},
                   directory_.path() + "/output", "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    const auto until = std::chrono::steady_clock::now() + dovecot_start_time_max;
    while (!std::filesystem::exists(socket())) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("dovecot does not answer");
        std::this_thread::sleep_for(50ms);
    }
}

void DovecotServer::stop() {
    process_.stop(SIGTERM);
    std::error_code error;
    std::filesystem::remove(socket(), error);
}

}  // namespace cursus
