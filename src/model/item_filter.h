#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "model/recommender_document.h"

namespace atelier::model {

/// What a recommendation may hold, by the fields of items: the `filter` of Recommend (AIRec help,
/// "Obtain recommendation results"). At most 10 conditions, nested at most 3 deep.
class ItemFilter {
 public:
  /// Of {"join":"and"|"or","filters":[...]} or one condition {"cond","field","value"}.
  /// InvalidArgument.
  static Result<ItemFilter> Parse(const json::value& value);

  bool Admits(const DocumentFields& item) const;

  /// The fields of items that can be asked for; others are not kept in memory.
  static bool Knows(std::string_view field);

 private:
  enum class Rule : std::uint8_t {
    kAnd,
    kOr,
    kContain,  // one of the comma separated members
    kNotContain,
    kEqual,
    kNotEqual,
    kCategoryMatch,  // the category or one above it
    kCategoryNotMatch,
  };
  static Result<ItemFilter> Read(const json::value& value, int depth, int& left);

  Rule rule_ = Rule::kAnd;
  std::string field_;
  std::string value_;
  std::vector<ItemFilter> parts_;
};

}  // namespace atelier::model
