// A scripted policy service of Postfix's kind in the simulated world: says the same octets to everybody, and
// remembers who asked what.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/service_address.h"
#include "sim/machine.h"

namespace cursus {

enum class PolicyManners : std::uint8_t {
    Plain,     // answers, and waits for the next question
    Silent,    // reads the question and says nothing
    Drips,     // an octet of the answer a second
    Closes,    // answers, and ends the connection
    Leaves,    // ends the connection when the question has come
    Chatters,  // answers, and says it once more a little later
    Tires,     // answers, and ends the connection after ten seconds without a question
};

class PolicyHost {
public:
    // Listens at once. Machine and host outlive the world's running.
    PolicyHost(Machine& machine, const ServiceAddress& address);
    ~PolicyHost();
    PolicyHost(const PolicyHost&) = delete;
    PolicyHost& operator=(const PolicyHost&) = delete;

    std::string answer = "action=DUNNO\n\n";  // all its octets
    PolicyManners manners = PolicyManners::Plain;
    const std::vector<std::string>& questions() const { return questions_; }  // without their empty lines
    std::size_t connections() const { return connections_; }                  // ever made
    std::size_t open() const { return open_; }

private:
    Task<void> accept_all();
    Task<void> converse(std::unique_ptr<Stream> stream);
    Task<bool> answer_next(Stream& stream, Duration patience);

    Machine& machine_;
    std::unique_ptr<Listener> listener_;
    std::vector<std::string> questions_;
    std::size_t connections_ = 0, open_ = 0;
};

}  // namespace cursus
