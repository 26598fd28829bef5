#include "api/framework/unimplemented.h"

namespace atelier::api {

namespace {

/// A parameter for each {Name} in `path`.
std::vector<Param> PathParams(std::string_view path) {
  std::vector<Param> params;
  for (std::size_t open = path.find('{'); open != std::string_view::npos; open = path.find('{')) {
    const std::size_t close = path.find('}', open);
    params.push_back({.name = path.substr(open + 1, close - open - 1),
                      .type = Param::Type::kText,
                      .in_path = true,
                      .required = true});
    path.remove_prefix(close + 1);
  }
  return params;
}

}  // namespace

RefusedTable::RefusedTable(Product product, std::string_view version,
                           std::span<const UnimplementedRow> rows,
                           std::string_view (*resource_of)(std::string_view path)) {
  params_.reserve(rows.size());
  operations_.reserve(rows.size());
  for (const UnimplementedRow& row : rows) {
    std::vector<Param>& params = params_.emplace_back(PathParams(row.path));
    params.insert(params.end(), row.query.begin(), row.query.end());
    operations_.push_back(
        {.product = product,
         .name = row.name,
         .version = version,
         .method = row.method,
         .path = row.path,
         .handler = {.params = params, .run = nullptr},
         .resource = resource_of == nullptr ? std::string_view() : resource_of(row.path),
         .open_to_all = row.open_to_all,
         .refusal = row.refusal});
  }
}

}  // namespace atelier::api
