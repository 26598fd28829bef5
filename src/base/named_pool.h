#pragma once
#include <cstddef>

#include "base/pool.h"
#include "base/thread_name.h"

namespace atelier {

/// A pool of so many threads, at least one, of this name (NameThread).
inline Pool MakePool(const char* name, std::size_t threads) {
  const NamingThreads naming(name);
  return Pool(threads);
}

}  // namespace atelier
