// Debian's RocksDB is not instrumented for ThreadSanitizer, which therefore does not see its atomics and
// takes what its memory tables do among themselves for races.

extern "C" const char* __tsan_default_suppressions();  // of the sanitizer's interface, called at start

const char* __tsan_default_suppressions() {
    return "race:librocksdb.so\n";
}
