#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/field_rules.h"
#include "api/variables.h"
#include "api/wire/instance_write.h"
#include "base/result.h"
#include "model/instance.h"

/// The rules that what a user says about an instance must keep (docs/contract/lifecycle.md section
/// 2). Each check adds what is wrong to `problems`, so that one answer names everything.
namespace atelier::api {

inline constexpr std::size_t kMaxInstanceName = 27;
inline constexpr std::size_t kMaxLabelKey = 128;  // characters
inline constexpr std::size_t kMaxLabelValue = 128;
inline constexpr std::size_t kMaxUserCommandBytes = 64U << 10U;
inline constexpr std::size_t kMaxImageAuthBytes = 4096;
inline constexpr std::size_t kMaxDriverBytes = 64;
inline constexpr std::size_t kMaxMigrationOptionsBytes = 16U << 10U;
inline constexpr std::size_t kMaxImageNameBytes = 512;

void CheckInstanceName(std::string_view name, Problems& problems);
void CheckPriority(std::int64_t priority, Problems& problems);
void CheckUserCommand(std::string_view content, Problems& problems);
void CheckDriver(std::string_view driver, Problems& problems);
void CheckMigrationOptions(const json::object& options, Problems& problems);

/// `path` is "Labels" or "Tag". Duplicate keys are a problem.
std::vector<model::Label> CheckLabels(const std::vector<wire::LabelInput>& labels,
                                      std::string_view path, Problems& problems);
/// Values may be strings, and numbers and booleans, whose text counts.
std::map<std::string, std::string> CheckEnvironment(const json::object& variables,
                                                    Problems& problems);
/// base64 of "user:password" becomes base64 of "user:******": the password goes no further than
/// here.
std::string MaskImageAuth(std::string_view image_auth, Problems& problems);

/// nullopt: none is asked for. What cannot be had here is a problem, with its place.
std::optional<model::CredentialConfig> CheckCredentials(const wire::CredentialInput& input,
                                                        const model::AccountId& account,
                                                        Problems& problems);

inline constexpr int kMaxIdleMinutes = 366 * 24 * 60;  // a year

/// Of an idle rule. Whether the instance has a GPU is known to control/.
template <>
inline constexpr auto kRules<wire::IdleCullerRequest> = std::to_array<FieldRule>({
    {.name = "CpuPercentThreshold", .min = 1, .max = 100, .required = true},
    {.name = "GpuPercentThreshold", .min = 1, .max = 100},
    {.name = "MaxIdleTimeInMinutes", .min = 1, .max = kMaxIdleMinutes, .required = true},
});

/// The idle rule that a request asks for which kept its field rules (BodyOf).
model::IdleCuller CullerOf(const wire::IdleCullerRequest& request);

/// Refuses by name what this server does not do yet; empty values (null, "", {}, [], false, 0)
/// pass.
void CheckUnsupported(const wire::UnsupportedParts& parts, Problems& problems);

}  // namespace atelier::api
