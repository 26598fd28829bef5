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

UnimplementedTable::UnimplementedTable(const ApiVersion& api,
                                       std::span<const UnimplementedRow> rows) {
  paths_.reserve(rows.size());
  params_.reserve(rows.size());
  operations_.reserve(rows.size());
  for (const UnimplementedRow& row : rows) {
    const Feature& feature = row.feature;
    const std::string& path = paths_.emplace_back(std::string(feature.path).append(row.path));
    std::vector<Param>& params = params_.emplace_back(PathParams(path));
    params.insert(params.end(), row.query.begin(), row.query.end());
    operations_.push_back(
        {.product = api.product,
         .name = row.name,
         .version = api.version,
         .method = row.method,
         .path = path,
         .handler = {.params = params, .run = nullptr, .answer = nullptr},
         .resource = api.resource_of == nullptr ? std::string_view() : api.resource_of(path),
         .open_to_all = api.open_to_all || feature.open_to_all,
         .refusal = feature.are});
  }
}

}  // namespace atelier::api
