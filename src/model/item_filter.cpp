#include "model/item_filter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace atelier::model {

namespace {

constexpr int kMaxConditions = 10;
constexpr int kMaxDepth = 3;

constexpr auto kFields = std::to_array<std::string_view>(
    {"author", "brand_id", "category_path", "channel", "city", "country", "item_id", "item_type",
     "organization", "shop_id", "source_id", "tags"});

Error Bad(std::string message) { return {Code::kInvalidArgument, "filter: " + std::move(message)}; }

std::optional<std::string> ScalarOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? std::nullopt : ScalarText(*value);
}

bool HasMember(std::string_view list, std::string_view wanted) {
  return std::ranges::any_of(Split(list, ',', Trailing::kDrop),
                             [&](std::string_view member) { return member == wanted; });
}

/// "1_2_3" is in "1_2_3", "1_2" and "1".
bool IsInCategory(std::string_view path, std::string_view category) {
  return path.starts_with(category) &&
         (path.size() == category.size() || path[category.size()] == '_');
}

}  // namespace

bool ItemFilter::Knows(std::string_view field) {
  return std::ranges::find(kFields, field) != kFields.end();
}

Result<ItemFilter> ItemFilter::Parse(const json::value& value) {
  int left = kMaxConditions;
  return Read(value, 1, left);
}

Result<ItemFilter> ItemFilter::Read(const json::value& value, int depth, int& left) {
  const json::object* object = value.if_object();
  if (object == nullptr) return Bad("a condition must be an object.");
  if (depth > kMaxDepth) return Bad(fmt::format("conditions nest at most {} deep.", kMaxDepth));
  ItemFilter filter;
  if (const auto join = ScalarOf(*object, "join")) {
    if (*join != "and" && *join != "or") return Bad("join must be and or or.");
    filter.rule_ = *join == "and" ? Rule::kAnd : Rule::kOr;
    const json::value* parts = object->if_contains("filters");
    if (parts == nullptr || !parts->is_array() || parts->get_array().empty())
      return Bad("filters must be an array of conditions.");
    for (const json::value& part : parts->get_array()) {
      ATELIER_TRY(ItemFilter read, Read(part, depth + 1, left));
      filter.parts_.push_back(std::move(read));
    }
    return filter;
  }
  if (--left < 0) return Bad(fmt::format("at most {} conditions.", kMaxConditions));
  static constexpr std::pair<std::string_view, Rule> kRules[] = {
      {"contain", Rule::kContain},
      {"not_contain", Rule::kNotContain},
      {"equal", Rule::kEqual},
      {"not_equal", Rule::kNotEqual},
      {"category_match", Rule::kCategoryMatch},
      {"category_not_match", Rule::kCategoryNotMatch}};
  const auto cond = ScalarOf(*object, "cond").value_or("");
  const auto* rule =
      std::ranges::find(kRules, cond, [](const auto& candidate) { return candidate.first; });
  if (rule == std::end(kRules)) {
    return Bad(
        "cond must be contain, not_contain, equal, not_equal, category_match or "
        "category_not_match.");
  }
  filter.rule_ = rule->second;
  filter.field_ = ScalarOf(*object, "field").value_or("");
  if (!Knows(filter.field_))
    return Bad(fmt::format("field must be one of {}.", fmt::join(kFields, ", ")));
  const bool of_category =
      filter.rule_ == Rule::kCategoryMatch || filter.rule_ == Rule::kCategoryNotMatch;
  if (of_category && filter.field_ != "category_path")
    return Bad("category_match and category_not_match take the field category_path.");
  const auto wanted = ScalarOf(*object, "value");
  if (!wanted) return Bad("value is required.");
  filter.value_ = *wanted;
  return filter;
}

bool ItemFilter::Admits(const DocumentFields& item) const {
  const auto admits = [&](const ItemFilter& part) { return part.Admits(item); };
  if (rule_ == Rule::kAnd) return std::ranges::all_of(parts_, admits);
  if (rule_ == Rule::kOr) return std::ranges::any_of(parts_, admits);
  const auto found = item.find(field_);
  const std::string_view value = found == item.end() ? std::string_view() : found->second;
  switch (rule_) {
    case Rule::kContain:
      return HasMember(value, value_);
    case Rule::kNotContain:
      return !HasMember(value, value_);
    case Rule::kEqual:
      return value == value_;
    case Rule::kNotEqual:
      return value != value_;
    case Rule::kCategoryMatch:
      return IsInCategory(value, value_);
    case Rule::kCategoryNotMatch:
      return !IsInCategory(value, value_);
    case Rule::kAnd:
    case Rule::kOr:
      break;  // above
  }
  return false;
}

}  // namespace atelier::model
