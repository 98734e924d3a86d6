#include "adapters/deputy_client.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "adapters/deputy_job.h"
#include "adapters/passed_descriptors.h"
#include "base/wipe.h"
#include "runtime/task_group.h"

namespace cursus {

namespace {

using namespace std::chrono_literals;

constexpr Duration beyond_a_jobs_time = 1min;  // then the deputy itself is not as it should be
constexpr Duration send_pause = 10ms;
constexpr Duration send_time_max = 1min;

std::string how_it_ended(pid_t process) {
    int status = 0;
    if (waitpid(process, &status, WNOHANG) != process) return "has ended";
    if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
    return fmt::format("has ended with status {}", WEXITSTATUS(status));
}

// The two ends of a reply's way: the job writes to one and waits, the client reads from the other and does
// not.
struct ReplyWay {
    SocketHandle read{-1}, write{-1};
};

Result<ReplyWay, std::string> make_reply_way() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failure("making a socket for the deputy: " + std::system_category().message(errno));
    ReplyWay way{SocketHandle(ends[0]), SocketHandle(ends[1])};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return way;
}

std::string text_of(StreamError error) {
    if (error == StreamError::TimedOut) return "the deputy gives no answer";
    return "not done, since the server stops";
}

}  // namespace

DeputyClient::DeputyClient(RealReactor& home, DeputyLink link, ContentPlace place)
    : home_(home),
      link_(std::move(link)),
      place_(std::move(place)),
      slots_(deputy_jobs_max, deputy_jobs_per_user_max),
      questions_(deputy_questions_max, deputy_questions_max) {
    home_.loop().watch(link_.socket.get(), 0, EPOLLIN, *this);
}

DeputyClient::~DeputyClient() {
    link_.socket.close();
    waitpid(link_.process, nullptr, 0);
}

std::string DeputyClient::why_absent() const {
    const std::lock_guard lock(mutex_);
    return why_absent_;
}

void DeputyClient::absent(std::string why) {
    const std::lock_guard lock(mutex_);
    if (why_absent_.empty()) why_absent_ = std::move(why);
}

// The deputy says nothing on this socket: that it can be read means that the other end is closed.
void DeputyClient::became_ready() {
    home_.loop().watch(link_.socket.get(), EPOLLIN, 0, *this);
    absent(fmt::format(
        "the deputy, the process that acts as other users, {}; only root can start it again: restart "
        "the server",
        how_it_ended(link_.process)));
    if (told_) told_(why_absent());
}

void DeputyClient::call_off() {
    absent("not done, since the server stops");
    home_.loop().post([this] {
        for (Descriptor* const descriptor : waiting_) descriptor->cancel();
    });
}

Task<Result<void, std::string>> DeputyClient::send(const std::string& packet, std::vector<int> descriptors) {
    const Instant until = home_.now() + send_time_max;
    for (;;) {
        const int error = send_packet(link_.socket.get(), packet, descriptors);
        if (error == 0) co_return Result<void, std::string>();
        if (error != EAGAIN || home_.now() >= until)
            co_return failure("the deputy cannot be told: " + std::system_category().message(error));
        co_await home_.sleep_for(send_pause);  // the jobs that have just answered are being put away
    }
}

Task<DeputyClient::Answer> DeputyClient::receive(Descriptor& from, Instant deadline) {
    std::string text;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const ssize_t got = ::read(from.fd(), buffer.data(), buffer.size());
        if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
        const bool is_over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
        if (is_over || text.size() > deputy_reply_bytes_max) break;
        if (got >= 0 || errno == EINTR) continue;
        const auto ready = co_await from.wait(Readiness::ToRead, deadline);
        if (!ready) co_return failure(text_of(ready.error()));
    }
    if (text.empty())
        co_return failure("the deputy's job ended without an answer: it was killed, or out of time");
    co_return decode_deputy_reply(text);
}

Task<void> DeputyClient::exchange(const DeputyRequest& request, int content, Answer& answer) {
    auto way = make_reply_way();
    if (!way) {
        answer = failure(std::move(way).error());
        co_return;
    }
    std::vector<int> descriptors{way->write.get()};
    if (content >= 0) descriptors.push_back(content);
    std::string packet = encode(request);
    const WipedAtEnd wiped(packet);
    if (packet.size() > deputy_request_bytes_max) {
        answer = failure("too long for the deputy");
        co_return;
    }
    const auto sent = co_await send(packet, std::move(descriptors));
    if (!sent) {
        answer = failure(sent.error());
        co_return;
    }
    way->write.close();
    const Instant deadline = home_.now() + job_time_max(request.work) + beyond_a_jobs_time;
    Descriptor from(home_, way->read.release());
    waiting_.insert(&from);
    if (!why_absent().empty()) from.cancel();  // called off meanwhile
    answer = co_await receive(from, deadline);
    waiting_.erase(&from);
    from.close();
}

Task<DeputyClient::Answer> DeputyClient::ask(const DeputyRequest& request, int content) {
    std::string why = why_absent();
    if (!why.empty()) co_return failure(std::move(why));
    Answer answer;
    co_await run_on(home_.executor(), exchange(request, content, answer));
    // When it is gone, that is why there was no answer.
    why = why_absent();
    if (!answer && !why.empty()) co_return failure(std::move(why));
    co_return answer;
}

Task<Result<std::optional<OwnersFile>, std::string>> DeputyClient::read(SystemUser user, std::string path) {
    const DeputyRequest request{user.name, user.uid, ReadOrder{path}};
    std::string refusal = refusal_of(request);
    if (!refusal.empty()) co_return failure(std::move(refusal));
    co_await slots_.take(user.uid);
    const DeputySlots::Slot slot(slots_, user.uid);
    const auto answer = co_await ask(request, -1);
    if (!answer) co_return failure(fmt::format("reading {}: {}", path, answer.error()));
    const auto* reply = std::get_if<ReadReply>(&*answer);
    if (reply == nullptr) co_return failure("the deputy answers what was not asked");
    if (reply->outcome == ReadOutcome::Failed) co_return failure(reply->text);
    if (reply->outcome == ReadOutcome::NotThere) co_return std::nullopt;
    co_return OwnersFile{std::move(path), reply->text};
}

Task<DeputyResult> DeputyClient::deliver(SystemUser user, DeputyOrder order, Content& content) {
    DeputyWork work = std::visit([](auto& given) { return DeputyWork(std::move(given)); }, order);
    const DeputyRequest request{user.name, user.uid, std::move(work)};
    std::string refusal = refusal_of(request);
    if (!refusal.empty()) co_return DeputyResult{DeputyOutcome::Later, std::move(refusal)};
    co_await slots_.take(user.uid);
    const DeputySlots::Slot slot(slots_, user.uid);
    std::string why = why_absent();
    if (!why.empty()) co_return DeputyResult{DeputyOutcome::Later, std::move(why)};
    const auto message = co_await content_file(content, place_);
    if (!message) co_return DeputyResult{DeputyOutcome::Later, message.error()};
    const auto answer = co_await ask(request, message->get());
    if (!answer) co_return DeputyResult{DeputyOutcome::Later, answer.error()};
    const auto* result = std::get_if<DeputyResult>(&*answer);
    if (result == nullptr)
        co_return DeputyResult{DeputyOutcome::Later, "the deputy answers what was not asked"};
    co_return *result;
}

Task<Result<PamAnswer, std::string>> DeputyClient::ask_pam(PamQuestion question) {
    DeputyRequest request{"", 0, std::move(question)};
    std::string refusal = refusal_of(request);
    if (!refusal.empty()) co_return failure(std::move(refusal));
    co_await questions_.take(request.uid);
    const DeputySlots::Slot slot(questions_, request.uid);
    const auto answer = co_await ask(request, -1);
    forget_secrets(request);
    if (!answer) co_return failure(fmt::format("asking PAM: {}", answer.error()));
    const auto* reply = std::get_if<PamReply>(&*answer);
    if (reply == nullptr) co_return failure("the deputy answers what was not asked");
    if (reply->outcome == PamOutcome::Failed) co_return failure(reply->text);
    if (reply->outcome == PamOutcome::May) co_return PamAnswer{true, reply->text, {}};
    co_return PamAnswer{false, {}, reply->text};
}

}  // namespace cursus
