#include "adapters/tests/peer_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace cursus {
namespace {

constexpr uid_t nobody = 65534;

pid_t spawn(const std::vector<std::string>& command, const std::string& log, const std::string& environment) {
    std::vector<char*> arguments;
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/bin:/bin", locale = "LC_ALL=C", own = environment;
    std::array<char*, 4> variables{path.data(), locale.data(), own.empty() ? nullptr : own.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t process = -1;
    const int error =
        posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::runtime_error(command[0] +
                                 " cannot be started; packaging/unpack-peers build/peers brings it");
    return process;
}

}  // namespace

std::string peers_directory() {
    return CURSUS_PEERS;
}

std::vector<std::string> as_nobody(std::vector<std::string> command) {
    if (geteuid() != 0) return command;
    std::vector<std::string> all{"/usr/bin/setpriv",
                                 "--reuid=65534",
                                 "--regid=65534",
                                 "--clear-groups",
                                 "--inh-caps=+dac_override",
                                 "--ambient-caps=+dac_override"};
    std::ranges::move(command, std::back_inserter(all));
    return all;
}

void give_to_nobody(const std::string& path) {
    if (geteuid() == 0 && chown(path.c_str(), nobody, nobody) != 0)
        throw std::runtime_error(path + " cannot be given away");
}

int run_to_end(const std::vector<std::string>& command, const std::string& log) {
    int status = -1;
    const pid_t process = spawn(command, log, "");
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void PeerProcess::start(const std::vector<std::string>& command, const std::string& log,
                        const std::string& environment) {
    process_ = spawn(command, log, environment);
}

void PeerProcess::stop(int signal) {
    if (process_ <= 0) return;
    kill(process_, signal);
    waitpid(std::exchange(process_, -1), nullptr, 0);
}

}  // namespace cursus
