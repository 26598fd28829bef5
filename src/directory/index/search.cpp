#include "directory/index/search.h"

#include <algorithm>
#include <utility>

#include "directory/index/conjunction.h"
#include "directory/index/filters.h"
#include "directory/index/text.h"

namespace atelier::directory {

namespace {

// Looking at one slot of an ordered view costs about a quarter of collecting and ordering one
// match.
constexpr std::size_t kLooksPerMatch = 4;

void DropOtherNames(const Table& table, const InstanceQuery& query, Bitmap& matches) {
  const std::string part = Fold(query.name_contains);
  for (const Slot slot : matches.Slots()) {
    if (!ContainsFolded(table[slot].instance->name, part)) matches.Remove(slot);
  }
}

/// Ranks [first, first + count) of `matches` in ascending order, by going through the view from the
/// nearer end. nullopt: not found within `looks` slots.
std::optional<std::vector<Slot>> Walk(const OrderedView& view, const Bitmap& matches,
                                      std::size_t first, std::size_t count, std::size_t looks) {
  const std::size_t after = static_cast<std::size_t>(matches.Count()) - first - count;
  const bool from_end = after < first;
  std::size_t skip = from_end ? after : first;
  std::vector<Slot> found;
  found.reserve(count);
  const auto look = [&](Slot slot) {
    if (looks-- == 0) return false;
    if (!matches.Contains(slot)) return true;
    if (skip > 0) {
      --skip;
      return true;
    }
    found.push_back(slot);
    return found.size() < count;
  };
  if (from_end)
    view.Descend(look);
  else
    view.Ascend(0, look);
  if (found.size() < count) return std::nullopt;
  if (from_end) std::ranges::reverse(found);
  return found;
}

/// The same by collecting every match and ordering as much as needed.
std::vector<Slot> Collect(const Table& table, SortBy by, const Bitmap& matches, std::size_t first,
                          std::size_t count) {
  std::vector<Slot> slots = matches.Slots();
  const auto before = [&](Slot a, Slot b) { return table.Before(by, a, b); };
  const auto begin = slots.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = begin + static_cast<std::ptrdiff_t>(count);
  std::nth_element(slots.begin(), begin, slots.end(), before);
  std::partial_sort(begin, end, slots.end(), before);
  return {begin, end};
}

/// Ranks [first, first + count) in ascending order; `matches` nullopt: of the whole scope.
std::vector<Slot> Select(const Table& table, const Scope& scope, SortBy by,
                         const std::optional<Bitmap>& matches, std::size_t first,
                         std::size_t count) {
  const OrderedView& view = scope.By(by);
  if (matches) {
    const std::size_t looks = static_cast<std::size_t>(matches->Count()) * kLooksPerMatch;
    if (auto found = Walk(view, *matches, first, count, looks)) return *std::move(found);
    return Collect(table, by, *matches, first, count);
  }
  std::vector<Slot> found;
  found.reserve(count);
  view.Ascend(first, [&](Slot slot) {
    found.push_back(slot);
    return found.size() < count;
  });
  return found;
}

/// nullopt: the whole scope.
std::optional<Bitmap> MatchesOf(const Index& index, const Scope& scope, const Viewer& viewer,
                                const InstanceQuery& query) {
  Conjunction all;
  if (auto visible = VisibleTo(index, viewer, query.workspace)) all.And(*std::move(visible));
  AddFilters(index, scope, query, all);
  if (all.empty()) return std::nullopt;
  if (query.workspace) all.And(&scope.members());
  Bitmap matches = all.Evaluate();
  if (NameNeedsCheck(query)) DropOtherNames(index.table(), query, matches);
  return matches;
}

}  // namespace

std::optional<Bitmap> VisibleTo(const Index& index, const Viewer& viewer,
                                const std::optional<model::WorkspaceId>& workspace) {
  if (viewer.sees_all || (workspace && viewer.administers.contains(*workspace)))
    return std::nullopt;
  Bitmap inside;
  for (const model::WorkspaceId& id : viewer.member_of) {
    if (!workspace || id == *workspace) inside |= index.Workspace(id).members();
  }
  Bitmap visible =
      inside & index.postings().Of(Facet::kAccessibility, Number(model::Accessibility::PUBLIC));
  inside &= index.postings().Of(Facet::kOwner, Text(viewer.user));
  visible |= inside;
  if (workspace) return visible;
  for (const model::WorkspaceId& id : viewer.administers) visible |= index.Workspace(id).members();
  return visible;
}

Hits Search(const Index& index, const Viewer& viewer, const InstanceQuery& query) {
  const Scope& scope = query.workspace ? index.Workspace(*query.workspace) : index.everything();
  const std::optional<Bitmap> matches = MatchesOf(index, scope, viewer, query);
  const std::uint64_t total = matches ? matches->Count() : scope.size();

  Hits hits{.page = {}, .total = total};
  const std::uint64_t pages_before = query.page_number - 1;
  if (query.page_number == 0 || query.page_size == 0 || pages_before > total / query.page_size)
    return hits;
  const std::uint64_t skip = pages_before * query.page_size;
  const std::uint64_t count = std::min(query.page_size, total - skip);
  if (count == 0) return hits;
  const bool descending = query.order == Order::kDescending;
  const std::uint64_t first = descending ? total - skip - count : skip;
  hits.page = Select(index.table(), scope, query.sort_by, matches, static_cast<std::size_t>(first),
                     static_cast<std::size_t>(count));
  if (descending) std::ranges::reverse(hits.page);
  return hits;
}

}  // namespace atelier::directory
