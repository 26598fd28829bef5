#pragma once
#include <cstddef>
#include <string_view>

/// The rules that environment variables of instances keep, whoever sets them.
namespace atelier::api {

inline constexpr std::size_t kMaxVariables = 100;
inline constexpr std::size_t kMaxVariableName = 128;
inline constexpr std::size_t kMaxVariablesBytes = 64U << 10U;  // names and values together

/// Whether the server itself sets this variable in an instance, so that its JupyterLab starts and
/// stays behind the gateway.
bool IsReserved(std::string_view name);
/// Letters, digits and underscores, no digit first.
bool IsVariableName(std::string_view name);

}  // namespace atelier::api
