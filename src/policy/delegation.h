// Asks a policy service of Postfix's kind, of one server or several.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/advisor.h"
#include "policy/kept_connections.h"
#include "runtime/server_pool.h"

namespace cursus {

// From any reactor. Its end may come on any thread, when nobody is asking.
class Delegation final : public Advisor {
public:
    Delegation(World& world, std::vector<ServiceAddress> servers);
    ~Delegation() override;
    Delegation(const Delegation&) = delete;
    Delegation& operator=(const Delegation&) = delete;

    // Of the servers each is asked once, and it is over with the first one that answers.
    Task<Result<Advice, std::string>> ask(Reactor& here, Facts facts, Instant deadline) override;

private:
    struct Question;
    KeptConnections& kept_at(const Reactor& here);
    Task<Result<std::string, std::string>> answer_to(Question& question);
    Task<bool> try_kept(Question& question);
    Task<bool> try_connection(Question& question, PolicyConnection connection);
    Instant turn_of(const Question& question) const;

    World& world_;
    ServerPool pool_;
    std::vector<std::shared_ptr<KeptConnections>> kept_;  // for each reactor
};

}  // namespace cursus
