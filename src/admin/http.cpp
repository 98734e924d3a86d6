#include "admin/http.h"

#include <fmt/format.h>
#include <array>
#include <boost/beast/http.hpp>
#include <optional>

#include "http/percent.h"
#include "http/read_message.h"

namespace cursus {
namespace {

namespace http = boost::beast::http;

Result<AdminRequest, HttpResponse> parse_target(AdminMethod method, std::string_view target) {
    const HttpResponse bad{400, "text/plain", "The request's target is malformed.\n"};
    AdminRequest request{method, {}, {}};
    const auto question = target.find('?');
    auto path = percent_decoded(target.substr(0, question));
    if (!path || !path->starts_with('/')) return failure(bad);
    request.path = *std::move(path);
    std::string_view rest = question == std::string_view::npos ? "" : target.substr(question + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const auto equals = pair.find('=');
        auto key = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        if (!key || !value) return failure(bad);
        request.query[*std::move(key)] = *std::move(value);
    }
    return request;
}

AdminMethod method_of(http::verb verb) {
    switch (verb) {
        case http::verb::get:
            return AdminMethod::Get;
        case http::verb::post:
            return AdminMethod::Post;
        default:
            return AdminMethod::Other;
    }
}

}  // namespace

Task<Result<AdminRequest, HttpResponse>> read_request(Stream& stream, Instant deadline) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(http_header_bytes_max);
    const auto read = co_await read_http_message(stream, parser, deadline);
    if (!read) co_return failure(HttpResponse{400, "text/plain", read.error() + "\n"});
    const auto& message = parser.get();
    co_return parse_target(method_of(message.method()),
                           std::string_view(message.target().data(), message.target().size()));
}

Task<void> write_response(Stream& stream, HttpResponse response, Instant deadline) {
    const std::string head = fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        response.status, std::string_view(http::obsolete_reason(static_cast<http::status>(response.status))),
        response.type, response.body.size());
    const std::array<std::string_view, 2> pieces{head, response.body};
    co_await stream.write(pieces, deadline);
    co_await stream.close(deadline);
}

Task<Result<HttpResponse, std::string>> http_call(Stream& stream, AdminMethod method, std::string target,
                                                  Instant deadline) {
    const std::string head =
        fmt::format("{} {} HTTP/1.1\r\nHost: cursus\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    method == AdminMethod::Post ? "POST" : "GET", target);
    const auto sent = co_await stream.write(head, deadline);
    if (!sent) co_return failure(std::string(describe(sent.error())));
    http::response_parser<http::string_body> parser;
    parser.header_limit(http_header_bytes_max);
    parser.body_limit(http_answer_bytes_max);
    CO_TRY_VOID(co_await read_http_message(stream, parser, deadline));
    auto message = parser.release();
    const auto type = message[http::field::content_type];
    co_return HttpResponse{message.result_int(), std::string(type.data(), type.size()),
                           std::move(message.body())};
}

}  // namespace cursus
