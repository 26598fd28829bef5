#include "api/workspace/contents.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "directory/directory.h"
#include "directory/service_directory.h"

namespace atelier::api {

namespace {

constexpr std::size_t kNamed = 3;  // of each kind

/// "4 services (a, b, c, ...)".
std::string Counted(std::uint64_t count, std::string_view what,
                    const std::vector<std::string>& names) {
  return fmt::format("{} {}{} ({}{})", count, what, count == 1 ? "" : "s", fmt::join(names, ", "),
                     count > names.size() ? ", ..." : "");
}

/// Of those that are in the workspace.
template <class Ptr>
std::string CountedOf(const std::vector<Ptr>& all, const model::WorkspaceId& workspace,
                      std::string_view what) {
  std::uint64_t count = 0;
  std::vector<std::string> names;
  for (const Ptr& one : all) {
    if (one->workspace != workspace) continue;
    if (++count <= kNamed) names.push_back(one->name);
  }
  return count == 0 ? std::string() : Counted(count, what, names);
}

std::string CountedInstances(const directory::InstanceDirectory& instances,
                             const model::WorkspaceId& workspace) {
  directory::InstanceQuery query;
  query.workspace = workspace;
  query.page_size = kNamed;
  const directory::Page page =
      instances.List({.sees_all = true, .user = {}, .member_of = {}, .administers = {}}, query);
  std::vector<std::string> ids;
  ids.reserve(page.instances.size());
  for (const directory::InstancePtr& instance : page.instances) ids.push_back(instance->id.str());
  return page.total == 0 ? std::string() : Counted(page.total, "instance", ids);
}

}  // namespace

std::string ContentsOf(const Services& services, const model::WorkspaceId& workspace) {
  std::vector<std::string> parts;
  for (std::string part :
       {CountedInstances(services.dsw.directory, workspace),
        CountedOf(services.eas.directory.All(), workspace, "service"),
        CountedOf(services.eas.directory.AllGroups(), workspace, "service group")}) {
    if (!part.empty()) parts.push_back(std::move(part));
  }
  if (parts.size() < 2) return parts.empty() ? std::string() : parts.front();
  const std::string last = std::move(parts.back());
  parts.pop_back();
  return fmt::format("{} and {}", fmt::join(parts, ", "), last);
}

}  // namespace atelier::api
