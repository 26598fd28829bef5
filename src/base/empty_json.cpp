#include "base/empty_json.h"

#include <algorithm>

namespace atelier {

bool IsEmptyJson(const json::value& value) {
  if (value.is_null()) return true;
  if (const bool* flag = value.if_bool()) return !*flag;
  if (const json::string* text = value.if_string()) return text->empty();
  if (value.is_number()) return value.to_number<double>() == 0;
  if (const json::array* array = value.if_array()) return std::ranges::all_of(*array, IsEmptyJson);
  return std::ranges::all_of(value.get_object(),
                             [](const auto& member) { return IsEmptyJson(member.value()); });
}

}  // namespace atelier
