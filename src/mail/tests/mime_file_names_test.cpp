#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "mail/mime_file_names.h"
#include "mail/mime_part.h"

namespace cursus {
namespace {

DescribedPart described(std::string_view type, std::string_view disposition) {
    PartHeader header;
    if (!type.empty()) header.add("Content-Type", type);
    if (!disposition.empty()) header.add("Content-Disposition", disposition);
    return header.describe("text/plain");
}

// As a rule would be: any of the names ends so.
bool is_seen_as_program(std::string_view type, std::string_view disposition) {
    return std::ranges::any_of(described(type, disposition).part.file_names,
                               [](const std::string& name) { return name.ends_with(".exe"); });
}

std::string faults(std::string_view type, std::string_view disposition) {
    std::string names;
    for (const auto& fault : described(type, disposition).faults)
        names += fmt::format("{} ", facts_of(fault.what).name);
    return names;
}

using Names = std::vector<std::string>;

TEST(FileNames, of_an_ordinary_part_are_one) {
    EXPECT_EQ(described("image/png; name=\"a b.png\"", "attachment; filename=\"a b.png\"").part.file_names,
              Names{"a b.png"});
    EXPECT_EQ(faults("image/png; name=\"a b.png\"", "attachment; filename=\"a b.png\""), "");
    EXPECT_EQ(described("text/plain", "inline").part.file_names, Names{});
}

TEST(FileNames, with_a_fallback_for_old_readers_are_no_trick) {
    EXPECT_EQ(faults("", "attachment; filename=\"Frosche.txt\"; filename*=utf-8''Fr%C3%B6sche.txt"), "");
    EXPECT_EQ(faults("", "attachment; filename*0=a-rather-long-name-of-a-fi; filename*1=le.txt"), "");
}

// CVE-2024-39929: a filter that did not put the pieces together as readers do let programs pass.
TEST(FileNames, show_a_program_however_its_name_is_written) {
    for (const char* disposition : {"attachment; filename=a.exe",
                                    "attachment; filename=\"a.exe::$DATA\"",
                                    "attachment; FileName = \"a.exe\"",
                                    "attachment; filename*=utf-8''a%2Eexe",
                                    "attachment; filename*=utf-8''a.%65xe",
                                    "attachment; filename*0=a.e; filename*1=xe",
                                    "attachment;\r\n filename*0=\"a.e\";\r\n filename*1=\"xe\"",
                                    "attachment; filename*1=xe; filename*0=a.e",
                                    "attachment; filename*0*=utf-8''a%2; filename*1*=Eexe",
                                    "attachment; filename*0*=utf-8''a%2e; filename*1=exe",
                                    "attachment; filename*01=a.exe",
                                    "attachment; filename*1=a.exe",
                                    "attachment; filename*0=a; filename*2=.exe",
                                    "attachment; filename=\"=?utf-8?Q?a=2Eexe?=\"",
                                    "attachment; filename==?utf-8?B?YS5leGU=?=",
                                    "attachment; filename=\"=?utf-8?Q?a=2Ee?=\r\n =?utf-8?Q?xe?=\"",
                                    "attachment; filename=\"=?utf-8?Q?a=2Eexe\"",
                                    "attachment; filename*0=\"=?utf-8?Q?a=2E\"; filename*1=\"exe?=\"",
                                    "attachment; filename=\"=?utf-16?B?AGEALgBlAHgAZQ==?=\"",
                                    "attachment; filename=\"=?utf-7?Q?a+AC4-exe?=\"",
                                    "attachment; filename=\"a.txt\"; filename=\"a.exe\"",
                                    "attachment; filename=a.exe; filename=a.txt",
                                    "attachment; filename=a.txt; filename*=utf-8''a.exe",
                                    "attachment; filename=\"a.exe\r\n \"",
                                    "attachment; filename=\"a.e\r\n xe\"",
                                    "attachment; filename=a.exe.",
                                    "attachment; filename=\"a.exe . \"",
                                    "attachment; filename=\"b/a.exe\"",
                                    "attachment; filename=\"a.exe/\"",
                                    "attachment; filename=\"a.\\exe\"",
                                    "attachment; filename=\"a.e\x01xe\"",
                                    "attachment; filename=a.exe(.txt)",
                                    "attachment; filename=a(.exe",
                                    "attachment filename=a.exe",
                                    "attachment; x=y filename=a.exe",
                                    "attachment; x=\"y; filename=a.exe",
                                    "attachment; x=(; filename=a.exe; )",
                                    "attachment; x=\"\\\"; filename=a.exe; y=\"",
                                    "attachment; filename=a b.exe",
                                    "filename=a.exe",
                                    "; filename=a.exe",
                                    "=?utf-8?Q?attachment=3B_filename=3Da.exe?=",
                                    "attachment; name=a.exe",
                                    "attachment; filename=\"a.exe\"; filename*0=a; filename*1=.txt",
                                    "attachment; filename*=a.exe",
                                    "attachment; filename*x=a.exe",
                                    "attachment; filename=\"a.exe",
                                    "attachment; filename=\"a\".exe"}) {
        EXPECT_TRUE(is_seen_as_program("image/png; name=b.png", disposition)) << disposition;
        EXPECT_TRUE(is_seen_as_program(disposition, "")) << disposition;
    }
    EXPECT_TRUE(is_seen_as_program("", std::string_view("attachment; filename=\"a.exe\0.txt\"", 34)));
    EXPECT_TRUE(is_seen_as_program("a/b; name*1=xe; name*0=a.e", "inline"));
    EXPECT_FALSE(is_seen_as_program("image/png; name=b.png", "attachment; filename=exe"));
}

TEST(FileNames, say_which_trick_they_are_written_with) {
    EXPECT_EQ(faults("a/b; name=x.txt", "attachment; filename=x.exe"), "file-name-disagreement ");
    EXPECT_EQ(faults("", "attachment; filename=x.txt; filename*=''x.exe"), "file-name-disagreement ");
    EXPECT_EQ(faults("a/b; name=x", "attachment; filename=X.TXT; filename*=''x.txt"), "");
    EXPECT_EQ(faults("", "attachment; filename*1=x.txt"), "file-name-pieces ");
    EXPECT_EQ(faults("", "attachment; filename=\"x\x1b.txt\""), "file-name-control ");
    EXPECT_EQ(faults("", "attachment; filename*=utf-8''x%0A.txt"), "file-name-control ");
    EXPECT_EQ(faults("", "attachment; filename*=utf-8''gpj%E2%80%AEexe.png"), "file-name-control ");
    EXPECT_EQ(faults("", "attachment; filename=\"../x.txt\""), "file-name-path ");
    EXPECT_EQ(faults("", "attachment; filename*=utf-8''x%5Cx.txt"), "file-name-path ");
    EXPECT_EQ(faults("", "attachment; filename=\"=?utf-8?q?x=C3=A4?=.txt\""), "encoded-word-in-parameter ");
    EXPECT_EQ(faults("", "attachment; filename=\"" + std::string(2000, 'x') + ".txt\""),
              "file-name-too-long ");
}

// RFC 5322 §3.2.4 folds with a tab too; "Shift_JIS" of two octets each looks like a control of UTF-8.
TEST(FileNames, are_not_blamed_for_folds_and_character_sets) {
    EXPECT_EQ(faults("", "attachment; filename=\"a long\r\n\tname.txt\""), "");
    EXPECT_EQ(faults("", "attachment; filename=\"\x83\xc2\x81x.txt\""), "");
    EXPECT_EQ(faults("", "attachment; filename*=shift_jis''%C2%81%C2%9Bx.txt"), "");
    EXPECT_EQ(faults("", "attachment; filename*=windows-1251''%C2%85%F0%E0.txt"), "");
    EXPECT_EQ(faults("", "attachment; filename*=utf-8''%C2%85.txt"), "file-name-control ");
}

TEST(FileNames, keep_the_end_of_a_name_that_is_too_long) {
    EXPECT_TRUE(is_seen_as_program("", "attachment; filename=\"" + std::string(5000, 'x') + ".exe\""));
}

TEST(FileNames, are_bounded) {
    std::string disposition = "attachment";
    for (std::size_t i = 0; i <= file_names_max; ++i) disposition += fmt::format("; filename=x{}", i);
    const auto part = described("", disposition);
    EXPECT_EQ(part.part.file_names.size(), file_names_max);
    EXPECT_NE(std::ranges::find(part.faults, Malformation::FileNames, &PartFault::what), part.faults.end());
}

}  // namespace
}  // namespace cursus
