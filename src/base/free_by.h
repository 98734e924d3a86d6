// Owning what a C library allocates.
#pragma once

namespace cursus {

// The deleter of a std::unique_ptr whose object `free_it` gives back: std::unique_ptr<SSL, FreeBy<SSL_free>>.
template <auto free_it>
struct FreeBy {
    template <class T>
    void operator()(T* what) const {
        free_it(what);
    }
};

}  // namespace cursus
