#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.h"
#include "api/text.h"

namespace atelier::api {

/// A row of RAM: RPC style, so told apart by its name.
constexpr Operation RamRow(std::string_view name, Handler handler, bool mutates, SchemaFn answer,
                           std::string_view doc) {
  return {.product = Product::kRam,
          .name = name,
          .version = "2015-05-01",
          .method = "POST",
          .path = "/",
          .handler = handler,
          .mutates = mutates,
          .answer = answer,
          .doc = doc};
}

constexpr Param RequiredText(std::string_view name, std::int64_t most, std::string_view doc) {
  return {.name = name, .required = true, .max = most, .doc = doc};
}

inline constexpr std::int64_t kMaxPrincipalName = 64;  // of users and roles
inline constexpr std::int64_t kMaxPolicyName = 128;
inline constexpr std::int64_t kMaxPolicyDocument = 6144;

inline constexpr Param kUserName =
    RequiredText("UserName", kMaxPrincipalName, "Login name of the user.");
inline constexpr Param kRoleName = RequiredText("RoleName", kMaxPrincipalName, "Name of the role.");
inline constexpr Param kPolicyName =
    RequiredText("PolicyName", kMaxPolicyName, "Name of the policy.");
inline constexpr Param kPolicyType = {.name = "PolicyType",
                                      .type = Param::Type::kEnum,
                                      .required = true,
                                      .values = "System,Custom",
                                      .doc = "System: built in; Custom: made with CreatePolicy."};
inline constexpr Param kMarker = {.name = "Marker", .doc = "Marker of the page before."};
inline constexpr Param kMaxItems = {.name = "MaxItems",
                                    .type = Param::Type::kInteger,
                                    .min = 1,
                                    .max = 1000,
                                    .standard = 100,
                                    .doc = "Of a page."};

inline constexpr std::array kOfPage = {kMarker, kMaxItems};

/// A page of a list ordered by name, and the marker of the next one: the last name shown.
template <class T>
struct MarkedPage {
  std::vector<T> items;
  std::optional<std::string> marker;
};
template <class T>
MarkedPage<T> PageByName(std::vector<T> all, std::string T::* name, Args<kOfPage> args) {
  std::ranges::sort(all, {}, name);
  const auto from = std::ranges::upper_bound(all, args.Text("Marker"), {}, name);
  const auto left = std::distance(from, all.end());
  const auto count = std::min<std::int64_t>(left, *args.Integer("MaxItems"));
  MarkedPage<T> page;
  page.items.assign(std::make_move_iterator(from), std::make_move_iterator(from + count));
  if (count < left) page.marker = page.items.back().*name;
  return page;
}

/// Refuses what this server would have to drop: the first that is asked for.
template <const auto& kRows>
Status RefuseTexts(const Args<kRows>& args,
                   std::initializer_list<typename Args<kRows>::AnyName> names) {
  for (const auto name : names) {
    if (args.Has(name))
      return Invalid(std::string(kRows[name.at].name) + " is not supported by this server yet.");
  }
  return Ok();
}

Result<model::User> FindUserByName(const Context& context, const std::string& name);
Error UnknownPolicy();
/// Whether a policy of this type and name is there.
bool PolicyExists(const Context& context, std::string_view type, std::string_view name);

std::span<const Operation> UserOperations();    // users.cpp
std::span<const Operation> KeyOperations();     // keys.cpp
std::span<const Operation> PolicyOperations();  // policies.cpp
std::span<const Operation> RoleOperations();    // roles.cpp

}  // namespace atelier::api
