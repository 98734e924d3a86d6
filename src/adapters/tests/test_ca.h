// Certificates for tests, made once for each test program, and directories that vanish.
#pragma once

#include <filesystem>
#include <string>

namespace cursus {

class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// One authority with certificates for "mx.alpha.example", "mail.beta.example", "*.beta.example", "127.0.0.1"
// (an address), "common.alpha.example" (as its common name only), and for the clients "client", "expired
// client" and "server only" (which is for none); and another authority that has nothing to do with them.
class TestCa {
public:
    static const TestCa& shared();

    std::filesystem::path root() const { return file("root.pem"); }
    std::filesystem::path other_root() const { return file("other.pem"); }
    std::filesystem::path chain(const std::string& name) const { return file(name + ".pem"); }
    std::filesystem::path key(const std::string& name) const { return file(name + ".key"); }
    std::filesystem::path other_key() const { return file("other.key"); }
    std::filesystem::path locked_key() const { return file("locked.key"); }  // wants a passphrase

private:
    TestCa();
    std::filesystem::path file(const std::string& name) const { return directory_.path() + "/" + name; }
    ScratchDirectory directory_;
};

}  // namespace cursus
