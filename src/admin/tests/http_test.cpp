#include "admin/http.h"

#include <gtest/gtest.h>

#include <array>

#include "http/percent.h"
#include "http/read_message.h"
#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

constexpr auto http_patience = std::chrono::seconds{30};

// A server that answers every request with what it understood of it.
Task<void> serve_once(Network& network, Clock& clock) {
    auto listener = network.listen_local("/run/admin.sock", 0600).value();
    auto accepted = co_await listener->accept();
    auto stream = std::move(accepted).value();
    const auto deadline = clock.now() + http_patience;
    auto request = co_await read_request(*stream, deadline);
    HttpResponse response;
    if (request) {
        response.body = request->path;
        for (const auto& [key, value] : request->query) response.body += "|" + key + "=" + value;
    } else {
        response = request.error();
    }
    co_await write_response(*stream, std::move(response), clock.now() + http_patience);
}

class Http : public testing::Test {
protected:
    // What the server answers to these octets of a request.
    std::string raw(std::string request) {
        std::string answer;
        sim_.run(both(exchange(std::move(request), answer)));
        return answer;
    }

    Result<HttpResponse, std::string> call(std::string target) {
        Result<HttpResponse, std::string> answer = failure(std::string("none"));
        sim_.run(both(ask(std::move(target), answer)));
        return answer;
    }

private:
    Task<void> both(Task<void> client) {
        TaskGroup group(sim_.executor());
        group.spawn(serve_once(sim_.network(), sim_.clock()));
        group.spawn(std::move(client));
        co_await group.join();
    }
    Task<std::unique_ptr<Stream>> connected() {
        while (true) {
            auto stream =
                co_await sim_.network().connect_local("/run/admin.sock", sim_.clock().now() + http_patience);
            if (stream) co_return *std::move(stream);
            co_await sim_.clock().sleep_for(std::chrono::milliseconds{1});
        }
    }
    Task<void> exchange(std::string request, std::string& answer) {
        const auto stream = co_await connected();
        const auto deadline = sim_.clock().now() + 3 * http_patience;  // longer than the server
        co_await stream->write(request, deadline);
        std::array<char, 1000> buffer;
        while (true) {
            const auto read = co_await stream->read_some(buffer, deadline);
            if (!read) co_return;
            answer.append(buffer.data(), *read);
        }
    }
    Task<void> ask(std::string target, Result<HttpResponse, std::string>& answer) {
        const auto stream = co_await connected();
        answer = co_await http_call(*stream, AdminMethod::Get, std::move(target),
                                    sim_.clock().now() + http_patience);
    }

    SimWorld sim_{7};
};

TEST_F(Http, carries_a_call_with_its_query_both_ways) {
    const auto answer = call("/v1/queue?domain=" + percent_encoded("müller & söhne") + "&from=00ff&flag");
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->status, 200u);
    EXPECT_EQ(answer->type, "application/json");
    EXPECT_EQ(answer->body, "/v1/queue|domain=müller & söhne|flag=|from=00ff");
}

TEST_F(Http, refuses_what_is_not_http) {
    EXPECT_EQ(raw("MAIL FROM:<a@b.example>\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
}

TEST_F(Http, refuses_a_broken_escape_and_a_target_that_is_no_path) {
    EXPECT_EQ(raw("GET /v1?a=%zz HTTP/1.1\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
    EXPECT_EQ(raw("GET x HTTP/1.1\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
}

// The answer may be lost with the octets that nobody read any more: TCP resets such a connection.
TEST_F(Http, cuts_off_a_header_without_end) {
    const auto answer = raw("GET / HTTP/1.1\r\nX: " + std::string(2 * http_header_bytes_max, 'x'));
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400")) << answer;
}

TEST_F(Http, does_not_wait_for_ever_for_a_request) {
    EXPECT_EQ(raw("GET / HT").substr(0, 12), "HTTP/1.1 400");
}

}  // namespace
}  // namespace cursus
