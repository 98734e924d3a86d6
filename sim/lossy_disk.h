// A disk in memory that forgets: what was not synced when the power went may be there, be gone, or be torn.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files.h"
#include "sim/sim_random.h"

namespace cursus {

// The promises it makes are those of POSIX and no more:
//  - file data lasts once the file was synced; of what was written since, any pieces of 512 or 4096 octets,
//  in any
//    order, may have reached the medium, and a file that was growing may end anywhere between;
//  - a name lasts once its directory was synced; creations, links, removals and renames since then may have
//  happened
//    or not, each as a whole. A rename between directories lasts once the directory it went to was synced.
// Thread-safe. Every change counts as one operation, so that a test can let the power fail at any of them.
class LossyDisk {
public:
    struct Node;  // a file
    struct Directory;
    using NodePtr = std::shared_ptr<Node>;
    static constexpr std::uint32_t owner = 8;  // of every file

    explicit LossyDisk(std::uint64_t seed, std::uint64_t capacity_bytes = std::uint64_t{1} << 40);
    ~LossyDisk();
    // By which files are marked as changed; without one each change is a nanosecond after the last.
    void set_clock(std::function<FileFacts::Time()> now);
    LossyDisk(const LossyDisk&) = delete;
    LossyDisk& operator=(const LossyDisk&) = delete;

    // ---- faults
    std::uint64_t operations() const;          // changes so far
    void cut_after(std::uint64_t operations);  // that many more succeed; the next is caught by the power cut
    bool is_cut() const;
    enum class Loss : std::uint8_t {
        PowerCut,       // of what was not synced, anything may be lost or torn
        KilledProcess,  // the operating system survived and kept everything
    };
    void restart(Loss loss);  // the power is back; what was open before is of no more use
    void set_capacity(std::uint64_t bytes);
    // The next `count` syncs of files fail, and what they should have kept never reaches the medium although
    // it can still be read: what Linux does after a failed write-back.
    void fail_syncs(std::uint32_t count);

    // ---- what the two faces (LossyFiles, and a rocksdb::FileSystem in the tests) are made of
    FileResult<NodePtr> open(const std::string& path) const;
    FileResult<NodePtr> create(const std::string& path, unsigned permissions = 0600);
    FileResult<> write(const NodePtr& node, std::uint64_t offset, std::span<const std::string_view> pieces);
    FileResult<std::size_t> read(const NodePtr& node, std::uint64_t offset, std::span<char> buffer) const;
    FileResult<std::uint64_t> size(const NodePtr& node) const;
    FileResult<FileFacts> facts(const NodePtr& node) const;
    FileResult<FileRights> rights(const NodePtr& node) const;
    FileResult<> truncate(const NodePtr& node, std::uint64_t size);
    FileResult<> sync(const NodePtr& node);
    FileResult<> rename(const std::string& from, const std::string& to);
    FileResult<> link(const std::string& from, const std::string& to);
    FileResult<> remove(const std::string& path);  // a file, or an empty directory
    FileResult<> make_directory(const std::string& path);
    FileResult<> sync_directory(const std::string& path);
    FileResult<std::vector<std::string>> list(const std::string& path) const;
    FileResult<std::uint64_t> free_bytes() const;
    bool exists(const std::string& path) const;
    bool is_directory(const std::string& path) const;

private:
    struct Entry;
    struct Change;
    struct Place;
    using Used = std::atomic<std::uint64_t>;  // octets
    using DirectoryPtr = std::shared_ptr<Directory>;

    DirectoryPtr directory_at(std::string_view path) const;
    FileResult<Place> place_of(const std::string& path) const;
    FileResult<> begin_change(const std::string& what);      // counts it; fails when the power is off
    FileResult<> end_change(const std::string& what) const;  // fails when the power went during it
    void note(Change change);
    static void apply(const Change& change);
    std::uint64_t free_octets() const;
    FileFacts::Time mark();
    void settle_names();
    void settle_data(Node& node);
    void forget_names(Directory& directory);

    mutable std::mutex mutex_;
    SimRandom random_;
    std::function<FileFacts::Time()> now_;
    std::uint64_t capacity_;
    std::shared_ptr<Used> used_;  // by nodes, which outlive their names while they are open
    std::uint64_t operations_ = 0;
    std::uint64_t cut_at_;
    std::uint32_t failing_syncs_ = 0;
    std::uint64_t node_count_ = 0;
    DirectoryPtr root_;
    std::vector<Change> unsynced_names_;  // in the order they happened
    std::map<std::uint64_t, std::weak_ptr<Node>> nodes_;
};

}  // namespace cursus
