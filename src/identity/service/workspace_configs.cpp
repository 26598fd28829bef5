#include <algorithm>
#include <iterator>

#include "identity/identity_service.h"
#include "identity/service/records.h"
#include "identity/workspace_claim.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::size_t kConfigIdLength = 16;

/// In the place of the one with its category and key, or behind the others.
void PutConfig(std::vector<model::WorkspaceConfig>& configs, const model::WorkspaceConfig& config,
               WallTime now) {
  const auto same = std::ranges::find_if(configs, [&](const model::WorkspaceConfig& present) {
    return present.category == config.category && present.key == config.key;
  });
  if (same == configs.end()) {
    configs.push_back(config);
    configs.back().created = now;
    configs.back().modified = now;
    return;
  }
  same->value = config.value;
  same->labels = config.labels;
  same->modified = std::max(same->modified, now);
}

bool HasAll(const std::vector<model::Label>& present, const std::vector<model::Label>& wanted) {
  return std::ranges::all_of(wanted, [&](const model::Label& label) {
    return std::ranges::find(present, label) != present.end();
  });
}

store::Write PutAll(const IdentityDirectory& directory, const model::WorkspaceId& workspace,
                    std::vector<model::WorkspaceConfig> configs) {
  return PutAsRead(directory, Kind::kWorkspaceConfigs, workspace.str(),
                   model::WorkspaceConfigs{.workspace = workspace, .configs = std::move(configs)});
}

}  // namespace

Task<Status> IdentityService::PutConfigs(model::WorkspaceId workspace,
                                         std::vector<model::WorkspaceConfig> configs,
                                         model::Actor actor) {
  for (model::WorkspaceConfig& config : configs)
    config.id = "config-" + random_.LowerAlnum(kConfigIdLength);
  const auto plan = [&]() -> Result<store::Transaction> {
    if (directory_.FindWorkspace(workspace) == nullptr) return NoWorkspace(workspace);
    std::vector<model::WorkspaceConfig> all = directory_.ConfigsOf(workspace);
    for (const model::WorkspaceConfig& config : configs) PutConfig(all, config, clock_.Wall());
    if (all.size() > kMaxConfigs) {
      return Error(Code::kResourceExhausted, "A workspace has at most 100 configurations.",
                   "LimitExceeded");
    }
    ATELIER_TRY(store::Batch batch, ClaimWorkspace(directory_, workspace));
    batch.push_back(PutAll(directory_, workspace, std::move(all)));
    return store::Transaction{.writes = std::move(batch)};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

Task<Status> IdentityService::DeleteConfig(model::WorkspaceId workspace,
                                           std::optional<std::string> category, std::string key,
                                           std::vector<model::Label> labels, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    std::vector<model::WorkspaceConfig> all = directory_.ConfigsOf(workspace);
    const auto gone = std::erase_if(all, [&](const model::WorkspaceConfig& config) {
      return config.key == key && (!category || config.category == *category) &&
             HasAll(config.labels, labels);
    });
    if (gone == 0) return NotThere("Config", key);
    return store::Transaction{.writes = {PutAll(directory_, workspace, std::move(all))}};
  };
  co_return co_await writer_.Commit(std::move(actor), {"workspace/" + workspace.str()}, plan);
}

}  // namespace atelier::identity
