#pragma once
#include <array>
#include <pthread.h>

namespace atelier {

/// Names the calling thread, for `top -H`, debuggers and core files. `name`: 1 to 15 bytes, which
/// is what the system keeps. The first thread is never named: its name is that of the process.
inline void NameThread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

/// The threads that the calling one starts while this lives have this name; it has its own again
/// afterwards.
class NamingThreads {
 public:
  explicit NamingThreads(const char* name) {
    ::pthread_getname_np(::pthread_self(), own_.data(), own_.size());
    NameThread(name);
  }
  NamingThreads(const NamingThreads&) = delete;
  NamingThreads& operator=(const NamingThreads&) = delete;
  ~NamingThreads() { NameThread(own_.data()); }

 private:
  std::array<char, 16> own_{};
};

}  // namespace atelier
