#include "store/postgres/feed.h"

#include <string>
#include <string_view>

#include "store/postgres/errors.h"

namespace atelier::store::postgres {

namespace {

/// Changes of one look, but for the rest of the last commit: some megabytes.
constexpr std::int32_t kMaxChanges = 1'000;

Look::State StateOf(std::string_view name) {
  if (name == "ok") return Look::State::kOk;
  if (name == "behind") return Look::State::kBehind;
  return name == "hole" ? Look::State::kHole : Look::State::kBack;
}

}  // namespace

Statement LookBehind(const Head& place, const Fence& fence) {
  return {
      "SELECT state, ours, head, upto, replace(upto_group::text, '-', ''), revision, op, kind, "
      "key, body FROM atelier.changes_after($1, $2, nullif($3, '')::uuid, $4)",
      Parameters().Text(fence.life).Int8(place.revision).Text(place.group).Int4(kMaxChanges)};
}

Look ReadLook(const Rows& rows) {
  const auto group = rows.IsNull(0, 4) ? std::string_view() : rows.Bytes(0, 4);
  return {.state = StateOf(rows.Bytes(0, 0)),
          .ours = rows.Bool(0, 1),
          .changes = ReadChanges(rows, 5),
          .upto = {.revision = rows.Int(0, 3), .group = std::string(group)},
          .all = rows.Int(0, 2) == rows.Int(0, 3)};
}

std::vector<Change> ReadChanges(const Rows& rows, int first_column) {
  std::vector<Change> changes;
  changes.reserve(static_cast<std::size_t>(rows.size() - 1));
  for (int row = 1; row < rows.size(); ++row) {
    changes.push_back({.op = static_cast<Write::Op>(rows.Int(row, first_column + 1)),
                       .record = {.kind = static_cast<Kind>(rows.Int(row, first_column + 2)),
                                  .key = std::string(rows.Bytes(row, first_column + 3)),
                                  .revision = rows.Int(row, first_column),
                                  .body = std::string(rows.Bytes(row, first_column + 4))}});
  }
  return changes;
}

Status Verdict(const Look& look) {
  if (!look.ours) return TakenOver();
  switch (look.state) {
    case Look::State::kOk:
      return Ok();
    case Look::State::kBack:
      return WentBackError();
    case Look::State::kBehind:
      return FellBehind();
    case Look::State::kHole:
      return HoleError();
  }
  return Ok();
}

}  // namespace atelier::store::postgres
