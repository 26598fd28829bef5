#include "directory/index/filters.h"

#include <algorithm>
#include <chrono>

#include "base/ascii.h"

namespace atelier::directory {

namespace {

/// Both ends in; no end, no bound.
bool Within(double value, const std::optional<double>& min, const std::optional<double>& max) {
  return (!min || value >= *min) && (!max || value <= *max);
}

class Filters {
 public:
  Filters(const Index& index, const InstanceQuery& query, Conjunction& all)
      : index_(index), query_(query), all_(all) {}

  void AddKinds() {
    Is(Facet::kPayment, query_.payment);
    Is(Facet::kAccessibility, query_.accessibility);
    Is(Facet::kAccelerator, query_.accelerator);
    Is(Facet::kOversoldInfo, query_.oversold_info);
    Is(Facet::kOversoldType, query_.oversold_type);
    if (query_.status && !query_.status->empty()) {
      std::vector<const Bitmap*> some;
      for (const model::InstanceStatus status : *query_.status)
        some.push_back(&index_.postings().Of(Facet::kStatus, Number(status)));
      all_.AndAnyOf(std::move(some));
    }
    if (!query_.gpu_type.empty()) Is(Facet::kGpuType, Text(ToLower(query_.gpu_type)));
    if (!query_.image_name.empty()) Is(Facet::kImage, Text(query_.image_name));
  }

  void AddNames() {
    if (query_.ids && !query_.ids->empty()) {
      Bitmap any;
      for (const model::InstanceId& id : *query_.ids) {
        if (const auto slot = index_.table().Find(id)) any.Add(*slot);
      }
      all_.And(std::move(any));
    }
    if (query_.owner) Is(Facet::kOwner, Text(*query_.owner));
    if (query_.resource_id && query_.resource_id->empty()) {
      Is(Facet::kPayment, Number(model::PaymentType::PayAsYouGo));
    } else if (query_.resource_id) {
      Is(Facet::kResource, Text(*query_.resource_id));
    }
    if (query_.user_command) Is(Facet::kUserCommand, Text(*query_.user_command));
    const std::string name = ToLower(query_.name_contains);
    if (name.empty()) return;
    const std::size_t length = std::min(name.size(), kNamePartLength);
    for (std::size_t at = 0; at + length <= name.size(); ++at) {
      const Bitmap& with_part =
          index_.postings().OfNamePart(PackNamePart(std::string_view(name).substr(at, length)));
      all_.And(&with_part);
      if (with_part.empty()) return;  // bounds the work
    }
  }

  void AddLabels() {
    for (const auto& [key, value] : query_.labels) Is(Facet::kLabel, Pair(key, value));
    for (const auto& [key, value] : query_.tags) {
      if (value)
        Is(Facet::kTag, Pair(key, *value));
      else
        Is(Facet::kTagKey, Text(key));
    }
  }

  void AddRanges() {
    constexpr double kMibPerGb = 1024;
    InRange(Facet::kMilliCpu, 1, query_.min_milli_cpu, query_.max_milli_cpu);
    InRange(Facet::kMilliGpu, 1, query_.min_milli_gpu, query_.max_milli_gpu);
    InRange(Facet::kMemoryMib, kMibPerGb, query_.min_memory_gb, query_.max_memory_gb);
    InRange(Facet::kGpuMemoryMib, kMibPerGb, query_.min_gpu_memory_gb, query_.max_gpu_memory_gb);
  }

 private:
  void Is(Facet facet, const Value& value) { all_.And(&index_.postings().Of(facet, value)); }
  template <class Enum>
  void Is(Facet facet, const std::optional<Enum>& value) {
    if (value) Is(facet, Number(*value));
  }

  /// Capacities have few values: those of the machine types. `unit` turns a posting's number into
  /// the filter's.
  void InRange(Facet facet, double unit, const std::optional<double>& min,
               const std::optional<double>& max) {
    if (!min && !max) return;
    std::vector<const Bitmap*> some;
    for (const auto& [value, slots] : index_.postings().NumbersOf(facet)) {
      if (Within(static_cast<double>(value) / unit, min, max)) some.push_back(&slots);
    }
    all_.AndAnyOf(std::move(some));
  }

  const Index& index_;
  const InstanceQuery& query_;
  Conjunction& all_;
};

}  // namespace

void AddFilters(const Index& index, const InstanceQuery& query, Conjunction& all) {
  Filters filters(index, query, all);
  filters.AddKinds();
  filters.AddNames();
  filters.AddLabels();
  filters.AddRanges();
}

namespace {

/// Sort keys of creation that a query lets through: whole seconds, as answers show them, so that a
/// bound copied from an answer includes that instance. Both ends in.
struct CreatedRange {
  std::int64_t first = INT64_MIN;
  std::int64_t last = INT64_MAX;
};

CreatedRange CreatedWithin(const InstanceQuery& query) {
  using std::chrono::seconds;
  CreatedRange range;
  if (query.created_after)
    range.first = std::chrono::ceil<seconds>(*query.created_after).time_since_epoch().count();
  if (query.created_before)
    range.last = std::chrono::floor<seconds>(*query.created_before).time_since_epoch().count();
  return range;
}

/// Collecting a slot of a slice costs about as much as looking at this many keys of the column.
constexpr std::uint64_t kKeysPerSlot = 40;

/// Creation times are nearly all different, so no set holds them: either the slice of the view that
/// is ordered by them, or a look at the key of each that is left, whichever is less work.
void KeepCreatedWithin(const Index& index, const Scope& scope, const InstanceQuery& query,
                       Bitmap& matches) {
  const CreatedRange range = CreatedWithin(query);
  const OrderedView& view = scope.By(SortBy::kGmtCreateTime);
  const std::size_t begin = view.CountBelow(range.first);
  const std::size_t end =
      range.last == INT64_MAX ? view.size() : std::max(begin, view.CountBelow(range.last + 1));
  if ((end - begin) * kKeysPerSlot > matches.Count()) {
    matches = matches.Filtered([&](Slot slot) {
      const std::int64_t created = index.table().KeyOf(SortBy::kGmtCreateTime, slot);
      return created >= range.first && created <= range.last;
    });
    return;
  }
  std::vector<Slot> slice;
  slice.reserve(end - begin);
  view.Ascend(begin, [&](Slot slot) {
    if (slice.size() == end - begin) return false;
    slice.push_back(slot);
    return true;
  });
  std::ranges::sort(slice);
  Bitmap created;
  created.AddMany(slice);
  matches &= created;
}

/// Names that hold every part of `part` hold it as a whole, or only look alike.
void KeepNamesWith(const Table& table, std::string_view part, Bitmap& matches) {
  matches =
      matches.Filtered([&](Slot slot) { return ContainsIgnoreCase(table[slot].name(), part); },
                       [&](std::span<const Slot> next) {
                         for (const Slot slot : next) table[slot].Prefetch();
                       });
}

}  // namespace

bool NeedsFilter(const InstanceQuery& query) {
  return query.name_contains.size() > kNamePartLength || query.created_after ||
         query.created_before;
}

void KeepAfterFilter(const Index& index, const Scope& scope, const InstanceQuery& query,
                     Bitmap& matches) {
  if (query.created_after || query.created_before) KeepCreatedWithin(index, scope, query, matches);
  if (query.name_contains.size() > kNamePartLength)
    KeepNamesWith(index.table(), query.name_contains, matches);
}

}  // namespace atelier::directory
