// One question, put to the servers of a pool one after the other until one answers.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "runtime/server_pool.h"
#include "scan/recall.h"
#include "scan/verdict.h"

namespace cursus {

struct Unanswered {
    enum class Blame : std::uint8_t { Server, Ourselves };  // we cannot read our own message: ask no other
    std::string why;
    Blame blame = Blame::Server;
};
inline std::unexpected<Unanswered> unanswered(std::string why) {
    return failure(Unanswered{std::move(why)});
}
inline std::unexpected<Unanswered> unreadable(std::string why) {
    return failure(Unanswered{std::move(why), Unanswered::Blame::Ourselves});
}

template <class Answer>
class ScanQuestion {
public:
    virtual ~ScanQuestion() = default;
    // On a fresh connection, which is not used for anything else. It is over at the deadline at the latest.
    virtual Task<Result<Answer, Unanswered>> put(Stream& stream, Instant deadline) = 0;
};

// Each server is asked once at most, and has an equal share of the time that is left to it and those after
// it: a first one of two that stalls leaves half of the time to the second, one that refuses at once all of
// it. `scanner` is the name of its kind, for people. Pool, question and recall outlive the task.
template <class Answer>
Task<Result<Answer, ScanTrouble>> ask_in_turn(Reactor& here, ServerPool& pool, ScanQuestion<Answer>& question,
                                              Recall& recall, std::string_view scanner, Duration timeout) {
    const Instant deadline = here.clock().now() + timeout;
    std::string why;
    std::size_t left = pool.size();
    for (const std::size_t server : pool.order(here.clock().now())) {
        if (recall.is_called_off()) break;
        const Instant now = here.clock().now();
        const Instant turn = now + std::max(deadline - now, Duration::zero()) / static_cast<int>(left--);
        const std::string_view before = why.empty() ? "" : "; ";
        auto stream = co_await pool.connect_to(here, server, turn);
        if (!stream) {
            why += fmt::format("{}{}", before, stream.error());
            continue;
        }
        const Recall::Use use(recall, **stream);
        auto answer = co_await question.put(**stream, turn);
        if (recall.is_called_off()) {
            pool.called_off(server, here.clock().now());
            break;
        }
        if (answer) {
            pool.worked(server);
            co_return *std::move(answer);
        }
        if (answer.error().blame == Unanswered::Blame::Ourselves)
            co_return failure(ScanTrouble{std::move(answer.error().why)});
        pool.failed(server, here.clock().now());
        why += fmt::format("{}{}: {}", before, pool.name(server), answer.error().why);
    }
    if (recall.is_called_off())
        co_return failure(ScanTrouble{fmt::format("{}: nobody waits for it", scanner)});
    co_return failure(ScanTrouble{fmt::format("{}: {}", scanner, why)});
}

// What a server says, from its stream into a reader, until the reader has all it wants.
template <class Reader>
Task<Result<void, std::string>> hear(Stream& stream, Reader& reader, Instant deadline) {
    std::array<char, 4096> buffer;
    while (!reader.is_whole()) {
        const auto got = co_await stream.read_some(buffer, deadline);
        if (!got) {
            if (got.error() == StreamError::Closed) co_return reader.end();
            co_return failure(std::string(describe(got.error())));
        }
        CO_TRY_VOID(reader.take({buffer.data(), *got}));
    }
    co_return Result<void, std::string>();
}

}  // namespace cursus
