#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/framework/params.h"
#include "api/operation.h"

namespace atelier::api {

/// Finds the row of a request. Built once from the operation table.
class Router {
 public:
  struct Match {
    const Operation* operation = nullptr;
    RawParams path;  // the {Name} pieces, decoded
  };

  /// `operations` outlives the router. Two rows that answer the same requests in one version are a
  /// broken invariant.
  explicit Router(std::span<const Operation> operations);

  /// By method and path, in the version asked for if there is such a row: products may share paths.
  /// The path is split before its pieces are decoded, so an escaped slash stays within its piece; a
  /// literal piece wins over a {Name}, and then the earlier row; an empty piece matches nothing,
  /// but a slash at the end of a row's path is optional.
  std::optional<Match> Find(std::string_view method, std::string_view path,
                            std::string_view version = {}) const;

  /// RPC style, on path "/": by name, in the version asked for if there is such a row.
  const Operation* FindRpc(std::string_view action, std::string_view version) const;

 private:
  struct Piece {
    std::string_view text;  // literal, or the parameter's name
    bool is_param = false;
  };
  struct Route {
    std::vector<Piece> pieces;
    const Operation* operation = nullptr;
  };
  void Add(std::vector<Piece> pieces, const Operation& operation);
  static std::vector<Piece> SplitPattern(std::string_view path);

  /// By method and number of pieces; within one, routes with earlier literals come first.
  std::map<std::pair<std::string_view, std::size_t>, std::vector<Route>> routes_;
  std::multimap<std::string_view, const Operation*> rpc_;
};

}  // namespace atelier::api
