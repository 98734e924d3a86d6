// runtime::Files on a LossyDisk.
#pragma once

#include "runtime/files.h"
#include "sim/lossy_disk.h"

namespace cursus {

// There is one user. Owners are accepted and not kept.
class LossyFiles : public Files {
public:
    explicit LossyFiles(LossyDisk& disk) : disk_(disk) {}

    FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode,
                                           unsigned permissions) override;
    FileResult<> rename(const std::string& from, const std::string& to) override {
        return disk_.rename(from, to);
    }
    FileResult<> link(const std::string& from, const std::string& to) override {
        return disk_.link(from, to);
    }
    FileResult<> remove(const std::string& path) override { return disk_.remove(path); }
    FileResult<> make_directory(const std::string& path, unsigned) override {
        return disk_.make_directory(path);
    }
    FileResult<> sync_directory(const std::string& path) override { return disk_.sync_directory(path); }
    FileResult<std::vector<std::string>> list(const std::string& path) const override {
        return disk_.list(path);
    }
    FileResult<std::uint64_t> free_bytes(const std::string&) const override { return disk_.free_bytes(); }
    FileResult<> set_owner(const std::string&, FileOwner) override { return {}; }
    std::uint32_t own_user() const override { return LossyDisk::owner; }
    bool exists(const std::string& path) const override { return disk_.exists(path); }
    FileResult<FileFacts> facts(const std::string& path) const override;

private:
    LossyDisk& disk_;
};

}  // namespace cursus
