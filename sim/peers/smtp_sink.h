// A scripted SMTP server of the simulated world: takes mail, remembers it, and misbehaves as it is told.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/service_address.h"
#include "mail/dialect.h"
#include "sim/fault_plan.h"
#include "sim/machine.h"
#include "sim/peers/line_stream.h"

namespace cursus {

// Where in the dialogue something goes wrong.
enum class SinkStage : std::uint8_t { Greeting, Ehlo, Mail, Rcpt, Data, Body, FinalDot };

enum class SinkAction : std::uint8_t {
    Reply,  // the given reply instead of the usual one; a 421 closes the connection, and so does any at
            // Body, where it is said after half a kilobyte
    Reset,  // at Body: after half a kilobyte. At FinalDot: the message is kept, and nobody is told
    ResetForgetting,  // the same, but at FinalDot the message is not kept
    Silence,          // says nothing more
    Drip,             // the usual reply, one byte in ten seconds
};

struct SinkTrouble {
    SinkStage stage;
    SinkAction action;
    std::string reply = {};  // "421 4.3.2 Going down": a line without CRLF
    Window window = {};
    std::uint64_t one_in = 1;  // how often, at random
};

struct SinkBehaviour {
    std::vector<SinkTrouble> troubles = {};  // the first that applies counts
    std::optional<Duration> greylist = {};   // a (client, sender, recipient) not seen before waits that long
    std::set<std::string> unknown = {};      // recipients, as they stand between the brackets: 550 5.1.1
    std::set<std::string> full = {};         // recipients that get 452 4.2.2
    bool esmtp = true, pipelining = true, smtputf8 = true;
    std::vector<std::string> extensions = {};    // further ones that EHLO announces, whatever they promise
    std::optional<std::uint64_t> size_max = {};  // announced, and enforced
    std::string tls_certificate = {};            // path; empty: no STARTTLS
    std::string login = {};  // "AUTH PLAIN ...": the one line that lets clients in; empty: everybody is in
    // LMTP: what is said of these recipients after the message; "": the connection breaks instead.
    std::map<std::string, std::string> final_replies = {};
};

// A message at the moment the sink took responsibility for it, or would have.
struct SunkMessage {
    enum class Answer : std::uint8_t {
        None,       // kept, but the connection broke before a reply left
        Sent,       // a 250 left; whether the client saw it is unknown
        Confirmed,  // the client said something more after the 250 (QUIT at least): it knows. One that only
                    // closes the connection may have stopped waiting for a 250 that was on its way
    };
    Instant at{};
    IpAddress client;
    std::string sender;                   // without brackets
    std::vector<std::string> recipients;  // without brackets
    std::string text;                     // CRLF lines, dots unstuffed
    bool tls = false;
    Answer answer = Answer::None;
    Instant began{};              // its MAIL came
    std::string mail_parameters;  // what stood behind its path
};

// A connection made to the sink, for scenarios that look at when the program tries.
struct SinkVisit {
    Instant at{};
    IpAddress client;
};

class SmtpSink {
public:
    static constexpr Duration patience = std::chrono::minutes{10};  // RFC 5321 §4.5.3.2.7 asks for five

    // Listens at once. Machine and sink outlive the world's running.
    SmtpSink(Machine& machine, const ServiceAddress& address, std::string name, SinkBehaviour behaviour,
             std::uint64_t seed, TlsFactory& tls, Dialect dialect = Dialect::Smtp);
    ~SmtpSink();
    SmtpSink(const SmtpSink&) = delete;
    SmtpSink& operator=(const SmtpSink&) = delete;

    SinkBehaviour& behaviour() { return behaviour_; }
    const std::string& name() const { return name_; }
    const std::vector<SunkMessage>& messages() const { return messages_; }
    const std::vector<SinkVisit>& visits() const { return visits_; }
    std::size_t logins() const { return logins_; }  // attempts
    // How many messages for the recipient were taken so that the client may know.
    std::size_t count_for(const std::string& recipient) const;

private:
    friend class SinkSession;
    Task<void> accept_all();
    Task<void> converse(std::unique_ptr<Stream> stream);
    std::optional<SinkTrouble> trouble_at(SinkStage stage);
    bool is_greylisted(const IpAddress& client, const std::string& sender, const std::string& recipient);

    Machine& machine_;
    std::string name_;
    SinkBehaviour behaviour_;
    SimRandom random_;
    TlsFactory& tls_;
    Dialect dialect_;
    std::unique_ptr<Listener> listener_;
    std::vector<SunkMessage> messages_;
    std::vector<SinkVisit> visits_;
    std::size_t logins_ = 0;
    std::map<std::string, Instant> first_seen_;  // by "client sender recipient"
};

}  // namespace cursus
