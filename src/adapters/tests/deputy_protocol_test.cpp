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
                                     DeputyReply(DeputyResult{DeputyOutcome::Never, "not for me"})}) {
        const auto read = decode_deputy_reply(encode(reply));
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(encode(*read), encode(reply));
    }
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
