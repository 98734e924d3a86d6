#include "adapters/tests/lossy_index_files.h"

#include <array>
#include <cstring>

namespace cursus {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus status_of(const FileError& error) {
    switch (error.kind) {
        case FileErrorKind::NotFound:
            return IOStatus::PathNotFound(error.what);
        case FileErrorKind::Full:
            return IOStatus::NoSpace(error.what);
        default:
            return IOStatus::IOError(error.what);
    }
}

template <class T>
IOStatus status_of(const FileResult<T>& result) {
    return result ? IOStatus::OK() : status_of(result.error());
}

class Reading final : public rocksdb::FSRandomAccessFile, public rocksdb::FSSequentialFile {
public:
    Reading(LossyDisk& disk, LossyDisk::NodePtr node) : disk_(disk), node_(std::move(node)) {}
    IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions&, Slice* result, char* scratch,
                  IODebugContext*) const override {
        const auto got = disk_.read(node_, offset, {scratch, count});
        if (got) *result = Slice(scratch, *got);
        return status_of(got);
    }
    IOStatus Read(std::size_t count, const IOOptions&, Slice* result, char* scratch,
                  IODebugContext*) override {
        const auto got = disk_.read(node_, at_, {scratch, count});
        if (got) {
            *result = Slice(scratch, *got);
            at_ += *got;
        }
        return status_of(got);
    }
    IOStatus Skip(std::uint64_t count) override {
        at_ += count;
        return IOStatus::OK();
    }
    IOStatus InvalidateCache(std::size_t, std::size_t) override { return IOStatus::OK(); }

private:
    LossyDisk& disk_;
    LossyDisk::NodePtr node_;
    std::uint64_t at_ = 0;
};

class Writing final : public rocksdb::FSWritableFile {
public:
    Writing(LossyDisk& disk, LossyDisk::NodePtr node, std::uint64_t size)
        : disk_(disk), node_(std::move(node)), at_(size) {}
    using rocksdb::FSWritableFile::Append;
    IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
        const std::array pieces{std::string_view(data.data(), data.size())};
        const auto written = disk_.write(node_, at_, pieces);
        if (written) at_ += data.size();
        return status_of(written);
    }
    IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
        at_ = size;
        return status_of(disk_.truncate(node_, size));
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Sync(const IOOptions&, IODebugContext*) override { return status_of(disk_.sync(node_)); }
    std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return at_; }

private:
    LossyDisk& disk_;
    LossyDisk::NodePtr node_;
    std::uint64_t at_;
};

class LossyDirectory final : public rocksdb::FSDirectory {
public:
    LossyDirectory(LossyDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
    IOStatus Fsync(const IOOptions&, IODebugContext*) override {
        return status_of(disk_.sync_directory(path_));
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

private:
    LossyDisk& disk_;
    std::string path_;
};

class LossyLock final : public rocksdb::FileLock {};

class LossyIndexFiles final : public rocksdb::FileSystem {
public:
    explicit LossyIndexFiles(LossyDisk& disk) : disk_(disk) {}
    const char* Name() const override { return "LossyIndexFiles"; }

    IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSSequentialFile>* result, IODebugContext*) override {
        auto node = disk_.open(path);
        if (node) *result = std::make_unique<Reading>(disk_, *node);
        return status_of(node);
    }
    IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                 IODebugContext*) override {
        auto node = disk_.open(path);
        if (node) *result = std::make_unique<Reading>(disk_, *node);
        return status_of(node);
    }
    IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext*) override {
        if (disk_.exists(path)) {
            const auto removed = disk_.remove(path);
            if (!removed) return status_of(removed);
        }
        auto node = disk_.create(path);
        if (node) *result = std::make_unique<Writing>(disk_, *node, 0);
        return status_of(node);
    }
    IOStatus NewDirectory(const std::string& path, const IOOptions&,
                          std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
        *result = std::make_unique<LossyDirectory>(disk_, path);
        return IOStatus::OK();
    }
    IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
        return disk_.exists(path) ? IOStatus::OK() : IOStatus::NotFound(path);
    }
    IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names,
                         IODebugContext*) override {
        auto found = disk_.list(path);
        if (found) *names = *std::move(found);
        return status_of(found);
    }
    IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
        return status_of(disk_.remove(path));
    }
    IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
        return status_of(disk_.make_directory(path));
    }
    IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                                IODebugContext* debug) override {
        return disk_.is_directory(path) ? IOStatus::OK() : CreateDir(path, options, debug);
    }
    IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
        return status_of(disk_.remove(path));
    }
    IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* size,
                         IODebugContext*) override {
        const auto node = disk_.open(path);
        if (!node) return status_of(node);
        const auto found = disk_.size(*node);
        if (found) *size = *found;
        return status_of(found);
    }
    IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time,
                                     IODebugContext*) override {
        *time = 0;
        return IOStatus::OK();
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                        IODebugContext*) override {
        return status_of(disk_.rename(from, to));
    }
    IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock,
                      IODebugContext*) override {
        *lock = new LossyLock;
        return IOStatus::OK();
    }
    IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
        delete lock;
        return IOStatus::OK();
    }
    IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
        *path = "/";
        return IOStatus::OK();
    }
    IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>*,
                       IODebugContext*) override {
        return IOStatus::NotSupported("the store gives its own");
    }
    IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute,
                             IODebugContext*) override {
        *absolute = path;
        return IOStatus::OK();
    }
    IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                         IODebugContext*) override {
        *is_directory = disk_.is_directory(path);
        return IOStatus::OK();
    }

private:
    LossyDisk& disk_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_lossy_index_files(LossyDisk& disk) {
    return std::make_shared<LossyIndexFiles>(disk);
}

}  // namespace cursus
