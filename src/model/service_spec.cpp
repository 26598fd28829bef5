#include "model/service_spec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "model/service.h"
#include "model/spec/path.h"
#include "model/spec/processor.h"
#include "model/spec/reader.h"
#include "model/spec/resources.h"

namespace atelier::model {

namespace {

constexpr std::int64_t kMostSeconds = 86'400;
constexpr std::int64_t kMostWorkers = 10'000;

HealthCheck ReadCheck(const Reader& in, std::int64_t port) {
  HealthCheck check;
  in.Refuse("exec");
  const Reader get = in.Object("http_get");
  const Reader tcp = in.Object("tcp_socket");
  if (in.Has("http_get") == in.Has("tcp_socket") && !in.Has("exec")) {
    in.Problem("http_get", "or tcp_socket is required, one of the two");
  }
  if (in.Has("http_get")) {
    check.path = get.Text("path").empty() ? "/" : get.Text("path");
    if (!check.path.starts_with('/')) get.Problem("path", "must begin with a slash");
  }
  check.any_answer = in.Has("tcp_socket");
  for (const Reader* where : {&get, &tcp}) {
    const auto asked = where->Integer("port", 1, 65'535);
    if (asked && *asked != port) where->Problem("port", "must be the port of the container");
  }
  const auto seconds = [&](std::string_view name, std::int64_t min, Duration standard) {
    const auto value = in.Integer(name, min, kMostSeconds);
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
    std::int64_t percent = -1;
    const char* end = text->data() + text->size() - 1;
    const auto parsed = std::from_chars(text->data(), end, percent);
    if (parsed.ptr == end && percent >= 0 && percent <= 100) {
      return {.value = percent, .percent = true};
    }
    in.Problem(name, "must be an integer or a percentage from 0% to 100%");
    return standard;
  }
  const auto count = in.Integer(name, 0, kMostReplicas);
  return count ? CountOrPercent{.value = *count} : standard;
}

void ReadEnvironment(const Reader& container, ServiceSpec& spec) {
  for (const Reader& variable : container.Array("env")) {
    const std::string name = variable.Text("name");
    const json::value* value = variable.Find("value");
    if (name.empty() || name.find('=') != std::string::npos) {
      variable.Problem("name", "must be a variable's name");
    } else if (value != nullptr && value->is_number()) {
      spec.environment[name] = json::serialize(*value);
    } else {
      spec.environment[name] = variable.Text("value");
    }
  }
}

void ReadContainer(const Reader& container, ServiceSpec& spec) {
  for (const std::string_view name : {"prepare", "ports"}) container.Refuse(name);
  spec.image = container.Text("image");
  spec.port = container.Integer("port", 1, 65'535).value_or(spec.port);
  spec.script = container.Text("script");
  spec.command = container.Words("command");
  const auto more = container.Words("args");
  spec.command.insert(spec.command.end(), more.begin(), more.end());
  if (spec.script.empty() == spec.command.empty()) {
    container.Problem("command", "or script is required, one of the two");
  }
  ReadEnvironment(container, spec);
  ReadResources(container.Object("resources"), spec);
  CheckResources(container, spec);
  if (container.Has("startup_check"))
    spec.startup = ReadCheck(container.Object("startup_check"), spec.port);
  if (container.Has("liveness_check"))
    spec.liveness = ReadCheck(container.Object("liveness_check"), spec.port);
  if (container.Has("health_check"))
    spec.health = ReadCheck(container.Object("health_check"), spec.port);
}

/// Absolute, and what it looks like: the drivers refuse more, but only when an instance starts.
bool IsMountPoint(std::string_view path) {
  return path.starts_with('/') && path.find('\0') == std::string_view::npos && !GoesUp(path);
}

void ReadStorage(const Reader& top, ServiceSpec& spec) {
  for (const Reader& storage : top.Array("storage")) {
    for (const std::string_view kind :
         {"oss", "nfs", "dataset", "git", "empty_dir", "properties"}) {
      storage.Refuse(kind);
    }
    const std::string path = storage.Text("path");
    const std::string inside = storage.Text("mount_path");
    if (!IsMountPoint(inside))
      storage.Problem("mount_path", "must be an absolute path, without NUL and '..'");
    if (path.empty()) {
      storage.Problem("path", "is required: a folder of the server");
      continue;
    }
    // What one service could write, another could be led through.
    if (storage.Has("read_only") && !storage.Flag("read_only"))
      storage.Problem("read_only", "set to false is not supported by this server yet");
    spec.mounts.push_back({.path = path, .inside = inside});
  }
}

void ReadMetadata(const Reader& metadata, ServiceSpec& spec) {
  for (const std::string_view name :
       {"resource", "quota_id", "rdma", "spot", "qos", "hybrid_resource", "type", "disk",
        "shm_size", "release", "enable_webservice"}) {
    metadata.Refuse(name);
  }
  if (metadata.Integer("gpu", 0, kMostCpu).value_or(0) > 0)
    metadata.Problem("gpu", "is not supported by this server yet");
  if (metadata.Flag("enable_grpc"))
    metadata.Problem("enable_grpc", "is not supported by this server yet");
  spec.replicas = metadata.Integer("instance", 0, kMostReplicas).value_or(1);
  spec.size.milli_cpu = metadata.Integer("cpu", 1, kMostCpu).value_or(0) * kMilli;
  spec.size.memory_mib = metadata.Integer("memory", 1, kMostMemoryMib).value_or(0);
  spec.workspace = metadata.Text("workspace_id");
  spec.group = metadata.Text("group");
  if (!spec.group.empty() && !IsServiceName(spec.group))
    metadata.Problem("group", "must have 3 to 63 lower-case letters, digits and underscores");
  const Reader rpc = metadata.Object("rpc");
  const std::int64_t most_workers = spec.processor ? kMostNativeThreads : kMostWorkers;
  if (const auto workers = rpc.Integer("worker_threads", 1, most_workers)) spec.workers = workers;
  spec.max_queue = rpc.Integer("max_queue_size", 0, 1'000'000).value_or(spec.max_queue);
  if (const auto ms = rpc.Integer("keepalive", 1, kMostSeconds * 1000))
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
  const Reader cloud = top.Object("cloud");
  cloud.Refuse("networking");
  const Reader computing = cloud.Object("computing");
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

Outfit OutfitOf(const ServiceSpec& spec) {
  return {.machine = spec.instance_type, .image = spec.image, .port = spec.port};
}

/// contract/lifecycle.md section 11.
bool IsServiceName(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Result<ServiceSpec> ParseServiceSpec(const json::object& config) {
  Problems problems;
  const Reader top(&config, "", problems);
  ServiceSpec spec;
  spec.health = StandardCheck();
  const Reader metadata = top.Object("metadata");
  spec.name = top.Has("name") ? top.Text("name") : metadata.Text("name");
  if (spec.name.empty()) {
    problems.Add("name", "is required");
  } else if (!IsServiceName(spec.name)) {
    problems.Add("name", "must have 3 to 63 lower-case letters, digits and underscores");
  }
  for (const std::string_view name :
       {"autoscaler", "networking", "dockerAuth", "warm_up_data_path", "role_arn", "options",
        "aimaster", "unit", "queue", "oss_endpoint"}) {
    top.Refuse(name);
  }
  spec.token = top.Text("token");
  ReadModel(top, spec);
  ReadProcessor(top, spec);
  ReadMetadata(metadata, spec);
  ReadCloud(top, spec);
  const auto containers = top.Array("containers");
  if (containers.size() > 1)
    problems.Add("containers", "with more than one member are not supported by this server yet");
  if (!containers.empty() && top.Has("processor_path"))
    problems.Add("containers", "and processor_path exclude each other");
  if (!containers.empty()) {
    ReadContainer(containers.front(), spec);
  } else if (!top.Has("processor_path") && !top.Has("processor")) {
    problems.Add("containers", "or processor_path is required");
  }
  ReadStorage(top, spec);
  if (const auto grace = top.Object("runtime").Integer("termination_grace_period", 0, kMostSeconds))
    spec.termination_grace = Duration(*grace * 1000);
  if (const json::value* labels = top.Find("labels"))
    DecodeJson(*labels, spec.labels, "labels", Missing::kProblem, problems);
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return spec;
}

Result<ServiceSpec> ParseServiceSpec(std::string_view config) {
  ATELIER_TRY(const json::value value, ParseJson(config));
  if (!value.is_object()) return Error(Code::kInvalidArgument, "The body must be a JSON object.");
  return ParseServiceSpec(value.get_object());
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
