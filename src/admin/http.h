// The little HTTP that administration needs: one request and one answer a connection, bounded, over any
// Stream.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "runtime/clock.h"
#include "runtime/stream.h"

namespace cursus {

enum class AdminMethod : std::uint8_t { Get, Post, Other };

struct AdminRequest {
    AdminMethod method = AdminMethod::Get;
    std::string path;                          // percent-decoded, without the query
    std::map<std::string, std::string> query;  // percent-decoded
};

struct HttpResponse {
    unsigned status = 200;
    std::string type = "application/json";
    std::string body;
};

inline constexpr std::size_t http_answer_bytes_max = 64 * 1024 * 1024;

// Reads one request. The error is the answer to send: it was malformed, too large or too late.
Task<Result<AdminRequest, HttpResponse>> read_request(Stream& stream, Instant deadline);
Task<void> write_response(Stream& stream, HttpResponse response, Instant deadline);

// The client's side: sends a request and reads the whole answer. The error is a sentence.
Task<Result<HttpResponse, std::string>> http_call(Stream& stream, AdminMethod method, std::string target,
                                                  Instant deadline);

}  // namespace cursus
