#include "threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace parenchyma {
namespace {

using Work = std::function<void(int64_t, int64_t, int)>;

/** How often a thread looks for work, or for the others' end, before it gives its processor away: some tens of microseconds. */
constexpr int kLooks = 2000;

/** As TensorFlow counts: the variable that it reads too, else the processors that this process may use. */
int count_threads() {
  const char *wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
  if (wanted != nullptr && std::atoi(wanted) > 0) return std::atoi(wanted);
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1u, std::thread::hardware_concurrency());
}

class Pool {
 public:
  Pool() : threads_(count_threads()) {
    for (int thread = 1; thread < threads_; ++thread) std::thread([this, thread] { serve(thread); }).detach();
  }

  int threads() const { return threads_; }

  void run(int64_t count, int64_t parts, const Work &work) {
    std::lock_guard<std::mutex> one_at_a_time(running_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      count_ = count;
      parts_ = std::max<int64_t>(1, std::min(parts, count));
      next_.store(0);
      busy_.store(threads_ - 1);
      round_.fetch_add(1);
    }
    wake_.notify_all();
    take_parts(0);
    for (int look = 0; busy_.load() > 0; ++look) {
      if (look < kLooks) {
        __builtin_ia32_pause();
      } else {
        std::this_thread::yield();
      }
    }
  }

 private:
  void take_parts(int thread) {
    for (int64_t part = next_.fetch_add(1); part < parts_; part = next_.fetch_add(1)) {
      (*work_)(count_ * part / parts_, count_ * (part + 1) / parts_, thread);
    }
  }

  void serve(int thread) {
    uint64_t seen = 0;
    for (;;) {
      for (int look = 0; look < kLooks && round_.load() == seen; ++look) __builtin_ia32_pause();
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load() != seen; });
        seen = round_.load();
      }
      take_parts(thread);
      busy_.fetch_sub(1);
    }
  }

  const int threads_;
  std::mutex running_, mutex_;
  std::condition_variable wake_;
  const Work *work_ = nullptr;
  int64_t count_ = 0, parts_ = 0;
  std::atomic<int64_t> next_{0}, busy_{0};
  std::atomic<uint64_t> round_{0};
};

/** Never destroyed: threads that still wait when the process ends must not find their pool gone. */
Pool &pool() {
  static Pool *const pool = new Pool;
  return *pool;
}

}  // namespace

int thread_count() { return pool().threads(); }

void in_parallel(int64_t count, int64_t parts, const Work &work) {
  if (count > 0) pool().run(count, parts, work);
}

}  // namespace parenchyma
