#include "deliver/own_maildir.h"

#include "runtime/offload.h"

namespace cursus {

namespace {

Reply reply_of(const FileError& error) {
    if (error.kind == FileErrorKind::Full)
        return {452, Status{4, 3, 1}, "No room in the mailbox's file system"};
    return {451, Status{4, 3, 0}, "The mailbox cannot be written to now: " + error.what};
}

}  // namespace

Task<std::optional<Reply>> OwnMaildirs::write(LocalCopy copy, MaildirPlace place) {
    const std::string path = co_await folder_or_inbox(std::move(place));
    MaildirFile file(world_.files, path, maildir_file_name(copy));
    Place where{path, known_.contains(path)};
    auto trouble = co_await write_pieces(copy, file, std::move(where));
    if (trouble) {
        known_.erase(path);  // perhaps somebody took its directories away
        auto abandon = [&file] {
            file.abandon();
            return true;
        };
        co_await offload(world_.offload, abandon);
        co_return trouble;
    }
    if (known_.size() >= maildirs_remembered_max) known_.clear();
    known_.insert(path);
    co_return std::nullopt;
}

// Only a folder that its owner has made: otherwise any stranger could make as many as they like.
Task<std::string> OwnMaildirs::folder_or_inbox(MaildirPlace place) {
    if (place.folder.empty()) co_return std::move(place.path);
    std::string folder = place.path + '/' + place.folder;
    if (known_.contains(folder)) co_return folder;
    auto is_there = [this, &folder] { return world_.files.exists(folder); };
    const bool found = co_await offload(world_.offload, is_there);
    co_return found ? std::move(folder) : std::move(place.path);
}

// One trip to the pool for each piece of the message, which for most messages is one in all.
Task<std::optional<Reply>> OwnMaildirs::write_pieces(LocalCopy copy, MaildirFile& file, Place place) {
    Files& files = world_.files;
    // The part of every path that is there already.
    const std::string& root = copy.ways.local.mailboxes().root();
    LineEnds line_ends;
    std::string text = head_of(copy);
    bool is_first = true, is_last = false;
    std::uint64_t offset = 0;
    auto step = [&]() -> FileResult<> {
        if (is_first) {
            if (!place.is_known) {
                TRY_VOID(prepare_maildir(files, root, place.path));
            }
            auto opened = file.open();
            if (!opened && opened.error().kind == FileErrorKind::NotFound) {
                TRY_VOID(prepare_maildir(files, root, place.path));
                opened = file.open();
            }
            if (!opened) return opened;
        }
        TRY_VOID(file.write(text));
        return is_last ? file.commit() : FileResult<>{};
    };
    MessageBody& body = *copy.work.body;
    while (!is_last) {
        auto piece = co_await body.piece(offset);
        if (!piece) co_return Reply{451, Status{4, 3, 0}, "The message cannot be read from the queue now"};
        offset += (*piece)->size();
        is_last = (*piece)->empty() || offset >= body.size();
        text += line_ends.to_lf(**piece);
        if (is_last) text += line_ends.end();
        auto done = co_await offload(world_.offload, step);
        if (!done) co_return reply_of(done.error());
        is_first = false;
        text.clear();
    }
    co_return std::nullopt;
}

}  // namespace cursus
