#include "base/fingerprint.h"

#include <gtest/gtest.h>

#include <string>

namespace cursus {
namespace {

// The key of the paper's test: the octets 0 to 15.
constexpr FingerprintKey paper_key{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::string counting(std::size_t octets) {
    std::string text;
    for (std::size_t i = 0; i < octets; ++i) text += static_cast<char>(i);
    return text;
}

// As octets: what `openssl mac -macopt hexkey:000102...0f -macopt size:16 SIPHASH` prints.
TEST(Fingerprint, is_siphash_as_others_compute_it) {
    EXPECT_EQ(fingerprint(paper_key, counting(0)), (Fingerprint{0xe6a825ba047f81a3, 0x930255c71472f66d}));
    EXPECT_EQ(fingerprint(paper_key, counting(1)), (Fingerprint{0x44af996bd8c187da, 0x45fc229b11597634}));
    EXPECT_EQ(fingerprint(paper_key, counting(7)), (Fingerprint{0x53c1dbd8beebf1a1, 0x3982f01fa64ab8c0}));
    EXPECT_EQ(fingerprint(paper_key, counting(8)), (Fingerprint{0x61f55862baa9623b, 0xb49714f364e2830f}));
    EXPECT_EQ(fingerprint(paper_key, counting(15)), (Fingerprint{0x11a8b03399e99354, 0xd9c3cf970fec087e}));
    EXPECT_EQ(fingerprint(paper_key, counting(16)), (Fingerprint{0xbb54b067caa4e26e, 0x77052385bf1533fd}));
    EXPECT_EQ(fingerprint(paper_key, counting(63)), (Fingerprint{0x4a83502f77d15051, 0x7cbd3f979a063e50}));
    EXPECT_EQ(fingerprint(paper_key, counting(300)), (Fingerprint{0x6db3146d405a00ce, 0x11b3e1a7f7b58653}));
}

TEST(Fingerprint, is_another_with_another_key) {
    EXPECT_NE(fingerprint({1, 2}, "julius"), fingerprint({1, 3}, "julius"));
    EXPECT_NE(fingerprint({1, 2}, "julius"), fingerprint({0, 2}, "julius"));
}

TEST(Fingerprint, tells_where_one_part_ends) {
    const Fingerprinter fingerprints({1, 2});
    EXPECT_NE(fingerprints.of({"ab", "c"}), fingerprints.of({"a", "bc"}));
    EXPECT_NE(fingerprints.of({"ab", ""}), fingerprints.of({"", "ab"}));
    EXPECT_NE(fingerprints.of({"ab"}), fingerprints.of({"ab", ""}));
    EXPECT_EQ(fingerprints.of({"ab", "c"}), fingerprints.of({"ab", "c"}));
}

}  // namespace
}  // namespace cursus
