// A value or a failure the caller must handle (std::expected), and the two macros that pass a failure on.
#pragma once

#include <expected>
#include <utility>

namespace cursus {

template <class T, class E>
using Result = std::expected<T, E>;

template <class E>
std::unexpected<std::decay_t<E>> failure(E&& error) {
    return std::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

}  // namespace cursus

#define CURSUS_JOIN_(a, b) a##b
#define CURSUS_JOIN(a, b) CURSUS_JOIN_(a, b)

// TRY(name, expression): in a function returning Result, declare `name` with the value, or return the
// failure.
#define TRY(name, ...) CURSUS_TRY_(CURSUS_JOIN(try_result_, __LINE__), return, name, __VA_ARGS__)
// TRY_VOID(expression): the same for Result<void, E>.
#define TRY_VOID(...) CURSUS_TRY_VOID_(CURSUS_JOIN(try_result_, __LINE__), return, __VA_ARGS__)
// CO_TRY, CO_TRY_VOID: the same inside a coroutine; the expression may be a `co_await`.
#define CO_TRY(name, ...) CURSUS_TRY_(CURSUS_JOIN(try_result_, __LINE__), co_return, name, __VA_ARGS__)
#define CO_TRY_VOID(...) CURSUS_TRY_VOID_(CURSUS_JOIN(try_result_, __LINE__), co_return, __VA_ARGS__)

#define CURSUS_TRY_(temporary, leave, name, ...)                           \
    auto temporary = __VA_ARGS__;                                          \
    if (!temporary) leave ::cursus::failure(std::move(temporary).error()); \
    auto name = *std::move(temporary)
#define CURSUS_TRY_VOID_(temporary, leave, ...) \
    auto temporary = __VA_ARGS__;               \
    if (!temporary) leave ::cursus::failure(std::move(temporary).error())
