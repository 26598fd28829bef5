#include "api/framework/served.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include <fmt/format.h>

namespace atelier::api {

namespace {

struct OtherProduct {
  std::string_view version;
  std::string_view name;
};

/// What tools that speak to us speak as well, and other versions of ours.
constexpr auto kOthers = std::to_array<OtherProduct>({
    {"2018-05-22", "EAS"},
    {"2020-12-03", "DLC"},
    {"2021-02-02", "PAIFlow"},
    {"2021-02-26", "DSW"},
    {"2021-07-02", "EAS"},
});

/// "DSW 2022-01-01, EAS 2021-07-01": the versions that have an operation which works.
const std::string& Spoken() {
  static const std::string kText = [] {
    std::set<std::string> versions;
    for (const Operation& operation : Operations()) {
      if (operation.handler != nullptr && !operation.version.empty())
        versions.insert(fmt::format("{} {}", ProductName(operation.product), operation.version));
    }
    return fmt::format("{}", fmt::join(versions, ", "));
  }();
  return kText;
}

bool IsOurs(std::string_view version) {
  return std::ranges::find(Operations(), version, &Operation::version) != Operations().end();
}

}  // namespace

Error Refusal(const Operation& operation) {
  std::string text(operation.refusal);
  // The texts of these stay as they have always been.
  const bool as_ever = operation.product == Product::kDsw || operation.product == Product::kEas ||
                       operation.product == Product::kAirec;
  if (!as_ever) text.insert(text.rfind(' '), fmt::format(" ({})", operation.name));
  return {Code::kUnimplemented, text + " not supported by this server yet."};
}

Error NotServed(const Asked& asked, const Error& plain) {
  if (!asked.version.empty() && !IsOurs(asked.version)) {
    const auto* other = std::ranges::find(kOthers, asked.version, &OtherProduct::version);
    return {Code::kInvalidArgument,
            fmt::format("{} {} is not supported by this server, which speaks {}.",
                        other == kOthers.end() ? "Version" : other->name, asked.version, Spoken()),
            "InvalidVersion"};
  }
  const auto by_path = std::ranges::find_if(Operations(), [&](const Operation& operation) {
    return operation.path != "/" && operation.name == asked.action &&
           (asked.version.empty() || operation.version == asked.version);
  });
  if (by_path == Operations().end()) {
    return {plain.code(), fmt::format("{} This server speaks {}.", plain.message(), Spoken()),
            std::string(plain.reason())};
  }
  if (by_path->handler == nullptr) return Refusal(*by_path);
  return {Code::kInvalidArgument, fmt::format("{} is called by its path: {} {}.", by_path->name,
                                              by_path->method, by_path->path)};
}

}  // namespace atelier::api
