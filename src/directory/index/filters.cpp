#include "directory/index/filters.h"

#include <chrono>

#include "directory/index/text.h"

namespace atelier::directory {

namespace {

/// Both ends in; no end, no bound.
bool Within(double value, const std::optional<double>& min, const std::optional<double>& max) {
  return (!min || value >= *min) && (!max || value <= *max);
}

class Filters {
 public:
  Filters(const Index& index, const Scope& scope, const InstanceQuery& query, Conjunction& all)
      : index_(index), scope_(scope), query_(query), all_(all) {}

  void AddKinds() {
    Is(Facet::kPayment, query_.payment);
    Is(Facet::kAccessibility, query_.accessibility);
    Is(Facet::kAccelerator, query_.accelerator);
    Is(Facet::kOversoldInfo, query_.oversold_info);
    Is(Facet::kOversoldType, query_.oversold_type);
    if (query_.status && !query_.status->empty()) {
      Bitmap any;
      for (const model::InstanceStatus status : *query_.status) {
        any |= index_.postings().Of(Facet::kStatus, Number(status));
      }
      all_.And(std::move(any));
    }
    if (!query_.gpu_type.empty()) Is(Facet::kGpuType, Text(Fold(query_.gpu_type)));
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
    const std::string name = Fold(query_.name_contains);
    if (name.empty()) return;
    const std::size_t length = std::min(name.size(), kNamePartLength);
    for (std::size_t at = 0; at + length <= name.size(); ++at) {
      const Value part = NamePart(std::string_view(name).substr(at, length));
      Is(Facet::kNamePart, part);
      if (index_.postings().Of(Facet::kNamePart, part).empty()) return;  // bounds the work
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
    if (query_.created_after || query_.created_before) AddCreated();
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
    Bitmap any;
    for (const auto& [value, slots] : index_.postings().ValuesOf(facet)) {
      if (Within(static_cast<double>(value.number) / unit, min, max)) any |= slots;
    }
    all_.And(std::move(any));
  }

  /// Creation times are nearly all different: a slice of the view that is ordered by them. By the
  /// whole second that answers show, so that a bound copied from an answer includes that instance.
  void AddCreated() {
    const OrderedView& view = scope_.By(SortBy::kGmtCreateTime);
    const auto seconds = [](auto time) { return time.time_since_epoch().count(); };
    const std::size_t begin =
        query_.created_after ? view.CountBelow(seconds(
                                   std::chrono::ceil<std::chrono::seconds>(*query_.created_after)))
                             : 0;
    const std::size_t end =
        query_.created_before
            ? view.CountBelow(
                  seconds(std::chrono::floor<std::chrono::seconds>(*query_.created_before)) + 1)
            : view.size();
    std::size_t left = end > begin ? end - begin : 0;
    Bitmap slice;
    view.Ascend(begin, [&](Slot slot) {
      if (left == 0) return false;
      slice.Add(slot);
      --left;
      return true;
    });
    all_.And(std::move(slice));
  }

  const Index& index_;
  const Scope& scope_;
  const InstanceQuery& query_;
  Conjunction& all_;
};

}  // namespace

void AddFilters(const Index& index, const Scope& scope, const InstanceQuery& query,
                Conjunction& all) {
  Filters filters(index, scope, query, all);
  filters.AddKinds();
  filters.AddNames();
  filters.AddLabels();
  filters.AddRanges();
}

bool NameNeedsCheck(const InstanceQuery& query) {
  return query.name_contains.size() > kNamePartLength;
}

}  // namespace atelier::directory
