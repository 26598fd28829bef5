#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/framework/list.h"
#include "api/text.h"

namespace atelier::api {

inline constexpr ApiVersion kRamApi{.product = Product::kRam, .version = "2015-05-01"};
/// RAM is asked for AssumeRole by the identity service, of the role's own ARN.
inline constexpr ApiVersion kStsApi{
    .product = Product::kSts, .version = "2015-04-01", .open_to_all = true};

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

/// Encodes a page of what is listed by name into `out`, and the marker of the next one.
template <auto kName, class Item, class Answer, class Out, class Encode>
void FillByName(List<Item>& list, Args<kOfPage> args, Answer& answer, std::vector<Out>& out,
                Encode encode) {
  answer.Marker = list.template PageAfter<kName>(args.Text("Marker"), *args.Integer("MaxItems"));
  answer.IsTruncated = answer.Marker.has_value();
  list.Fill(answer, out, kWhole, encode);
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

}  // namespace atelier::api
