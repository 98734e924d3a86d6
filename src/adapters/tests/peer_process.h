// A real program beside the test, as packaging/unpack-peers lays it out: never installed.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace cursus {

std::string peers_directory();  // of the unpacked packages, one directory each

// To be run as nobody when the test is root: some programs refuse to be. It may read what root may, since the
// repository can lie where nobody else reads.
std::vector<std::string> as_nobody(std::vector<std::string> command);
void give_to_nobody(const std::string& path);  // when the test is root; the path alone

int run_to_end(const std::vector<std::string>& command, const std::string& log);  // its exit status

class PeerProcess {
public:
    PeerProcess() = default;
    ~PeerProcess() { stop(); }
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    // Throws when it cannot. Output goes to the end of `log`.
    void start(const std::vector<std::string>& command, const std::string& log,
               const std::string& environment = "");
    void stop(int signal = 9);  // and waits for its end

private:
    pid_t process_ = -1;
};

}  // namespace cursus
