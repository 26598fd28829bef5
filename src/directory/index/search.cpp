#include "directory/index/search.h"

#include <algorithm>
#include <utility>

#include "directory/index/conjunction.h"
#include "directory/index/filters.h"

namespace atelier::directory {

namespace {

// Looking whether a slot of an ordered view matches costs about as much as passing this many
// matches of a block.
constexpr std::size_t kPassesPerProbe = 8;
// What SliceOf costs beside its matches, in looks.
constexpr std::size_t kSliceProbes = 200;
// So few are ordered at once.
constexpr std::size_t kFew = 64;

/// Ranks [first, first + count) of `matches` in ascending order, by going through the view from the
/// nearer end. nullopt: not found within `looks` slots.
std::optional<std::vector<Slot>> Walk(const OrderedView& view, const Bitmap& matches,
                                      std::size_t first, std::size_t after, std::size_t count,
                                      std::size_t looks) {
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

/// Ranks [first, first + count) of `slots`, which are of a set of which `before` others come first.
std::vector<Slot> Ordered(const Table& table, SortBy by, std::vector<Slot> slots,
                          std::size_t before, std::size_t first, std::size_t count) {
  const auto begin = slots.begin() + static_cast<std::ptrdiff_t>(first - before);
  const auto end = begin + static_cast<std::ptrdiff_t>(count);
  const auto comes_before = [&](Slot a, Slot b) { return table.Before(by, a, b); };
  std::nth_element(slots.begin(), begin, slots.end(), comes_before);
  std::partial_sort(begin, end, slots.end(), comes_before);
  return {begin, end};
}

/// Ranks [first, first + count) of the whole scope in ascending order.
std::vector<Slot> SelectAll(const OrderedView& view, std::size_t first, std::size_t count) {
  std::vector<Slot> found;
  found.reserve(count);
  view.Ascend(first, [&](Slot slot) {
    found.push_back(slot);
    return found.size() < count;
  });
  return found;
}

/// Ranks [first, first + count) of `matches`, which are in `scope`, in ascending order. The work is
/// bounded by the matches, not by where the page is: near an end of a dense set a walk finds it,
/// else the chunks of the whole order tell where it is.
std::vector<Slot> Select(const Index& index, const Scope& scope, SortBy by, const Bitmap& matches,
                         std::size_t first, std::size_t count) {
  const auto total = static_cast<std::size_t>(matches.Count());
  if (total <= kFew) {
    std::vector<Slot> all;
    matches.ForEachBlock(
        [&](std::span<const Slot> slots) { all.insert(all.end(), slots.begin(), slots.end()); });
    return Ordered(index.table(), by, std::move(all), 0, first, count);
  }
  const std::size_t after = total - first - count;
  const std::size_t looks = kSliceProbes + total / kPassesPerProbe;
  const std::size_t expected = (std::min(first, after) + count) * (scope.size() / total + 1);
  if (expected <= looks) {
    if (auto found = Walk(scope.By(by), matches, first, after, count, 2 * looks))
      return *std::move(found);
  }
  OrderedView::Slice slice = index.everything().By(by).SliceOf(matches, first, count);
  return Ordered(index.table(), by, std::move(slice.slots), slice.before, first, count);
}

const Scope& ScopeOf(const Index& index, const InstanceQuery& query) {
  return query.workspace ? index.Workspace(*query.workspace) : index.everything();
}

}  // namespace

std::optional<Bitmap> VisibleTo(const Index& index, const Viewer& viewer,
                                const std::optional<model::WorkspaceId>& workspace) {
  if (viewer.sees_all || (workspace && viewer.administers.contains(*workspace)))
    return std::nullopt;
  std::vector<const Bitmap*> sets;
  for (const model::WorkspaceId& id : viewer.member_of) {
    if (!workspace || id == *workspace) sets.push_back(&index.Workspace(id).members());
  }
  const Bitmap inside = Bitmap::UnionOf(sets);
  const Bitmap shared =
      inside & index.postings().Of(Facet::kAccessibility, Number(model::Accessibility::PUBLIC));
  const Bitmap own = inside & index.postings().Of(Facet::kOwner, Text(viewer.user));
  sets = {&shared, &own};
  if (!workspace) {
    for (const model::WorkspaceId& id : viewer.administers)
      sets.push_back(&index.Workspace(id).members());
  }
  return Bitmap::UnionOf(sets);
}

std::optional<Bitmap> MatchesOf(const Index& index, const Viewer& viewer,
                                const InstanceQuery& query) {
  const Scope& scope = ScopeOf(index, query);
  Conjunction all;
  if (auto visible = VisibleTo(index, viewer, query.workspace)) all.And(*std::move(visible));
  AddFilters(index, query, all);
  const bool look = NeedsFilter(query);
  if (all.empty() && !look) return std::nullopt;
  if (query.workspace || all.empty()) all.And(&scope.members());
  Bitmap matches = all.Evaluate();
  if (look) KeepAfterFilter(index, scope, query, matches);
  return matches;
}

Hits Search(const Index& index, const Viewer& viewer, const InstanceQuery& query) {
  const Scope& scope = ScopeOf(index, query);
  const std::optional<Bitmap> matches = MatchesOf(index, viewer, query);
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
  hits.page = matches ? Select(index, scope, query.sort_by, *matches, first, count)
                      : SelectAll(scope.By(query.sort_by), first, count);
  if (descending) std::ranges::reverse(hits.page);
  return hits;
}

StatusCounts CountByStatus(const Index& index, const Viewer& viewer, const InstanceQuery& query) {
  const std::optional<Bitmap> matches = MatchesOf(index, viewer, query);
  const Bitmap* members = nullptr;  // nullptr: all there are
  if (matches)
    members = &*matches;
  else if (query.workspace)
    members = &index.Workspace(*query.workspace).members();
  StatusCounts counts{};
  for (const auto& [status, slots] : index.postings().NumbersOf(Facet::kStatus)) {
    counts.at(static_cast<std::size_t>(status)) =
        members == nullptr ? slots.Count() : slots.CountCommon(*members);
  }
  return counts;
}

}  // namespace atelier::directory
