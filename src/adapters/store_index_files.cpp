#include "adapters/store_index_files.h"

#include <algorithm>
#include <utility>

#include "adapters/store_manifest.h"

namespace cursus {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::size_t read_bytes = std::size_t{64} * 1024;

std::pair<std::string, std::string> directory_and_name(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return {".", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

// A file of which only the beginning is shown.
class Beginning final : public rocksdb::FSSequentialFile {
public:
    explicit Beginning(std::string content) : content_(std::move(content)) {}
    IOStatus Read(std::size_t count, const IOOptions&, rocksdb::Slice* result, char* scratch,
                  IODebugContext*) override {
        const auto taken = content_.copy(scratch, count, at_);
        at_ += taken;
        *result = rocksdb::Slice(scratch, taken);
        return IOStatus::OK();
    }
    IOStatus Skip(std::uint64_t count) override {
        at_ = std::min<std::uint64_t>(content_.size(), at_ + count);
        return IOStatus::OK();
    }

private:
    std::string content_;
    std::uint64_t at_ = 0;
};

class PowerCutSafeFiles final : public rocksdb::FileSystemWrapper {
public:
    PowerCutSafeFiles(const std::shared_ptr<rocksdb::FileSystem>& files, TroubleSink trouble)
        : rocksdb::FileSystemWrapper(files), trouble_(std::move(trouble)) {}
    const char* Name() const override { return "PowerCutSafeFiles"; }

    // RocksDB makes a new MANIFEST, renames CURRENT to name it, and syncs the directory once, after both: it
    // counts on the file system to keep their order through a power cut. POSIX does not promise that, so the
    // name of the one is made to last before the other is renamed.
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* debug) override {
        const auto [directory_path, name] = directory_and_name(to);
        if (name == "CURRENT") {
            std::unique_ptr<rocksdb::FSDirectory> directory;
            auto status = NewDirectory(directory_path, options, &directory, debug);
            if (status.ok()) status = directory->Fsync(options, debug);
            if (!status.ok()) return status;
        }
        return rocksdb::FileSystemWrapper::RenameFile(from, to, options, debug);
    }

    // Read once, when the index is opened. What is behind its last whole change was never synced, or is
    // damaged; should it be damaged, then the index is older than what it needs of the log, which is found
    // out by that.
    IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSSequentialFile>* result,
                               IODebugContext* debug) override {
        auto status = rocksdb::FileSystemWrapper::NewSequentialFile(path, options, result, debug);
        if (!status.ok() || !directory_and_name(path).second.starts_with("MANIFEST-")) return status;
        std::string content;
        std::string buffer(read_bytes, '\0');
        rocksdb::Slice got;
        do {
            status = (*result)->Read(buffer.size(), options.io_options, &got, buffer.data(), debug);
            if (!status.ok()) return status;
            content.append(got.data(), got.size());
        } while (!got.empty());
        const auto whole = whole_manifest_bytes(content);
        if (whole < content.size()) {
            trouble_("index: went back to its last whole change, as expected after a power cut or a kill");
            content.resize(whole);
        }
        *result = std::make_unique<Beginning>(std::move(content));
        return status;
    }

private:
    const TroubleSink trouble_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_power_cut_safe(const std::shared_ptr<rocksdb::FileSystem>& files,
                                                         TroubleSink trouble) {
    return std::make_shared<PowerCutSafeFiles>(files, std::move(trouble));
}

}  // namespace cursus
