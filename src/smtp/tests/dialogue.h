// Plays a script against an SmtpClient: every test runs twice, with replies in one piece and in single
// octets.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "smtp/client.h"
#include "smtp/tests/scripted_stream.h"

namespace cursus {

// A message in pieces; `fails_at_end`: reading it ends with an error.
class TextBody : public BodySource {
public:
    explicit TextBody(std::vector<std::string> pieces, bool fails_at_end = false)
        : pieces_(std::move(pieces)), fails_at_end_(fails_at_end) {}
    Task<Result<std::shared_ptr<const std::string>, std::string>> next() override;

private:
    std::vector<std::string> pieces_;
    std::size_t given_ = 0;
    bool fails_at_end_;
};

// What a test does with its client. A plain function, for a coroutine must not capture.
using Talk = Task<void> (*)(SmtpClient& client);
void converse(std::string_view script, Talk talk, Dialect dialect = Dialect::Smtp);
void converse_in_one_piece(std::string_view script, Talk talk);

TransactionRequest request(std::string_view sender, std::vector<std::string_view> recipients);

}  // namespace cursus
