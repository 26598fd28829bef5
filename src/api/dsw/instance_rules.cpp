#include "api/dsw/instance_rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "api/text.h"
#include "base/ascii.h"
#include "base/empty_json.h"
#include "base/encoding.h"
#include "base/text.h"

namespace atelier::api {

namespace {

bool IsWordCharacter(char c) { return IsAlnum(c) || c == '_'; }
bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

void CheckLabelText(std::string_view text, std::size_t most, const std::string& path,
                    Problems& problems) {
  if (CountCharacters(text) > most) {
    problems.Add(path, "must have at most " + std::to_string(most) + " characters");
  }
  if (std::ranges::any_of(text, IsControl))
    problems.Add(path, "must not contain control characters");
  if (StartsWithIgnoreCase(text, "aliyun") || StartsWithIgnoreCase(text, "acs:")) {
    problems.Add(path, "must not start with aliyun or acs:");
  }
  if (text.find("http://") != std::string_view::npos ||
      text.find("https://") != std::string_view::npos) {
    problems.Add(path, "must not contain http:// or https://");
  }
}

}  // namespace

bool IsReserved(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"HOME", "JUPYTER_TOKEN", "DSW_INSTANCE_ID"});
  if (name == "ATELIER_SIMULATE")
    return false;  // the user's script for the emulator (runtime/simulated.h)
  return name.starts_with("ATELIER_") || std::ranges::find(kNames, name) != kNames.end();
}

bool IsVariableName(std::string_view name) {
  return !name.empty() && !IsDigit(name.front()) && std::ranges::all_of(name, IsWordCharacter);
}

namespace {

constexpr std::size_t kMaxCredentialKey = 64;
/// The role that the documents give instances by default. There is no record of it here.
constexpr std::string_view kCredentialRole = "AliyunPAIDSWDefaultRole";

}  // namespace

model::IdleCuller CullerOf(const wire::IdleCullerRequest& request) {
  return {.cpu_percent_threshold = *request.CpuPercentThreshold,
          .gpu_percent_threshold = request.GpuPercentThreshold,
          .max_idle_minutes = *request.MaxIdleTimeInMinutes};
}

void CheckInstanceName(std::string_view name, Problems& problems) {
  if (name.empty() || name.size() > kMaxInstanceName ||
      !std::ranges::all_of(name, IsWordCharacter)) {
    problems.Add("InstanceName", "must be 1 to 27 letters, digits or underscores");
  }
}

void CheckPriority(std::int64_t priority, Problems& problems) {
  if (priority < 1 || priority > 9) problems.Add("Priority", "must be 1 to 9");
}

void CheckUserCommand(std::string_view content, Problems& problems) {
  if (content.size() > kMaxUserCommandBytes) {
    problems.Add("UserCommand.OnStart.Content", "must have at most 65536 bytes");
  }
  if (content.find('\0') != std::string_view::npos) {
    problems.Add("UserCommand.OnStart.Content", "must not contain a null character");
  }
}

void CheckDriver(std::string_view driver, Problems& problems) {
  const auto allowed = [](char c) { return IsWordCharacter(c) || c == '.' || c == '-'; };
  if (driver.size() > kMaxDriverBytes || !std::ranges::all_of(driver, allowed)) {
    problems.Add("Driver", "must be a driver version such as 535.54.03, at most 64 characters");
  }
}

void CheckMigrationOptions(const json::object& options, Problems& problems) {
  if (json::serialize(options).size() > kMaxMigrationOptionsBytes) {
    problems.Add("MigrationOptions", "must have at most 16384 bytes");
  }
}

std::vector<model::Label> CheckLabels(const std::vector<wire::LabelInput>& labels,
                                      std::string_view path, Problems& problems) {
  if (labels.size() > model::kMaxLabels) problems.Add(path, "must have at most 20 members");
  std::vector<model::Label> out;
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string at = std::string(path) + "[" + std::to_string(i) + "]";
    const wire::LabelInput& label = labels[i];
    if (label.Key.empty()) problems.Add(at + ".Key", "must not be empty");
    CheckLabelText(label.Key, kMaxLabelKey, at + ".Key", problems);
    if (label.Value) CheckLabelText(*label.Value, kMaxLabelValue, at + ".Value", problems);
    if (!keys.insert(label.Key).second) problems.Add(at + ".Key", "repeats an earlier key");
    out.push_back({.key = label.Key, .value = label.Value.value_or("")});
  }
  return out;
}

std::map<std::string, std::string> CheckEnvironment(const json::object& variables,
                                                    Problems& problems) {
  std::map<std::string, std::string> out;
  if (variables.size() > kMaxVariables) {
    problems.Add("EnvironmentVariables", "must have at most 100 members");
    return out;
  }
  std::size_t bytes = 0;
  for (const auto& member : variables) {
    const std::string name(member.key());
    const std::string at = "EnvironmentVariables." + name;
    const std::optional<std::string> value = ScalarText(member.value());
    if (!IsVariableName(name) || name.size() > kMaxVariableName) {
      problems.Add(
          "EnvironmentVariables",
          "must have names of letters, digits and underscores that do not start with a digit, at "
          "most 128 characters");
    } else if (IsReserved(name)) {
      problems.Add(at, "is set by the server and cannot be chosen");
    } else if (!value) {
      problems.Add(at, "must be a string");
    } else if (value->find('\0') != std::string::npos) {
      problems.Add(at, "must not contain a null character");
    }
    bytes += name.size() + (value ? value->size() : 0);
    if (value) out[name] = *value;
  }
  if (bytes > kMaxVariablesBytes)
    problems.Add("EnvironmentVariables", "must have at most 65536 bytes in all");
  return out;
}

std::string MaskImageAuth(std::string_view image_auth, Problems& problems) {
  if (image_auth.empty()) return {};
  const auto plain = image_auth.size() <= kMaxImageAuthBytes
                         ? FromBase64(image_auth, StrayBits::kIgnored)
                         : std::nullopt;
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos || colon == 0) {
    problems.Add("ImageAuth", "must be base64 of user:password");
    return {};
  }
  return Base64(AsBytes(plain->substr(0, colon) + ":******"));
}

std::optional<model::CredentialConfig> CheckCredentials(const wire::CredentialInput& input,
                                                        const model::AccountId& account,
                                                        Problems& problems) {
  if (!input.Enable.value_or(false)) return std::nullopt;
  static constexpr std::string_view kAt = "CredentialConfig.Configs";
  if (!input.Configs || input.Configs->size() != 1) {
    problems.Add(kAt, "must have one member: an instance has one role");
    return std::nullopt;
  }
  const wire::CredentialItemInput& item = input.Configs->front();
  const auto at = [](std::string_view member) {
    return std::string(kAt) + "[0]." + std::string(member);
  };
  model::CredentialConfig config{.key = item.Key.value_or(""),
                                 .env_key = input.AliyunEnvRoleKey.value_or(""),
                                 .role_arn = {},
                                 .role_type = {}};
  const auto plain = [](char c) { return IsWordCharacter(c) || c == '-'; };
  if (config.key.empty() || config.key.size() > kMaxCredentialKey ||
      !std::ranges::all_of(config.key, plain)) {
    problems.Add(at("Key"), "must be 1 to 64 letters, digits, underscores or hyphens");
  }
  if (!config.env_key.empty() && config.env_key != config.key)
    problems.Add("CredentialConfig.AliyunEnvRoleKey", "must be the Key of a member of Configs");
  if (item.Type.value_or("Role") != "Role")
    problems.Add(at("Type"), "must be Role: chains of roles are not supported by this server");
  if (!item.Roles || item.Roles->size() != 1) {
    problems.Add(at("Roles"), "must have one member");
    return std::nullopt;
  }
  const wire::CredentialRoleInput& role = item.Roles->front();
  config.role_arn = role.RoleArn.value_or("");
  config.role_type = role.RoleType.value_or("");
  const std::string standard =
      "acs:ram::" + account.str() + ":role/" + std::string(kCredentialRole);
  if (!EqualsIgnoreCase(config.role_arn, standard)) {
    problems.Add(at("Roles[0].RoleArn"),
                 "must be " + standard + ", whose keys are the owner's: no other role is lent");
  }
  if (CountCharacters(config.role_type) > kMaxCredentialKey)
    problems.Add(at("Roles[0].RoleType"), "must have at most 64 characters");
  const std::string policy = role.Policy.value_or("");
  if (!policy.empty() && policy != "{}")
    problems.Add(at("Roles[0].Policy"), "is not supported by this server: leave it out");
  return config;
}

void CheckUnsupported(const wire::UnsupportedParts& parts, Problems& problems) {
  struct Part {
    std::string_view name;
    const std::optional<json::value> wire::UnsupportedParts::* member;
    std::string_view feature;
  };
  using P = wire::UnsupportedParts;
  static constexpr auto kParts = std::to_array<Part>({
      {"ResourceId", &P::ResourceId, "resource quotas"},
      {"RequestedResource", &P::RequestedResource, "resource quotas"},
      {"Datasets", &P::Datasets, "datasets"},
      {"DynamicMount", &P::DynamicMount, "dynamic mounts"},
      {"CloudDisks", &P::CloudDisks, "cloud disks"},
      {"UserVpc", &P::UserVpc, "user VPCs and forwarding"},
      {"SpotSpec", &P::SpotSpec, "spot instances"},
      {"AssignNodeSpec", &P::AssignNodeSpec, "node assignment"},
      {"Affinity", &P::Affinity, "CPU affinity"},
      {"DockerConfig", &P::DockerConfig, "nested containers"},
      {"AccessRestrictionRules", &P::AccessRestrictionRules, "access restriction rules"},
      {"WorkspaceSource", &P::WorkspaceSource, "datasets and cloud disks as working directory"},
  });
  for (const Part& part : kParts) {
    const std::optional<json::value>& value = parts.*part.member;
    if (value && !IsEmptyJson(*value)) {
      problems.Add(part.name, "is not supported by this server yet: " + std::string(part.feature));
    }
  }
}

}  // namespace atelier::api
