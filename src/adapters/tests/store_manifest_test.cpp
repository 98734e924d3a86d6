#include "adapters/store_manifest.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "adapters/tests/lossy_index_files.h"

namespace cursus {
namespace {

class Silence : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

// A MANIFEST as RocksDB writes it, with how long it was after each flush.
struct Manifest {
    std::string content;
    std::vector<std::uint64_t> ends;
};

Manifest real_manifest() {
    LossyDisk disk(1);
    EXPECT_TRUE(disk.make_directory("/db"));
    const auto files = make_lossy_index_files(disk);
    const auto env = rocksdb::NewCompositeEnv(files);
    rocksdb::Options options;
    options.create_if_missing = true;
    options.env = env.get();
    options.info_log = std::make_shared<Silence>();
    options.disable_auto_compactions = true;
    rocksdb::DB* opened = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, "/db", &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    std::string path;
    for (const auto& name : disk.list("/db").value()) {
        if (name.starts_with("MANIFEST-")) path = "/db/" + name;
    }
    Manifest manifest;
    const auto node = disk.open(path).value();
    for (int i = 0; i < 30; ++i) {
        EXPECT_TRUE(db->Put({}, std::string(3000, static_cast<char>('a' + i)), "value").ok());
        EXPECT_TRUE(db->Flush(rocksdb::FlushOptions{}).ok());
        manifest.ends.push_back(disk.size(node).value());
    }
    manifest.content.resize(manifest.ends.back());
    EXPECT_TRUE(disk.read(node, 0, manifest.content));
    return manifest;
}

TEST(StoreManifest, one_as_it_was_synced_is_whole) {
    const auto manifest = real_manifest();
    ASSERT_GT(manifest.content.size(), 3u * 32768) << "changes that cross blocks";
    for (const auto end : manifest.ends) {
        EXPECT_EQ(whole_manifest_bytes(std::string_view(manifest.content).substr(0, end)), end);
    }
    EXPECT_EQ(whole_manifest_bytes(""), 0u);
}

TEST(StoreManifest, what_follows_the_last_whole_change_is_left_out) {
    const auto manifest = real_manifest();
    for (std::size_t i = 0; i + 1 < manifest.ends.size(); ++i) {
        const auto end = manifest.ends[i];
        const auto next = manifest.ends[i + 1];
        const auto torn = manifest.content.substr(0, next);
        EXPECT_GE(whole_manifest_bytes(torn.substr(0, next - 1)), end);
        EXPECT_LT(whole_manifest_bytes(torn.substr(0, next - 1)), next);
        EXPECT_EQ(whole_manifest_bytes(torn.substr(0, end + 3)), end);
        auto holed = torn;
        const auto from = end + (next - end) / 2;
        holed.replace(from, 20, 20, '\0');
        EXPECT_EQ(whole_manifest_bytes(holed), end);
        EXPECT_EQ(whole_manifest_bytes(torn.substr(0, end) + std::string(next - end, '\0')), end);
    }
}

}  // namespace
}  // namespace cursus
