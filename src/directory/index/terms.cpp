#include "directory/index/terms.h"

#include <algorithm>

#include "base/ascii.h"

namespace atelier::directory {

namespace {

template <class T>
void SortUnique(std::vector<T>& terms) {
  std::ranges::sort(terms);
  const auto rest = std::ranges::unique(terms);
  terms.erase(rest.begin(), rest.end());
}

}  // namespace

Value Text(std::string_view text) { return {.number = 0, .text = std::string(text)}; }

Value Pair(const std::string& key, const std::string& value) {
  return {.number = static_cast<std::int64_t>(key.size()), .text = key + value};
}

/// What follows the last slash: "repo:tag".
std::string_view LastPathPart(std::string_view image_url) {
  return image_url.substr(image_url.rfind('/') + 1);  // npos + 1 is 0: all of it
}

Trigram PackNamePart(std::string_view folded) {
  Trigram packed = 1;  // a leading one keeps "\0a" and "a" apart
  for (const char c : folded) packed = packed << 8U | static_cast<unsigned char>(c);
  return packed;
}

std::vector<Term> TermsOf(const model::Instance& i) {
  std::vector<Term> terms = {
      {Facet::kStatus, Number(i.status)},
      {Facet::kPayment, Number(i.payment)},
      {Facet::kAccessibility, Number(i.accessibility)},
      {Facet::kAccelerator, Number(i.accelerator)},
      {Facet::kOwner, Text(i.owner)},
      {Facet::kResource, Text(i.resource_id)},
      {Facet::kGpuType, Text(ToLower(i.capacity.gpu_type))},
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
  if (!i.user_command_id.empty()) terms.push_back({Facet::kUserCommand, Text(i.user_command_id)});
  SortUnique(terms);
  return terms;
}

std::vector<Trigram> TrigramsOf(std::string_view name) {
  const std::string folded = ToLower(name);
  std::vector<Trigram> parts;
  parts.reserve(folded.size() * kNamePartLength);
  for (std::size_t at = 0; at < folded.size(); ++at) {
    const std::size_t longest = std::min(kNamePartLength, folded.size() - at);
    for (std::size_t length = 1; length <= longest; ++length)
      parts.push_back(PackNamePart(std::string_view(folded).substr(at, length)));
  }
  SortUnique(parts);
  return parts;
}

}  // namespace atelier::directory
