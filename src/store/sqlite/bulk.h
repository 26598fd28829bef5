#pragma once
#include <memory>
#include <string>

#include "store/store.h"

namespace atelier::store::sqlite {

/// The records of `kind` in the database file at `path`, in the order in which they lie there:
/// whatever else fills the file, each of its pages that holds one is read once.
Result<std::unique_ptr<Bulk>> OpenBulk(const std::string& path, Kind kind);

}  // namespace atelier::store::sqlite
