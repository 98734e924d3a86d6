#include "smtp/tests/dialogue.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace cursus {

Task<Result<std::shared_ptr<const std::string>, std::string>> TextBody::next() {
    if (given_ < pieces_.size()) co_return std::make_shared<const std::string>(pieces_[given_++]);
    if (fails_at_end_) co_return failure(std::string("disk on fire"));
    co_return std::make_shared<const std::string>();
}

namespace {

void play(std::string_view script, Talk talk, Dialect dialect, std::size_t read_octets_max) {
    ScriptClock clock;
    auto stream = std::make_unique<ScriptedStream>(script, clock, read_octets_max);
    SmtpClient client(std::move(stream), clock, dialect, "own.example", SmtpTimeouts{});
    boost::asio::io_context context;
    boost::asio::co_spawn(context, talk(client), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    context.run();
}

}  // namespace

void converse(std::string_view script, Talk talk, Dialect dialect) {
    play(script, talk, dialect, 4096);
    play(script, talk, dialect, 1);
}

void converse_in_one_piece(std::string_view script, Talk talk) {
    play(script, talk, Dialect::Smtp, 4096);
}

TransactionRequest request(std::string_view sender, std::vector<std::string_view> recipients) {
    TransactionRequest request;
    if (!sender.empty()) request.sender = Mailbox::parse(sender).value();
    for (const auto recipient : recipients) request.recipients.push_back(Mailbox::parse(recipient).value());
    return request;
}

}  // namespace cursus
