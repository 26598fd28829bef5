#pragma once
#include <string>

namespace atelier::api {

/// OpenAPI 3.0 of every row of Operations(): paths, parameters with their rules, bodies and
/// answers. RPC style operations, which share one path, stand under "/?Action=<name>".
std::string OpenApiDocument();

}  // namespace atelier::api
