#include "adapters/unbound_resolver.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "adapters/recent_answers.h"
#include "adapters/socket_handle.h"
#include "adapters/unbound_context.h"
#include "runtime/completion.h"

namespace cursus {

namespace {

using Answer = std::shared_ptr<const DnsAnswer>;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int class_internet = 1;

class UnboundResolver final : public Resolver {
public:
    explicit UnboundResolver(UnboundContext context);
    ~UnboundResolver() override;
    UnboundResolver(const UnboundResolver&) = delete;
    UnboundResolver& operator=(const UnboundResolver&) = delete;

    Task<Answer> resolve(std::string name, RecordType type) override;

private:
    using Key = std::pair<std::string, RecordType>;
    struct Question;
    using Questions = std::list<std::unique_ptr<Question>>;
    // Everyone who asks the same while nobody has been answered yet.
    struct Question {
        UnboundResolver* resolver;
        Key key;
        SteadyTime deadline;
        int lookup = -1;  // libunbound's number for it, -1: not started
        std::vector<Completion<Answer>*> waiters;
        Questions::iterator place;
    };

    Answer recent(const std::string& name, RecordType type);
    void ask(const std::string& name, RecordType type, Completion<Answer>& completion);
    void wake();
    // All below run on the owner thread.
    void own();
    int poll_time();
    void start_lookups();
    void expire(SteadyTime now);
    void finish(Question& question, const Answer& answer);
    static void answered(void* question, int error, ub_result* result);

    UnboundContext context_;
    SocketHandle wake_;
    std::mutex mutex_;  // guards what follows
    bool is_stopping_ = false;
    Questions open_;  // in the order of their deadlines
    std::map<Key, Question*> by_key_;
    std::vector<Question*> fresh_;  // to be started
    RecentAnswers recent_;
    std::thread owner_;
};

UnboundResolver::UnboundResolver(UnboundContext context)
    : context_(std::move(context)), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    owner_ = std::thread([this] { own(); });
    pthread_setname_np(owner_.native_handle(), "resolver");
}

UnboundResolver::~UnboundResolver() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake();
    owner_.join();
}

Task<Answer> UnboundResolver::resolve(std::string name, RecordType type) {
    if (Answer known = recent(name, type)) co_return known;
    Completion<Answer> completion;
    ask(name, type, completion);
    co_return co_await completion.wait();
}

Answer UnboundResolver::recent(const std::string& name, RecordType type) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    return recent_.find(name, type, now);
}

void UnboundResolver::ask(const std::string& name, RecordType type, Completion<Answer>& completion) {
    {
        const std::lock_guard lock(mutex_);
        Key key(name, type);
        const auto known = by_key_.find(key);
        if (known != by_key_.end()) {
            known->second->waiters.push_back(&completion);
            return;
        }
        auto question = std::make_unique<Question>();
        question->resolver = this;
        question->key = key;
        question->deadline = std::chrono::steady_clock::now() + dns_answer_time_max;
        question->waiters.push_back(&completion);
        fresh_.push_back(question.get());
        by_key_.emplace(std::move(key), question.get());
        open_.push_back(std::move(question));
        open_.back()->place = std::prev(open_.end());
    }
    wake();
}

void UnboundResolver::wake() {
    // A counter that is full already wakes as well.
    while (eventfd_write(wake_.get(), 1) != 0 && errno == EINTR) continue;
}

void UnboundResolver::own() {
    for (;;) {
        std::array<pollfd, 2> sources{pollfd{context_.fd(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
        poll(sources.data(), sources.size(), poll_time());
        eventfd_t ignored = 0;
        if (sources[1].revents != 0) eventfd_read(wake_.get(), &ignored);
        start_lookups();
        if (sources[0].revents != 0) context_.process();
        const std::unique_lock lock(mutex_);
        if (is_stopping_) break;
    }
    expire(SteadyTime::max());
}

// Milliseconds until the oldest question must be given up; -1: there is none.
int UnboundResolver::poll_time() {
    const auto now = std::chrono::steady_clock::now();
    expire(now);
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return 0;
    if (open_.empty()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(open_.front()->deadline - now);
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void UnboundResolver::start_lookups() {
    std::vector<Question*> fresh;
    {
        const std::lock_guard lock(mutex_);
        fresh.swap(fresh_);
    }
    for (Question* const question : fresh) {
        const auto& [name, type] = question->key;
        const int error =
            ub_resolve_async(context_.get(), name.empty() ? "." : name.c_str(), static_cast<int>(type),
                             class_internet, question, &UnboundResolver::answered, &question->lookup);
        if (error != 0) finish(*question, failed_answer(name, ub_strerror(error)));
    }
}

void UnboundResolver::expire(SteadyTime now) {
    for (;;) {
        Question* oldest = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (open_.empty() || open_.front()->deadline > now) return;
            oldest = open_.front().get();
            std::erase(fresh_, oldest);
        }
        if (oldest->lookup != -1) ub_cancel(context_.get(), oldest->lookup);
        finish(*oldest, failed_answer(oldest->key.first, "no answer in time"));
    }
}

void UnboundResolver::finish(Question& question, const Answer& answer) {
    std::unique_ptr<Question> mine;
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        recent_.keep(question.key.first, question.key.second, answer, now);
        by_key_.erase(question.key);
        mine = std::move(*question.place);
        open_.erase(question.place);
    }
    for (Completion<Answer>* const waiter : mine->waiters) waiter->complete(answer);
}

void UnboundResolver::answered(void* asked, int error, ub_result* result) {
    auto& question = *static_cast<Question*>(asked);
    const std::unique_ptr<ub_result, void (*)(ub_result*)> owned(result, &ub_resolve_free);
    const Answer answer = error != 0 || result == nullptr
                              ? failed_answer(question.key.first, ub_strerror(error))
                              : answer_from(question.key.first, *result);
    question.resolver->finish(question, answer);
}

}  // namespace

Result<std::unique_ptr<Resolver>, std::string> make_unbound_resolver(const ResolverSettings& settings) {
    TRY(context, UnboundContext::make(settings));
    return std::make_unique<UnboundResolver>(std::move(context));
}

}  // namespace cursus
