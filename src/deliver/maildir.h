// A Maildir: every message a file of its own, written in tmp/, named in new/ once it is whole and on disk.
// Blocking: for the offload pool.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/files.h"

namespace cursus {

// Makes the directories that are missing, from `root` down, and makes their names last. `path` lies below
// `root`.
FileResult<> prepare_maildir(Files& files, const std::string& root, const std::string& path);

// One message on its way into a Maildir. The name is made of the message and its recipient, so that a
// delivery that is done once more after a crash replaces what the first one left instead of standing beside
// it.
class MaildirFile {
public:
    MaildirFile(Files& files, std::string maildir, std::string name);
    FileResult<> open();  // NotFound: the Maildir is not there
    FileResult<> write(std::string_view text);
    FileResult<> commit();  // on success the message is in new/ and stays there
    void abandon();         // after a failure: leaves nothing behind, if it can

private:
    Files& files_;
    std::string maildir_, name_, temporary_;
    std::unique_ptr<File> file_;
    std::uint64_t offset_ = 0;
};

// Maildirs hold lines that end in LF alone, which is what the programs that read them expect; SMTP's end in
// CRLF. In pieces: a CR at the end of one waits for the next. A CR without LF, which no accepted message has,
// is kept.
class LineEnds {
public:
    std::string to_lf(std::string_view piece);
    std::string end();  // what still waits

private:
    bool has_cr_ = false;
};

}  // namespace cursus
