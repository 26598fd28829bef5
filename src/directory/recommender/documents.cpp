#include "directory/recommender/documents.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/codec.h"
#include "base/text.h"

namespace atelier::directory {

using model::DocumentFields;

namespace {

std::optional<std::int64_t> NumberOf(const DocumentFields& fields, const std::string& name) {
  const std::string_view text = FieldOf(fields, name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc()) return std::nullopt;
  return value;
}

/// nullopt: it is absent, or not a number as a whole.
std::optional<double> FractionOf(const DocumentFields& fields, const std::string& name) {
  const auto value = ParseNumber<double>(FieldOf(fields, name));
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<WallTime> TimeOf(const DocumentFields& fields, const std::string& name) {
  const auto seconds = NumberOf(fields, name);
  if (!seconds) return std::nullopt;
  return WallTime(std::chrono::seconds(*seconds));
}

}  // namespace

std::string_view FieldOf(const DocumentFields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

recommender::Item ItemOf(const DocumentFields& fields) {
  recommender::Item item;
  item.key = model::ItemKeyOf(fields);
  item.on_shelf = FieldOf(fields, "status") != "0";
  item.published = TimeOf(fields, "pub_time");
  item.expires = TimeOf(fields, "expire_time");
  item.scenes = SplitList(FieldOf(fields, "scene_id"));
  item.category = FieldOf(fields, "category_path");
  item.weight = static_cast<double>(NumberOf(fields, "weight").value_or(1));
  return item;
}

recommender::Behavior BehaviorOf(const model::DocumentRecord& document) {
  const DocumentFields& fields = document.fields;
  recommender::Behavior behavior;
  behavior.user = model::UserOf(fields);
  behavior.item = model::ItemKeyOf(fields);
  behavior.type = FieldOf(fields, "bhv_type");
  behavior.value = FractionOf(fields, "bhv_value").value_or(1);
  // What is said to have happened later than it arrived happened when it arrived.
  behavior.when = std::min(TimeOf(fields, "bhv_time").value_or(document.arrived), document.arrived);
  return behavior;
}

std::optional<DocumentKeyParts> SplitDocumentKey(std::string_view key) {
  const std::size_t first = key.find('/');
  const std::size_t second = key.find('/', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const auto table = ParseEnum<model::DocumentTable>(key.substr(first + 1, second - first - 1));
  if (!table) return std::nullopt;
  return DocumentKeyParts{
      .recommender = key.substr(0, first), .table = *table, .rest = key.substr(second + 1)};
}

}  // namespace atelier::directory
