#pragma once
#include <functional>
#include <string>
#include <vector>

#include "store/record.h"
#include "store/sqlite/database.h"
#include "store/store.h"

namespace atelier::store::sqlite {

/// One read connection and its statements. Used by one thread at a time; sees what is committed,
/// whatever the writer is doing.
class Reader {
 public:
  static Result<Reader> Open(const std::string& path);

  Result<Record> Get(Kind kind, const std::string& key);
  Result<std::vector<Record>> Scan(Kind kind, const Store::Range& range);
  Status Load(Kind kind, const std::function<void(Record)>& each);

 private:
  Reader(Connection connection, Statement get, Statement up, Statement up_to, Statement down,
         Statement down_to);

  Connection connection_;  // first: outlives its statements
  Statement get_;
  Statement up_;     // from a key to the end of its kind
  Statement up_to_;  // from a key to before another
  Statement down_;   // the same two, backwards
  Statement down_to_;
};

}  // namespace atelier::store::sqlite
