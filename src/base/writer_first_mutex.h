#pragma once
#include <pthread.h>

#include "base/check.h"

namespace atelier {

/// Many readers or one writer; readers that come while a writer waits go after it, so that no
/// number of readers holds a writer up for longer than those inside need. std::shared_mutex, made
/// of the same parts, lets such readers pass. Not recursive: a reader that locks again while a
/// writer waits would wait for ever.
class WriterFirstMutex {
 public:
  WriterFirstMutex() {
    pthread_rwlockattr_t how;
    ATELIER_CHECK(pthread_rwlockattr_init(&how) == 0, "there is memory at start");
    pthread_rwlockattr_setkind_np(&how, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    ATELIER_CHECK(pthread_rwlock_init(&lock_, &how) == 0, "there is memory at start");
    pthread_rwlockattr_destroy(&how);
  }
  WriterFirstMutex(const WriterFirstMutex&) = delete;
  WriterFirstMutex& operator=(const WriterFirstMutex&) = delete;
  ~WriterFirstMutex() { pthread_rwlock_destroy(&lock_); }

  void lock() { pthread_rwlock_wrlock(&lock_); }
  void unlock() { pthread_rwlock_unlock(&lock_); }
  void lock_shared() { pthread_rwlock_rdlock(&lock_); }
  void unlock_shared() { pthread_rwlock_unlock(&lock_); }

 private:
  pthread_rwlock_t lock_;
};

}  // namespace atelier
