#pragma once
#include <algorithm>
#include <cctype>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "directory/directory.h"

namespace atelier::directory::reference {

/// ListInstances as docs/contract/requests.md section 3 reads, one instance at a time, with nothing
/// shared with the index: what the property test holds the index to.

inline std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

inline bool Between(double value, std::optional<double> min, std::optional<double> max) {
  if (min && value < *min) return false;
  if (max && value > *max) return false;
  return true;
}

inline std::chrono::sys_seconds Shown(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

inline bool Sees(const Viewer& v, const model::Instance& i) {
  if (v.sees_all) return true;
  if (v.administers.count(i.workspace) == 1) return true;
  if (v.member_of.count(i.workspace) == 0) return false;
  return v.user == i.owner || i.accessibility == model::Accessibility::PUBLIC;
}

inline bool LabelsFit(const model::Instance& i, const InstanceQuery& q) {
  for (const model::Label& want : q.labels) {
    bool found = false;
    for (const model::Label& have : i.labels) found = found || have == want;
    if (!found) return false;
  }
  for (const InstanceQuery::TagMatch& want : q.tags) {
    bool found = false;
    for (const model::Label& have : i.tags) {
      found = found || (have.key == want.key && (!want.value || have.value == *want.value));
    }
    if (!found) return false;
  }
  return true;
}

inline bool Fits(const model::Instance& i, const InstanceQuery& q) {
  if (q.workspace && i.workspace != *q.workspace) return false;
  if (!q.name_contains.empty() && Lower(i.name).find(Lower(q.name_contains)) == std::string::npos)
    return false;
  if (q.resource_id && q.resource_id->empty() && i.payment != model::PaymentType::PayAsYouGo)
    return false;
  if (q.resource_id && !q.resource_id->empty() && i.resource_id != *q.resource_id) return false;
  if (q.status && !q.status->empty() && q.status->count(i.status) == 0) return false;
  if (q.payment && i.payment != *q.payment) return false;
  if (q.accessibility && i.accessibility != *q.accessibility) return false;
  if (q.accelerator && i.accelerator != *q.accelerator) return false;
  if (q.ids && !q.ids->empty() && q.ids->count(i.id) == 0) return false;
  if (q.user_command && i.user_command_id != *q.user_command) return false;
  if (q.owner && i.owner != *q.owner) return false;
  if (!q.gpu_type.empty() && Lower(i.capacity.gpu_type) != Lower(q.gpu_type)) return false;
  if (!q.image_name.empty()) {
    const std::size_t slash = i.image_url.rfind('/');
    const std::string last =
        slash == std::string::npos ? i.image_url : i.image_url.substr(slash + 1);
    if (i.image_name != q.image_name && last != q.image_name) return false;
  }
  const model::Capacity& c = i.capacity;
  if (!Between(static_cast<double>(c.milli_cpu), q.min_milli_cpu, q.max_milli_cpu)) return false;
  if (!Between(static_cast<double>(c.milli_gpu), q.min_milli_gpu, q.max_milli_gpu)) return false;
  if (!Between(static_cast<double>(c.memory_mib) / 1024, q.min_memory_gb, q.max_memory_gb))
    return false;
  if (!Between(static_cast<double>(c.gpu_memory_mib) / 1024, q.min_gpu_memory_gb,
               q.max_gpu_memory_gb))
    return false;
  if (q.oversold_info && (!i.oversold_info || *i.oversold_info != *q.oversold_info)) return false;
  if (q.oversold_type && (!i.oversold_type || *i.oversold_type != *q.oversold_type)) return false;
  if (q.created_after && Shown(i.created) < *q.created_after) return false;
  if (q.created_before && Shown(i.created) > *q.created_before) return false;
  return LabelsFit(i, q);
}

inline bool Less(const model::Instance& a, const model::Instance& b, SortBy by) {
  if (by == SortBy::kPriority && a.priority != b.priority) return a.priority < b.priority;
  if (by == SortBy::kGmtCreateTime && Shown(a.created) != Shown(b.created))
    return a.created < b.created;
  if (by == SortBy::kGmtModifiedTime && Shown(a.modified) != Shown(b.modified))
    return a.modified < b.modified;
  return a.id.str() < b.id.str();
}

/// Ids of every match in the order asked for: the unpaged list.
inline std::vector<std::string> All(std::span<const model::Instance> population,
                                    const Viewer& viewer, const InstanceQuery& query) {
  std::vector<const model::Instance*> found;
  for (const model::Instance& instance : population) {
    if (Sees(viewer, instance) && Fits(instance, query)) found.push_back(&instance);
  }
  std::sort(found.begin(), found.end(), [&](const model::Instance* a, const model::Instance* b) {
    return query.order == Order::kAscending ? Less(*a, *b, query.sort_by)
                                            : Less(*b, *a, query.sort_by);
  });
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const model::Instance* instance : found) ids.push_back(instance->id.str());
  return ids;
}

inline StatusCounts CountByStatus(std::span<const model::Instance> population, const Viewer& viewer,
                                  const InstanceQuery& query) {
  StatusCounts counts{};
  for (const model::Instance& instance : population) {
    if (Sees(viewer, instance) && Fits(instance, query))
      ++counts.at(static_cast<std::size_t>(instance.status));
  }
  return counts;
}

inline std::vector<std::string> Slice(const std::vector<std::string>& all, std::uint64_t number,
                                      std::uint64_t size) {
  std::vector<std::string> page;
  for (std::uint64_t i = 0; i < all.size(); ++i) {
    if (i / size + 1 == number) page.push_back(all[i]);
  }
  return page;
}

}  // namespace atelier::directory::reference
