#pragma once

#include "runtime/files.h"

namespace cursus {

// The kernel's file system. Every call names in its error what was tried and the system's reason.
// Thread-safe, as the file system itself is; one File is used by one thread at a time, or for reading by
// several.
class PosixFiles final : public Files {
public:
    FileResult<std::unique_ptr<File>> open(const std::string& path, OpenMode mode,
                                           unsigned permissions) override;
    FileResult<> rename(const std::string& from, const std::string& to) override;
    FileResult<> link(const std::string& from, const std::string& to) override;
    FileResult<> remove(const std::string& path) override;
    FileResult<> make_directory(const std::string& path, unsigned permissions) override;
    FileResult<> sync_directory(const std::string& path) override;
    FileResult<std::vector<std::string>> list(const std::string& path) const override;
    FileResult<std::uint64_t> free_bytes(const std::string& path) const override;
    FileResult<> set_owner(const std::string& path, FileOwner owner) override;
    std::uint32_t own_user() const override;
    bool exists(const std::string& path) const override;
    FileResult<FileFacts> facts(const std::string& path) const override;
};

}  // namespace cursus
