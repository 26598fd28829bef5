#include "directory/index/terms.h"

#include <algorithm>

#include "directory/index/text.h"

namespace atelier::directory {

namespace {

void SortUnique(std::vector<Term>& terms) {
  std::ranges::sort(terms);
  const auto rest = std::ranges::unique(terms);
  terms.erase(rest.begin(), rest.end());
}

}  // namespace

Value Text(std::string_view text) { return {.number = 0, .text = std::string(text)}; }

Value Pair(const std::string& key, const std::string& value) {
  return {.number = static_cast<std::int64_t>(key.size()), .text = key + value};
}

Value NamePart(std::string_view folded) {
  std::int64_t packed = 1;  // a leading one keeps "\0a" and "a" apart
  for (const char c : folded) packed = packed << 8 | static_cast<unsigned char>(c);
  return Number(packed);
}

std::vector<Term> TermsOf(const model::Instance& i) {
  std::vector<Term> terms = {
      {Facet::kStatus, Number(i.status)},
      {Facet::kPayment, Number(i.payment)},
      {Facet::kAccessibility, Number(i.accessibility)},
      {Facet::kAccelerator, Number(i.accelerator)},
      {Facet::kOwner, Text(i.owner)},
      {Facet::kResource, Text(i.resource_id)},
      {Facet::kGpuType, Text(Fold(i.capacity.gpu_type))},
      {Facet::kImage, Text(i.image_name)},
      {Facet::kImage, Text(LastPathPart(i.image_url))},
      {Facet::kMilliCpu, Number(i.capacity.milli_cpu)},
      {Facet::kMilliGpu, Number(i.capacity.milli_gpu)},
      {Facet::kMemoryMib, Number(i.capacity.memory_mib)},
      {Facet::kGpuMemoryMib, Number(i.capacity.gpu_memory_mib)},
  };
  if (i.oversold_info) terms.push_back({Facet::kOversoldInfo, Number(*i.oversold_info)});
  if (i.oversold_type) terms.push_back({Facet::kOversoldType, Number(*i.oversold_type)});
  for (const auto& [key, value] : i.labels) terms.push_back({Facet::kLabel, Pair(key, value)});
  for (const auto& [key, value] : i.tags) {
    terms.push_back({Facet::kTag, Pair(key, value)});
    terms.push_back({Facet::kTagKey, Text(key)});
  }
  SortUnique(terms);
  return terms;
}

std::vector<Term> NameTermsOf(const model::Instance& instance) {
  const std::string folded = Fold(instance.name);
  const std::string_view name = folded;
  std::vector<Term> terms;
  terms.reserve(name.size() * kNamePartLength);
  for (std::size_t at = 0; at < name.size(); ++at) {
    const std::size_t longest = std::min(kNamePartLength, name.size() - at);
    for (std::size_t length = 1; length <= longest; ++length) {
      terms.push_back({Facet::kNamePart, NamePart(name.substr(at, length))});
    }
  }
  SortUnique(terms);
  return terms;
}

}  // namespace atelier::directory
