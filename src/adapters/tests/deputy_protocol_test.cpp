#include "adapters/deputy_protocol.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

std::vector<DeputyWork> all_works() {
    CommandOrder command;
    command.arguments = {"/bin/program", "", "an argument"};
    command.environment = {"A=1", "B="};
    return {ReadOrder{"/homes/ann/.forward"}, MaildirOrder{"/homes/ann/Maildir", "1.M2"},
            MboxOrder{"/var/mail/ann", "bob@example.org", WallTime(std::chrono::seconds{-5})}, command};
}

TEST(DeputyProtocol, reads_what_it_wrote) {
    for (const DeputyWork& work : all_works()) {
        const DeputyRequest request{"ann", 1000, work};
        const std::string packet = encode(request);
        const auto read = decode_deputy_request(packet);
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(read->user, "ann");
        EXPECT_EQ(read->uid, 1000U);
        EXPECT_EQ(encode(*read), packet);
        for (std::size_t size = 0; size < packet.size(); ++size)
            EXPECT_FALSE(decode_deputy_request(std::string_view(packet).substr(0, size)));
        EXPECT_FALSE(decode_deputy_request(packet + "x"));
    }
    for (const DeputyReply& reply : {DeputyReply(ReadReply{ReadOutcome::Found, "text"}),
                                     DeputyReply(PamReply{PamOutcome::MayNot, "why"}),
                                     DeputyReply(DeputyResult{DeputyOutcome::Never, "not for me"})}) {
        const auto read = decode_deputy_reply(encode(reply));
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(encode(*read), encode(reply));
    }
}

DeputyRequest question_of(std::string service, std::string user, std::string password, std::string client) {
    return {"", 0, PamQuestion{std::move(service), std::move(user), std::move(password), std::move(client)}};
}

TEST(DeputyProtocol, reads_a_question_that_it_wrote_and_no_other) {
    const DeputyRequest request = question_of("smtp", "ann@alpha.example", "a secret", "2001:db8::1");
    const auto read = decode_deputy_request(encode(request));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(encode(*read), encode(request));
    EXPECT_EQ(std::get<PamQuestion>(read->work).user, "ann@alpha.example");
    const auto refuses = [](const DeputyRequest& bad) { EXPECT_FALSE(decode_deputy_request(encode(bad))); };
    for (const char* service : {"", "../passwd", "a/b", "A", "a.b"})
        refuses(question_of(service, "ann", "x", ""));
    for (const char* user : {"", "../x", "a/b", "-a", ".a", "a b", "a\n", "\xff"})
        refuses(question_of("smtp", user, "x", ""));
    refuses(question_of("smtp", "ann", "", ""));
    refuses(question_of("smtp", "ann", std::string(512, 'x'), ""));
    refuses(question_of("smtp", "ann", std::string("a\0b", 3), ""));
    refuses(question_of("smtp", "ann", "x", "a client"));
    DeputyRequest as_somebody = request;
    as_somebody.user = "ann";
    refuses(as_somebody);
    as_somebody = request;
    as_somebody.uid = 1000;
    refuses(as_somebody);
}

TEST(DeputyProtocol, forgets_a_password) {
    DeputyRequest request = question_of("smtp", "ann", "a secret that is not short at all", "");
    const auto& password = std::get<PamQuestion>(request.work).password;
    const char* where = password.data();
    const std::size_t size = password.size();
    forget_secrets(request);
    EXPECT_EQ(password, "");
    EXPECT_EQ(std::string(where, size), std::string(size, '\0')) << "the string still owns its room";
}

TEST(DeputyProtocol, refuses_what_no_server_means) {
    const auto refuses = [](const DeputyRequest& request) {
        EXPECT_NE(refusal_of(request), "");
        EXPECT_FALSE(decode_deputy_request(encode(request)));
    };
    for (const DeputyWork& work : all_works()) {
        refuses({"ann", 0, work});
        for (const std::string name : {"", "-ann", "Ann", "a/b", "a b", "a:b", "..", "a\n"})
            refuses({name, 1000, work});
    }
    const auto nul = std::string("/a\0b", 4);
    for (const std::string path : {"", "/", "a", "/a/../b", "/..", "/a/"}) {
        refuses({"ann", 1000, ReadOrder{path}});
        refuses({"ann", 1000, MaildirOrder{path, "one"}});
        refuses({"ann", 1000, MboxOrder{path, "", {}}});
    }
    refuses({"ann", 1000, ReadOrder{nul}});
    refuses({"ann", 1000, ReadOrder{"/" + std::string(deputy_path_bytes_max, 'a')}});
    refuses({"ann", 1000, CommandOrder{}});
    CommandOrder order;
    order.arguments = {"/bin/program", nul};
    refuses({"ann", 1000, order});
    order.arguments = {"program"};
    refuses({"ann", 1000, order});
}

}  // namespace
}  // namespace cursus
