// The store's place on disk: which files there are, what they are called, and how large the log's are.
//
//     ROOT/FORMAT                  "cursus store 1": written last when a store is made
//     ROOT/log/segment-<16 hex>    the log
//     ROOT/log/spare-<16 hex>      files that will become segments
//     ROOT/index/                  RocksDB
//     ROOT/damaged/                copies of what could not be read
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/spool_format.h"
#include "base/result.h"
#include "runtime/files.h"
#include "runtime/store.h"

namespace cursus {

// Told, in a sentence, of what an operator should look at. Called from any thread; must not throw.
using TroubleSink = std::function<void(const std::string&)>;

StoreError store_error(const FileError& error);

class SpoolDirectory {
public:
    SpoolDirectory(Files& files, std::string root) : files_(files), root_(std::move(root)) {}

    enum class State : std::uint8_t { New, Complete };
    // Makes the folders of a new store. Refuses an unknown version, and a folder that holds something else.
    Result<State, StoreError> open();
    Result<void, StoreError> mark_complete();  // the index of a new store is on the medium

    Files& files() { return files_; }
    std::string index_path() const { return root_ + "/index"; }
    std::string log_path() const { return root_ + "/log"; }
    std::string segment_path(std::uint64_t number) const;
    std::string spare_path(std::uint64_t number) const;

    FileResult<std::vector<std::uint64_t>> segments() const;  // in order
    FileResult<std::vector<std::uint64_t>> spares() const;
    FileResult<std::uint64_t> free_bytes() const { return files_.free_bytes(log_path()); }
    FileResult<> sync_log() { return files_.sync_directory(log_path()); }

    // Copies part of a segment to ROOT/damaged and returns where; an empty path when even that failed.
    std::string keep_aside(const File& segment, std::uint64_t number, std::uint64_t begin, std::uint64_t end);

    // What is known of the segments' sizes. Thread-safe.
    void note_size(std::uint64_t number, std::uint64_t bytes);
    void forget(std::uint64_t number);
    std::map<std::uint64_t, std::uint64_t> sizes() const;

private:
    Result<void, StoreError> check_format() const;
    FileResult<std::vector<std::uint64_t>> numbers(std::string_view prefix) const;

    Files& files_;
    const std::string root_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, std::uint64_t> sizes_;
};

}  // namespace cursus
