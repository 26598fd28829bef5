#include "api/framework/router.h"

#include <algorithm>

#include <boost/container/small_vector.hpp>

#include "base/check.h"
#include "base/encoding.h"

namespace atelier::api {

namespace {

using Pieces = boost::container::small_vector<std::string_view, 8>;  // more than any row has

Pieces SplitPath(std::string_view path) {
  Pieces pieces;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    pieces.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return pieces;
}

}  // namespace

std::vector<Router::Piece> Router::SplitPattern(std::string_view path) {
  std::vector<Piece> pieces;
  for (const std::string_view text : SplitPath(path)) {
    const bool is_param = text.starts_with('{');
    pieces.push_back(
        {.text = is_param ? text.substr(1, text.size() - 2) : text, .is_param = is_param});
  }
  return pieces;
}

void Router::Add(std::vector<Piece> pieces, const Operation& operation) {
  const auto literals_first = [](const Route& a, const Route& b) {
    return std::lexicographical_compare(
        a.pieces.begin(), a.pieces.end(), b.pieces.begin(), b.pieces.end(),
        [](const Piece& x, const Piece& y) { return !x.is_param && y.is_param; });
  };
  std::vector<Route>& routes = routes_[{operation.method, pieces.size()}];
  Route route{.pieces = std::move(pieces), .operation = &operation};
  routes.insert(std::upper_bound(routes.begin(), routes.end(), route, literals_first), route);
}

Router::Router(std::span<const Operation> operations) {
  for (const Operation& operation : operations) {
    if (operation.path == "/") {
      rpc_.emplace(operation.name, &operation);
      continue;
    }
    std::vector<Piece> pieces = SplitPattern(operation.path);
    if (!pieces.back().is_param && pieces.back().text.empty())
      Add({pieces.begin(), pieces.end() - 1}, operation);
    Add(std::move(pieces), operation);
  }
  const auto same_requests = [](const Route& a, const Route& b) {
    return a.operation->version == b.operation->version &&
           std::equal(a.pieces.begin(), a.pieces.end(), b.pieces.begin(), b.pieces.end(),
                      [](const Piece& x, const Piece& y) {
                        return x.is_param == y.is_param && (x.is_param || x.text == y.text);
                      });
  };
  for (auto& [key, routes] : routes_) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
      for (std::size_t j = i + 1; j < routes.size(); ++j)
        ATELIER_CHECK(!same_requests(routes[i], routes[j]),
                      "every row answers requests of its own");
    }
  }
}

std::optional<Router::Match> Router::Find(std::string_view method, std::string_view path,
                                          std::string_view version) const {
  Pieces pieces = SplitPath(path);
  const auto group = routes_.find({method, pieces.size()});
  if (group == routes_.end()) return std::nullopt;
  std::vector<std::string> decoded;  // of the few that have an escape
  if (path.find('%') != std::string_view::npos) {
    decoded.reserve(pieces.size());
    for (std::string_view& piece : pieces) piece = decoded.emplace_back(PercentDecode(piece));
  }
  const Route* found = nullptr;
  for (const Route& route : group->second) {
    const bool fits = std::equal(route.pieces.begin(), route.pieces.end(), pieces.begin(),
                                 [](const Piece& piece, std::string_view text) {
                                   return piece.is_param ? !text.empty() : piece.text == text;
                                 });
    if (!fits) continue;
    const bool asked_for = route.operation->version == version;
    if (found == nullptr || asked_for) found = &route;
    if (asked_for || version.empty()) break;
  }
  if (found == nullptr) return std::nullopt;
  Match match{.operation = found->operation, .path = {}};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (found->pieces[i].is_param) match.path.emplace_back(found->pieces[i].text, pieces[i]);
  }
  return match;
}

const Operation* Router::FindRpc(std::string_view action, std::string_view version) const {
  const auto [begin, end] = rpc_.equal_range(action);
  for (auto row = begin; row != end; ++row) {
    if (row->second->version == version) return row->second;
  }
  return begin == end ? nullptr : begin->second;
}

}  // namespace atelier::api
