#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.h"

namespace atelier::api {

/// What this server does not have.
struct Feature {
  std::string_view are;   // "Snapshots are": goes before "not supported by this server yet."
  std::string_view path;  // that its operations begin with
  bool open_to_all = false;
};

/// An operation that is known and not supported.
struct UnimplementedRow {
  std::string_view name;
  const Feature& feature;
  std::string_view method = "POST";
  std::string_view path = {};  // after that of the feature; {Name} pieces are parameters
  std::span<const Param> query = {};
};

/// The rows of one product as operations.
class UnimplementedTable {
 public:
  UnimplementedTable(const ApiVersion& api, std::span<const UnimplementedRow> rows);

  std::span<const Operation> operations() const { return operations_; }

 private:
  std::vector<std::string> paths_;
  std::vector<std::vector<Param>> params_;  // with views of paths_
  std::vector<Operation> operations_;       // with views of both
};

}  // namespace atelier::api
