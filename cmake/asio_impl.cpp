#include <cstddef>
#include <sys/epoll.h>

#include "../src/base/loop_wait.h"

constinit thread_local atelier::LoopWait* atelier::loop_wait = nullptr;

namespace {

int WaitAndTell(int epoll, epoll_event* events, int most, int timeout_ms) {
  atelier::LoopWait* const told = atelier::loop_wait;
  if (told != nullptr) told->Before();
  const int ready = ::epoll_wait(epoll, events, most, timeout_ms);
  if (told != nullptr) told->After();
  return ready;
}

}  // namespace

// Asio has no hook of its own where its loop waits.
#define epoll_wait WaitAndTell
#include <boost/asio/impl/src.hpp>
#undef epoll_wait
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
