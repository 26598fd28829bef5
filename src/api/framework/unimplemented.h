#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "api/operation.h"

namespace atelier::api {

/// An operation that is known and not supported.
struct UnimplementedRow {
  std::string_view name;
  std::string_view method;
  std::string_view path;     // its {Name} pieces are parameters
  std::string_view refusal;  // "Snapshots are": goes before "not supported by this server yet."
  std::span<const Param> query = {};
  bool open_to_all = false;
};

/// The rows of one product as operations.
class RefusedTable {
 public:
  /// `resource_of`: what RAM policies are asked about for a path; nullptr: All Resources.
  RefusedTable(Product product, std::string_view version, std::span<const UnimplementedRow> rows,
               std::string_view (*resource_of)(std::string_view path) = nullptr);

  std::span<const Operation> operations() const { return operations_; }

 private:
  std::vector<std::vector<Param>> params_;
  std::vector<Operation> operations_;  // with views of params_
};

}  // namespace atelier::api
