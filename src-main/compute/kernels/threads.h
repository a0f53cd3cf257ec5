#pragma once
#include <cstdint>
#include <functional>

namespace parenchyma {

/** Threads that share work, the calling one among them. */
int thread_count();

/**
 * Calls `work(from, to, thread)` for consecutive parts of 0 … count until all are done, and waits for them. Who does which part
 * is decided as threads become free, so the result of a part must not depend on it. `thread` is 0 … thread_count() − 1.
 *
 * @param parts into how many parts the work is divided at most
 */
void in_parallel(int64_t count, int64_t parts,
                 const std::function<void(int64_t from, int64_t to, int thread)> &work);

}  // namespace parenchyma
