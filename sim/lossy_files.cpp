#include "sim/lossy_files.h"

namespace cursus {
namespace {

class LossyFile : public File {
public:
    LossyFile(LossyDisk& disk, LossyDisk::NodePtr node, bool is_writable)
        : disk_(disk), node_(std::move(node)), is_writable_(is_writable) {}

    FileResult<> write_at(std::uint64_t offset, std::span<const std::string_view> pieces) override {
        if (!is_writable_) return failure(FileError{FileErrorKind::NotAllowed, "write: opened for reading"});
        return disk_.write(node_, offset, pieces);
    }
    FileResult<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const override {
        return disk_.read(node_, offset, buffer);
    }
    FileResult<std::uint64_t> size() const override { return disk_.size(node_); }
    FileResult<FileFacts> facts() const override { return disk_.facts(node_); }
    FileResult<FileRights> rights() const override { return disk_.rights(node_); }
    FileResult<> truncate(std::uint64_t size) override {
        if (!is_writable_)
            return failure(FileError{FileErrorKind::NotAllowed, "truncate: opened for reading"});
        return disk_.truncate(node_, size);
    }
    FileResult<> sync() override { return disk_.sync(node_); }

private:
    LossyDisk& disk_;
    LossyDisk::NodePtr node_;
    bool is_writable_;
};

}  // namespace

FileResult<std::unique_ptr<File>> LossyFiles::open(const std::string& path, OpenMode mode,
                                                   unsigned permissions) {
    TRY(node, mode == OpenMode::CreateNew ? disk_.create(path, permissions) : disk_.open(path));
    return std::make_unique<LossyFile>(disk_, std::move(node), mode != OpenMode::Read);
}

FileResult<FileFacts> LossyFiles::facts(const std::string& path) const {
    if (disk_.is_directory(path)) return FileFacts{.is_regular = false};
    TRY(node, disk_.open(path));
    return disk_.facts(node);
}

}  // namespace cursus
