#include "sim/lossy_disk.h"

#include <algorithm>
#include <limits>
#include <set>
#include <span>

#include "base/result.h"

namespace cursus {
namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

std::unexpected<FileError> error(FileErrorKind kind, const std::string& what, const char* why) {
    return failure(FileError{kind, what + ": " + why});
}

}  // namespace

struct LossyDisk::Node {
    Node(std::shared_ptr<Used> used, std::uint64_t number, FileFacts::Time made, unsigned mode)
        : inode(number), modified(made), permissions(mode), used_(std::move(used)) {}
    ~Node() { *used_ -= now.size(); }  // by whoever had the file open last
    void resize(std::uint64_t size) {
        *used_ += size - now.size();
        now.resize(size, '\0');
    }

    std::uint64_t inode;
    FileFacts::Time modified;
    unsigned permissions;
    std::string now;                               // what a reader sees
    std::string kept;                              // what is on the medium
    std::map<std::uint64_t, std::uint64_t> dirty;  // offset to end, written since the last sync; may overlap
    bool lost = false;                             // a sync failed: `now` is only in the cache

private:
    std::shared_ptr<Used> used_;
};

struct LossyDisk::Entry {
    NodePtr file;
    DirectoryPtr directory;
    friend bool operator==(const Entry&, const Entry&) = default;
};

struct LossyDisk::Directory {
    std::map<std::string, Entry> now, kept;
};

struct LossyDisk::Place {
    DirectoryPtr directory;
    std::string name;
};

// A change of names that no sync has made last yet: entry leaves `from`, or comes to `to`, or both.
struct LossyDisk::Change {
    Entry entry;
    Place from, to;  // directory empty: does not apply
};

LossyDisk::LossyDisk(std::uint64_t seed, std::uint64_t capacity_bytes)
    : random_(seed),
      capacity_(capacity_bytes),
      used_(std::make_shared<Used>(0)),
      cut_at_(never),
      root_(std::make_shared<Directory>()) {}

LossyDisk::~LossyDisk() = default;

std::uint64_t LossyDisk::operations() const {
    const std::lock_guard lock(mutex_);
    return operations_;
}

void LossyDisk::cut_after(std::uint64_t operations) {
    const std::lock_guard lock(mutex_);
    cut_at_ = operations_ + operations;
}

bool LossyDisk::is_cut() const {
    const std::lock_guard lock(mutex_);
    return operations_ > cut_at_;
}

void LossyDisk::set_clock(std::function<FileFacts::Time()> now) {
    const std::lock_guard lock(mutex_);
    now_ = std::move(now);
}

void LossyDisk::set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    capacity_ = bytes;
}

void LossyDisk::fail_syncs(std::uint32_t count) {
    const std::lock_guard lock(mutex_);
    failing_syncs_ = count;
}

FileResult<> LossyDisk::begin_change(const std::string& what) {
    if (operations_ > cut_at_) return error(FileErrorKind::Other, what, "the power is off");
    ++operations_;
    return {};
}

FileResult<> LossyDisk::end_change(const std::string& what) const {
    if (operations_ > cut_at_) return error(FileErrorKind::Other, what, "the power is off");
    return {};
}

LossyDisk::DirectoryPtr LossyDisk::directory_at(std::string_view path) const {
    DirectoryPtr at = root_;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const std::string name(path.substr(0, slash));
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (name.empty() || name == ".") continue;
        const auto found = at->now.find(name);
        if (found == at->now.end() || !found->second.directory) return nullptr;
        at = found->second.directory;
    }
    return at;
}

FileResult<LossyDisk::Place> LossyDisk::place_of(const std::string& path) const {
    std::string_view rest = path;
    while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
    const auto slash = rest.rfind('/');
    const auto parent = slash == std::string_view::npos ? std::string_view{} : rest.substr(0, slash);
    const auto name = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
    auto directory = directory_at(parent);
    if (!directory || name.empty()) return error(FileErrorKind::NotFound, path, "no such directory");
    return Place{std::move(directory), std::string(name)};
}

void LossyDisk::note(Change change) {
    if (change.from.directory) change.from.directory->now.erase(change.from.name);
    if (change.to.directory) change.to.directory->now[change.to.name] = change.entry;
    unsynced_names_.push_back(std::move(change));
}

// On the medium. Earlier changes of the same names may have been left out, so only what fits is done.
void LossyDisk::apply(const Change& change) {
    if (change.from.directory) {
        const auto found = change.from.directory->kept.find(change.from.name);
        if (found != change.from.directory->kept.end() && found->second == change.entry) {
            change.from.directory->kept.erase(found);
        }
    }
    if (change.to.directory) change.to.directory->kept[change.to.name] = change.entry;
}

FileResult<LossyDisk::NodePtr> LossyDisk::open(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("open " + path));
    TRY(place, place_of(path));
    const auto found = place.directory->now.find(place.name);
    if (found == place.directory->now.end() || !found->second.file) {
        return error(FileErrorKind::NotFound, "open " + path, "no such file");
    }
    return found->second.file;
}

FileResult<LossyDisk::NodePtr> LossyDisk::create(const std::string& path, unsigned permissions) {
    const std::lock_guard lock(mutex_);
    TRY(place, place_of(path));
    if (place.directory->now.contains(place.name))
        return error(FileErrorKind::Exists, "create " + path, "exists");
    TRY_VOID(begin_change("create " + path));
    auto node = std::make_shared<Node>(used_, ++node_count_, mark(), permissions);
    nodes_[node->inode] = node;
    note({{node, nullptr}, {}, std::move(place)});
    TRY_VOID(end_change("create " + path));
    return node;
}

FileResult<> LossyDisk::write(const NodePtr& node, std::uint64_t offset,
                              std::span<const std::string_view> pieces) {
    const std::lock_guard lock(mutex_);
    TRY_VOID(begin_change("write"));
    node->modified = mark();
    std::uint64_t at = offset;
    for (const auto& piece : pieces) {
        const std::uint64_t wanted = at + piece.size();
        const std::uint64_t room = free_octets();
        const std::uint64_t end = std::max(at, std::min<std::uint64_t>(wanted, node->now.size() + room));
        if (end > node->now.size()) node->resize(end);
        piece.copy(node->now.data() + at, end - at);
        auto& dirty_end = node->dirty[at];
        dirty_end = std::max(dirty_end, end);
        at = end;
        if (end < wanted) return error(FileErrorKind::Full, "write", "no space left");
    }
    return end_change("write");
}

FileResult<std::size_t> LossyDisk::read(const NodePtr& node, std::uint64_t offset,
                                        std::span<char> buffer) const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("read"));
    if (offset >= node->now.size()) return std::size_t{0};
    return node->now.copy(buffer.data(), buffer.size(), offset);
}

FileResult<std::uint64_t> LossyDisk::size(const NodePtr& node) const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("size"));
    return node->now.size();
}

FileResult<FileFacts> LossyDisk::facts(const NodePtr& node) const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("facts"));
    return FileFacts{node->now.size(), node->modified, 1, node->inode, true};
}

FileFacts::Time LossyDisk::mark() {
    return now_ ? now_() : FileFacts::Time(std::chrono::nanoseconds{operations_});
}

FileResult<FileRights> LossyDisk::rights(const NodePtr& node) const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("rights"));
    return FileRights{owner, node->permissions};
}

FileResult<> LossyDisk::truncate(const NodePtr& node, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    TRY_VOID(begin_change("truncate"));
    node->modified = mark();
    const std::uint64_t old = node->now.size();
    node->resize(size);
    auto& dirty_end =
        node->dirty[std::min(old, size)];  // what is cut off reads as zeros when the file grows again
    dirty_end = std::max({dirty_end, old, size});
    return end_change("truncate");
}

FileResult<> LossyDisk::sync(const NodePtr& node) {
    const std::lock_guard lock(mutex_);
    TRY_VOID(begin_change("sync"));
    TRY_VOID(end_change("sync"));
    if (failing_syncs_ > 0) {
        --failing_syncs_;
        node->dirty.clear();
        node->lost = true;
        return error(FileErrorKind::Other, "sync", "input/output error");
    }
    const auto size = node->lost ? std::max(node->kept.size(), node->now.size()) : node->now.size();
    node->kept.resize(size, '\0');
    for (const auto& [begin, end] : node->dirty) {
        const auto stop = std::min<std::uint64_t>(end, node->now.size());
        if (begin < stop) node->kept.replace(begin, stop - begin, node->now, begin, stop - begin);
    }
    node->dirty.clear();
    return {};
}

FileResult<> LossyDisk::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    TRY(source, place_of(from));
    TRY(target, place_of(to));
    const auto found = source.directory->now.find(source.name);
    if (found == source.directory->now.end())
        return error(FileErrorKind::NotFound, "rename " + from, "no such file");
    if (!found->second.file)
        return error(FileErrorKind::Other, "rename " + from, "directories cannot be renamed");
    TRY_VOID(begin_change("rename " + from));
    const Entry entry = found->second;
    note({entry, std::move(source), std::move(target)});
    return end_change("rename " + from);
}

FileResult<> LossyDisk::link(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    TRY(source, place_of(from));
    TRY(target, place_of(to));
    const auto found = source.directory->now.find(source.name);
    if (found == source.directory->now.end())
        return error(FileErrorKind::NotFound, "link " + from, "no such file");
    if (target.directory->now.contains(target.name))
        return error(FileErrorKind::Exists, "link " + to, "exists");
    TRY_VOID(begin_change("link " + to));
    note({found->second, {}, std::move(target)});
    return end_change("link " + to);
}

FileResult<> LossyDisk::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    TRY(place, place_of(path));
    const auto found = place.directory->now.find(place.name);
    if (found == place.directory->now.end())
        return error(FileErrorKind::NotFound, "remove " + path, "no such file");
    if (found->second.directory && !found->second.directory->now.empty()) {
        return error(FileErrorKind::Other, "remove " + path, "directory not empty");
    }
    TRY_VOID(begin_change("remove " + path));
    const Entry entry = found->second;
    note({entry, std::move(place), {}});
    return end_change("remove " + path);
}

FileResult<> LossyDisk::make_directory(const std::string& path) {
    const std::lock_guard lock(mutex_);
    TRY(place, place_of(path));
    if (place.directory->now.contains(place.name))
        return error(FileErrorKind::Exists, "mkdir " + path, "exists");
    TRY_VOID(begin_change("mkdir " + path));
    note({{nullptr, std::make_shared<Directory>()}, {}, std::move(place)});
    return end_change("mkdir " + path);
}

FileResult<> LossyDisk::sync_directory(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto directory = directory_at(path);
    if (!directory) return error(FileErrorKind::NotFound, "sync " + path, "no such directory");
    TRY_VOID(begin_change("sync " + path));
    TRY_VOID(end_change("sync " + path));
    std::erase_if(unsynced_names_, [&](const Change& change) {
        const bool lasts =
            change.to.directory ? change.to.directory == directory : change.from.directory == directory;
        if (lasts) apply(change);
        return lasts;
    });
    return {};
}

FileResult<std::vector<std::string>> LossyDisk::list(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("list " + path));
    const auto directory = directory_at(path);
    if (!directory) return error(FileErrorKind::NotFound, "list " + path, "no such directory");
    std::vector<std::string> names;
    for (const auto& entry : directory->now) names.push_back(entry.first);
    return names;
}

FileResult<std::uint64_t> LossyDisk::free_bytes() const {
    const std::lock_guard lock(mutex_);
    TRY_VOID(end_change("free space"));
    return free_octets();
}

std::uint64_t LossyDisk::free_octets() const {
    const std::uint64_t used = *used_;
    return capacity_ > used ? capacity_ - used : 0;
}

bool LossyDisk::exists(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto place = place_of(path);
    return directory_at(path) != nullptr || (place && place->directory->now.contains(place->name));
}

bool LossyDisk::is_directory(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return directory_at(path) != nullptr;
}

// Which of the unsynced changes of names had reached the medium: none, all up to one of them, or any of them.
void LossyDisk::settle_names() {
    const auto mode = random_.below(3);
    const auto prefix = random_.below(unsynced_names_.size() + 1);
    for (std::size_t i = 0; i < unsynced_names_.size(); ++i) {
        const bool happened = mode == 1 ? i < prefix : mode == 2 && random_.one_in(2);
        if (happened) apply(unsynced_names_[i]);
    }
}

// Which pieces of the unsynced data had.
void LossyDisk::settle_data(Node& node) {
    std::string result = node.kept;
    const std::uint64_t piece = random_.one_in(2) ? 512 : 4096;
    const auto mode = random_.below(4);
    const auto odds = random_.between(1, 8);
    if (!node.lost && node.now.size() < result.size() && random_.one_in(2)) result.resize(node.now.size());
    std::set<std::uint64_t> pieces;
    for (const auto& [begin, end] : node.dirty) {
        for (auto at = begin / piece; at * piece < std::min<std::uint64_t>(end, node.now.size()); ++at)
            pieces.insert(at);
    }
    const auto boundary = random_.below(pieces.size() + 1);
    std::uint64_t index = 0;
    for (const auto at : pieces) {
        const bool reached = mode == 0   ? false
                             : mode == 1 ? index < boundary
                             : mode == 2 ? index >= boundary
                                         : random_.below(9) < odds;
        ++index;
        if (!reached) continue;
        const auto begin = at * piece;
        const auto size = std::min<std::uint64_t>(piece, node.now.size() - begin);
        if (result.size() < begin + size) result.resize(begin + size, '\0');
        result.replace(begin, size, node.now, begin, size);
    }
    if (result.size() < node.now.size() && random_.one_in(4)) result.resize(node.now.size(), '\0');
    node.resize(result.size());
    node.now = result;
    node.kept = std::move(result);
    node.dirty.clear();
    node.lost = false;
}

void LossyDisk::forget_names(Directory& directory) {
    directory.now = directory.kept;
    for (const auto& [name, entry] : directory.now) {
        if (entry.directory) forget_names(*entry.directory);
    }
}

void LossyDisk::restart(Loss loss) {
    const std::lock_guard lock(mutex_);
    cut_at_ = never;
    failing_syncs_ = 0;
    if (loss == Loss::KilledProcess) return;
    settle_names();
    unsynced_names_.clear();
    forget_names(*root_);
    for (auto at = nodes_.begin(); at != nodes_.end();) {
        if (const auto node = at->second.lock()) {
            settle_data(*node);
            ++at;
        } else {
            at = nodes_.erase(at);
        }
    }
}

}  // namespace cursus
