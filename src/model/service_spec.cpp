#include "model/service_spec.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/exec_limits.h"
#include "base/text.h"
#include "model/service.h"
#include "model/spec/keys.h"
#include "model/spec/path.h"
#include "model/spec/processor.h"
#include "model/spec/reader.h"
#include "model/spec/resources.h"

namespace atelier::model {

namespace {

constexpr std::int64_t kMaxSeconds = 86'400;
constexpr std::int64_t kMaxWorkers = 10'000;
constexpr std::size_t kMaxMounts = 100;

HealthCheck ReadCheck(const Reader& in, std::int64_t port) {
  HealthCheck check;
  const Reader get = in.Object("http_get");
  const Reader tcp = in.Object("tcp_socket");
  // An empty one stands for its standards, unless the other one says more.
  const auto there = [&](std::string_view name, std::string_view other) {
    return in.Asks(name) || (in.Find(name) != nullptr && !in.Asks(other));
  };
  const bool by_get = there("http_get", "tcp_socket");
  const bool by_tcp = there("tcp_socket", "http_get");
  if (by_get == by_tcp && !in.Asks("exec")) {
    in.Problem("http_get", "or tcp_socket is required, one of the two");
  }
  if (by_get) {
    check.path = get.PathText("path");
    if (check.path.empty()) check.path = "/";
    if (!check.path.starts_with('/')) get.Problem("path", "must begin with a slash");
  }
  check.any_answer = by_tcp;
  for (const Reader* where : {&get, &tcp}) {
    const auto asked = where->Integer("port", 1, 65'535);
    if (asked && *asked != port) where->Problem("port", "must be the port of the container");
  }
  const auto seconds = [&](std::string_view name, std::int64_t min, Duration standard) {
    const auto value = in.Integer(name, min, kMaxSeconds);
    return value ? Duration(*value * 1000) : standard;
  };
  check.initial_delay = seconds("initial_delay_seconds", 0, check.initial_delay);
  check.period = seconds("period_seconds", 1, check.period);
  check.timeout = seconds("timeout_seconds", 1, check.timeout);
  check.success_threshold = static_cast<int>(in.Integer("success_threshold", 1, 100).value_or(1));
  check.failure_threshold = static_cast<int>(in.Integer("failure_threshold", 1, 1000).value_or(3));
  return check;
}

/// What every replica gets that asks for nothing: it takes traffic while it answers HTTP at all.
HealthCheck StandardCheck() {
  HealthCheck check;
  check.any_answer = true;
  check.period = Duration(2'000);
  return check;
}

CountOrPercent ReadCount(const Reader& in, std::string_view name, CountOrPercent standard) {
  const json::value* found = in.Find(name);
  if (found == nullptr) return standard;
  if (const json::string* text = found->if_string(); text != nullptr && text->ends_with('%')) {
    const auto percent = ParseNumber<std::int64_t>({text->data(), text->size() - 1}).value_or(-1);
    if (percent >= 0 && percent <= 100) return {.value = percent, .percent = true};
    in.Problem(name, "must be an integer or a percentage from 0% to 100%");
    return standard;
  }
  const auto count = in.Integer(name, 0, kMaxReplicas);
  return count ? CountOrPercent{.value = *count} : standard;
}

void ReadEnvironment(const Reader& container, ServiceSpec& spec) {
  for (const Reader& variable : container.Array("env")) {
    const std::string name = variable.Text("name");
    const json::value* value = variable.Find("value");
    if (name.empty() || name.find('=') != std::string::npos) {
      variable.Problem("name", "must be a variable's name");
      continue;
    }
    const auto scalar = value == nullptr ? std::nullopt : ScalarText(*value);
    std::string text = scalar ? *scalar : variable.Text("value");
    const std::string_view wrong = WhyNoVariable(name, text);
    if (!wrong.empty() && !container.stored()) variable.Problem("value", wrong);
    spec.environment[name] = std::move(text);
  }
}

/// The most that a program can be given: base/exec_limits.h.
void CheckProgram(const Reader& container, const ServiceSpec& spec) {
  if (container.stored()) return;
  const auto too_long = [](const std::string& word) {
    return word.size() > kMaxExecString || word.find('\0') != std::string::npos;
  };
  constexpr std::string_view kWord =
      "must have at most 131071 bytes, none of them NUL: no program can be given more";
  if (too_long(spec.script)) container.Problem("script", kWord);
  if (std::ranges::any_of(spec.command, too_long))
    container.Problem("command", fmt::format("and args: each of their words {}", kWord));
  if (spec.command.size() > kMaxExecWords)
    container.Problem("command", fmt::format("and args must have at most {} words", kMaxExecWords));
  if (spec.environment.size() > kMaxExecVariables)
    container.Problem("env", fmt::format("must have at most {} members", kMaxExecVariables));
  std::size_t bytes = ExecSize(spec.script.size());
  for (const std::string& word : spec.command) bytes += ExecSize(word.size());
  for (const auto& [name, value] : spec.environment)
    bytes += ExecSize(name.size() + 1 + value.size());
  if (bytes > kMaxExecBytes)
    container.Problem("env",
                      "and the program's words must have at most 1 MiB in all: no program "
                      "can be given more");
}

/// {"tcp_socket": {}} asks for a check though all in it is empty.
bool HasCheck(const Reader& container, std::string_view name) {
  const Reader check = container.Object(name);
  return container.Asks(name) || check.Find("http_get") != nullptr ||
         check.Find("tcp_socket") != nullptr;
}

void ReadContainer(const Reader& container, ServiceSpec& spec) {
  spec.image = container.Text("image");
  spec.port = container.Integer("port", 1, 65'535).value_or(spec.port);
  spec.script = container.Text("script");
  const bool has_command = container.Asks("command");
  if (has_command) spec.command = container.Words("command");
  if (has_command || container.Asks("args")) {
    const auto more = container.Words("args");
    spec.command.insert(spec.command.end(), more.begin(), more.end());
  }
  if (spec.script.empty() == spec.command.empty()) {
    container.Problem("command", "or script is required, one of the two");
  }
  ReadEnvironment(container, spec);
  CheckProgram(container, spec);
  ReadResources(container.Object("resources"), spec);
  CheckResources(container, spec);
  if (HasCheck(container, "startup_check"))
    spec.startup = ReadCheck(container.Object("startup_check"), spec.port);
  if (HasCheck(container, "liveness_check"))
    spec.liveness = ReadCheck(container.Object("liveness_check"), spec.port);
  if (HasCheck(container, "health_check"))
    spec.health = ReadCheck(container.Object("health_check"), spec.port);
}

/// Absolute, and what it looks like: the drivers refuse more, but only when an instance starts.
bool IsMountPoint(std::string_view path) {
  return path.starts_with('/') && path.find('\0') == std::string_view::npos && !GoesUp(path);
}

void ReadStorage(const Reader& top, ServiceSpec& spec) {
  const auto all = top.Array("storage");
  if (all.size() > kMaxMounts && !top.stored())
    top.Problem("storage", fmt::format("must have at most {} members", kMaxMounts));
  for (const Reader& storage : all) {
    const std::string path = storage.PathText("path");
    const std::string inside = storage.PathText("mount_path");
    if (!IsMountPoint(inside))
      storage.Problem("mount_path", "must be an absolute path, without NUL and '..'");
    if (path.empty()) {
      storage.Problem("path", "is required: a folder below --shared-folders");
      continue;
    }
    // What one service could write, another could be led through.
    if (!storage.Flag("read_only").value_or(true))
      storage.Problem("read_only", "set to false is not supported by this server yet");
    spec.mounts.push_back({.path = path, .inside = inside});
  }
}

void ReadMetadata(const Reader& metadata, ServiceSpec& spec) {
  spec.replicas = metadata.Integer("instance", 0, kMaxReplicas).value_or(1);
  spec.size.milli_cpu = metadata.Integer("cpu", 1, kMaxCpu).value_or(0) * kMilli;
  spec.size.memory_mib = metadata.Integer("memory", 1, kMaxMemoryMib).value_or(0);
  spec.workspace = metadata.Text("workspace_id");
  spec.group = metadata.Text("group");
  if (!spec.group.empty() && !IsServiceName(spec.group))
    metadata.Problem("group", "must have 3 to 63 lower-case letters, digits and underscores");
  const Reader rpc = metadata.Object("rpc");
  const std::int64_t most_workers = spec.processor ? kMaxNativeThreads : kMaxWorkers;
  if (const auto workers = rpc.Integer("worker_threads", 1, most_workers)) spec.workers = workers;
  spec.max_queue = rpc.Integer("max_queue_size", 0, 1'000'000).value_or(spec.max_queue);
  if (const auto ms = rpc.Integer("keepalive", 1, kMaxSeconds * 1000))
    spec.keepalive = Duration(*ms);
  if (const auto rate = rpc.Integer("rate_limit", 0, 1'000'000); rate && *rate > 0)
    spec.rate_limit = rate;
  const Reader rolling = metadata.Object("rolling_strategy");
  spec.max_surge = ReadCount(rolling, "max_surge", spec.max_surge);
  spec.max_unavailable = ReadCount(rolling, "max_unavailable", spec.max_unavailable);
  if (spec.max_surge.value == 0 && spec.max_unavailable.value == 0)
    rolling.Problem("max_surge", "and max_unavailable must not both be 0");
}

void ReadCloud(const Reader& top, ServiceSpec& spec) {
  const Reader computing = top.Object("cloud").Object("computing");
  spec.instance_type = computing.Text("instance_type");
  const auto types = computing.Array("instances");
  if (types.size() > 1)
    computing.Problem("instances", "with several types is not supported by this server yet");
  if (!types.empty() && spec.instance_type.empty()) spec.instance_type = types.front().Text("type");
}

}  // namespace

std::int64_t CountOrPercent::Of(std::int64_t whole, bool round_up) const {
  if (!percent) return value;
  return (value * whole + (round_up ? 99 : 0)) / 100;
}

ReplicaTemplate ReplicaTemplateOf(const ServiceSpec& spec) {
  return {.machine = spec.instance_type, .image = spec.image, .port = spec.port};
}

/// docs/contract/lifecycle.md section 11.
bool IsServiceName(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 &&
         std::ranges::all_of(name, [](char c) { return IsLower(c) || IsDigit(c) || c == '_'; });
}

namespace {

void ReadGrace(const Reader& top, const Reader& metadata, ServiceSpec& spec) {
  constexpr std::string_view kKey = "termination_grace_period";
  const auto first = top.Object("runtime").Integer(kKey, 0, kMaxSeconds);
  const auto second = metadata.Object("eas").Integer(kKey, 0, kMaxSeconds);
  if (const auto grace = first ? first : second) spec.termination_grace = Duration(*grace * 1000);
}

void ReadLabels(const Reader& top, ServiceSpec& spec) {
  if (!top.Asks("labels")) return;
  json::value labels = *top.Find("labels");
  if (json::object* members = labels.if_object()) {
    for (auto it = members->begin(); it != members->end();)
      it = it->value().is_null() ? members->erase(it) : std::next(it);
  }
  DecodeJson(labels, spec.labels, "labels", Missing::kProblem, top.problems());
}

ServiceSpec ReadSpec(const json::object& config, bool stored, Problems& problems) {
  const Reader top(&config, "", problems, stored);
  ServiceSpec spec;
  spec.health = StandardCheck();
  const Reader metadata = top.Object("metadata");
  spec.name = top.Asks("name") ? top.Text("name") : metadata.Text("name");
  if (spec.name.empty()) {
    problems.Add("name", "is required");
  } else if (!IsServiceName(spec.name)) {
    problems.Add("name", "must have 3 to 63 lower-case letters, digits and underscores");
  }
  spec.token = top.Text("token");
  ReadModel(top, spec);
  ReadProcessor(top, spec);
  ReadMetadata(metadata, spec);
  ReadCloud(top, spec);
  const auto containers = top.Array("containers");
  if (containers.size() > 1)
    problems.Add("containers", "with more than one member are not supported by this server yet");
  if (!containers.empty() && top.Asks("processor_path"))
    problems.Add("containers", "and processor_path exclude each other");
  if (!containers.empty()) {
    ReadContainer(containers.front(), spec);
  } else if (!top.Asks("processor_path") && !top.Asks("processor")) {
    problems.Add("containers", "or processor_path is required");
  }
  ReadStorage(top, spec);
  ReadGrace(top, metadata, spec);
  ReadLabels(top, spec);
  return spec;
}

}  // namespace

Result<ServiceSpec> ParseServiceSpec(const json::object& config, const json::object* asked) {
  Problems problems;
  const json::object stepped = WithSteps(config);
  ServiceSpec spec = ReadSpec(stepped, false, problems);
  RefuseKeys(asked == nullptr ? stepped : WithSteps(*asked), problems);
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return spec;
}

Result<ServiceSpec> ParseServiceSpec(std::string_view config) {
  ATELIER_TRY(const json::value value, ParseJson(config));
  if (!value.is_object()) return Error(Code::kInvalidArgument, "The body must be a JSON object.");
  return ParseServiceSpec(value.get_object());
}

Result<ServiceSpec> ReadStoredSpec(const json::object& config) {
  Problems problems;
  ServiceSpec spec = ReadSpec(WithSteps(config), true, problems);
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return spec;
}

Result<ServiceSpec> ReadStoredSpec(std::string_view config) {
  ATELIER_TRY(const json::value value, ParseJson(config));
  if (!value.is_object()) return Error(Code::kDataLoss, "The stored configuration is no object.");
  return ReadStoredSpec(value.get_object());
}

json::object MergeConfig(json::object base, const json::object& change) {
  for (const auto& [key, value] : change) {
    json::value& present = base[key];
    if (present.is_object() && value.is_object()) {
      present = MergeConfig(std::move(present.get_object()), value.get_object());
    } else {
      present = value;
    }
  }
  return base;
}

void SetReplicas(json::object& config, std::int64_t replicas) {
  json::value& metadata = config["metadata"];
  if (!metadata.is_object()) metadata = json::object();
  metadata.get_object()["instance"] = replicas;
}

bool SameButReplicas(json::object a, json::object b) {
  SetReplicas(a, 0);
  SetReplicas(b, 0);
  return a == b;
}

}  // namespace atelier::model
