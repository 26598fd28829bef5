#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "store/store.h"

namespace atelier::control {

/// Every T with a key in [from, to), in order of the keys, a page at a time. DataLoss, and the
/// errors of Store::Scan.
template <class T>
Task<Result<std::vector<T>>> ReadAll(store::Store& store, store::Kind kind, std::string from,
                                     std::string to) {
  std::vector<T> all;
  store::Store::Range range{.from = std::move(from), .to = std::move(to)};
  for (;;) {
    ATELIER_CO_TRY(const auto page, co_await store.Scan(kind, range));
    for (const store::Record& record : page) {
      ATELIER_CO_TRY(auto one, FromRecord<T>(record.body));
      all.push_back(std::move(one));
    }
    if (page.size() < range.limit) co_return all;
    range.from = page.back().key + '\0';
  }
}

}  // namespace atelier::control
