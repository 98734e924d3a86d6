// A scripted scanner of the simulated world: reads what it is asked, says the same octets to everybody or
// what it is made to think of the question, and misbehaves as it is told.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/service_address.h"
#include "sim/machine.h"

namespace cursus {

enum class ScannerManners : std::uint8_t {
    Plain,    // reads `reads` octets, says its answer and closes
    Stays,    // the same, and leaves the connection open without reading on
    Resets,   // the same, and breaks the connection
    Silent,   // reads all there is and says nothing
    Deaf,     // reads nothing and says nothing
    Drips,    // an octet of the answer a second
    Endless,  // says the answer again and again
    HangsUp,  // closes as soon as somebody comes
};

class ScannerHost {
public:
    // Listens at once. Machine and host outlive the world's running. A local socket is the program's own
    // machine's.
    ScannerHost(Machine& machine, const ServiceAddress& address);
    ~ScannerHost();
    ScannerHost(const ScannerHost&) = delete;
    ScannerHost& operator=(const ScannerHost&) = delete;

    std::string answer;
    // How much of what it is asked it reads before it answers. All of it, where the end of its question is
    // `reads_until`.
    std::size_t reads = 0;
    std::string reads_until;
    // Instead, where what it says depends on what it is asked: whether that is all of the question, and the
    // answer to it.
    std::function<bool(const std::string& question)> is_whole;
    std::function<std::string(const std::string& question)> answer_to;
    ScannerManners manners = ScannerManners::Plain;
    Duration thinks_for{};  // before it answers

    std::size_t connections() const { return connections_; }
    const std::vector<std::string>& questions() const { return questions_; }  // as far as they were read

private:
    Task<void> accept_all();
    Task<void> converse(std::unique_ptr<Stream> stream);
    Task<void> read_question(Stream& stream, std::string& question);
    Task<void> say_all(Stream& stream, std::string said);
    bool is_read(const std::string& question) const;

    Machine& machine_;
    std::unique_ptr<Listener> listener_;
    std::size_t connections_ = 0;
    std::vector<std::string> questions_;
};

}  // namespace cursus
