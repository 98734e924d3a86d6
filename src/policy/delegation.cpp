#include "policy/delegation.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "policy/policy_action.h"
#include "policy/policy_protocol.h"
#include "runtime/run_later.h"

namespace cursus {
namespace {

struct Unanswered {
    std::string why;
    bool was_closed;  // before a word was said
};

Task<Result<void, Unanswered>> exchange_question(Stream& stream, std::string_view question,
                                                 PolicyAnswerReader& reader, Instant deadline) {
    const auto sent = co_await stream.write(question, deadline);
    if (!sent)
        co_return failure(
            Unanswered{std::string(describe(sent.error())), sent.error() == StreamError::Reset});
    std::array<char, policy_answer_octets_max> buffer;
    while (!reader.is_whole()) {
        const auto got = co_await stream.read_some(buffer, deadline);
        if (!got) {
            const bool is_gone = got.error() == StreamError::Closed || got.error() == StreamError::Reset;
            co_return failure(Unanswered{std::string(describe(got.error())), is_gone && reader.is_empty()});
        }
        const auto taken = reader.take({buffer.data(), *got});
        if (!taken) co_return failure(Unanswered{taken.error(), false});
    }
    co_return Result<void, Unanswered>();
}

}  // namespace

struct Delegation::Question {
    Reactor& here;
    std::string instance, text;
    Instant deadline;
    std::vector<std::size_t> failed = {};  // servers that had their chance
    std::string why = {};                  // of each of them
    std::string action = {}, answered_by = {};

    std::string failures_and(std::string_view last, std::size_t servers) const {
        if (why.empty()) return std::string(last);
        return failed.size() == servers ? why : fmt::format("{}; {}", why, last);
    }
};

Delegation::Delegation(World& world, std::vector<ServiceAddress> servers)
    : world_(world), pool_(std::move(servers)) {
    for (Reactor* const reactor : world_.reactors)
        kept_.push_back(std::make_shared<KeptConnections>(reactor->clock()));
}

// Connections end on the reactor they live on.
Delegation::~Delegation() {
    for (std::size_t i = 0; i < kept_.size(); ++i)
        run_later(world_.reactors[i]->executor(), [kept = std::move(kept_[i])] {});
}

KeptConnections& Delegation::kept_at(const Reactor& here) {
    const auto place = std::ranges::find(world_.reactors, &here) - world_.reactors.begin();
    return *kept_[static_cast<std::size_t>(place)];
}

Task<Result<Advice, std::string>> Delegation::ask(Reactor& here, Facts facts, Instant deadline) {
    Question question{here, policy_instance(facts), policy_question(facts), deadline};
    CO_TRY(action, co_await answer_to(question));
    auto advice = parse_policy_action(action);
    if (!advice) co_return failure(fmt::format("{}: {}", question.answered_by, advice.error()));
    co_return advice;
}

Task<Result<std::string, std::string>> Delegation::answer_to(Question& question) {
    const bool was_ready = co_await try_kept(question);
    if (was_ready) co_return question.action;
    while (true) {
        auto lent = co_await pool_.connect(question.here, question.deadline, question.failed);
        if (!lent) co_return failure(question.failures_and(lent.error(), pool_.size()));
        PolicyConnection fresh{std::move(lent->stream), lent->server, question.here.clock().now(), {}};
        const bool is_answered = co_await try_connection(question, std::move(fresh));
        if (is_answered) co_return question.action;
    }
}

Task<bool> Delegation::try_kept(Question& question) {
    auto kept = kept_at(question.here).take(question.instance);
    if (!kept) co_return false;
    co_return co_await try_connection(question, *std::move(kept));
}

Task<bool> Delegation::try_connection(Question& question, PolicyConnection connection) {
    PolicyAnswerReader reader;
    const bool was_kept = !connection.instance.empty();
    const Instant turn = turn_of(question);
    const auto heard = co_await exchange_question(*connection.stream, question.text, reader, turn);
    if (!heard && was_kept && heard.error().was_closed) co_return false;  // it had only lost its patience
    const std::string name = pool_.name(connection.server);
    if (!heard) {
        pool_.failed(connection.server, question.here.clock().now());
        question.failed.push_back(connection.server);
        question.why += fmt::format("{}{}: {}", question.why.empty() ? "" : "; ", name, heard.error().why);
        co_return false;
    }
    pool_.worked(connection.server);
    question.action = reader.action();
    question.answered_by = name;
    connection.instance = question.instance;
    if (!reader.has_more()) kept_at(question.here).keep(std::move(connection));
    co_return true;
}

// One that does not answer leaves the others time to.
Instant Delegation::turn_of(const Question& question) const {
    const Instant now = question.here.clock().now();
    const bool is_last = question.failed.size() + 1 >= pool_.size();
    return is_last ? question.deadline : now + (question.deadline - now) / 2;
}

}  // namespace cursus
