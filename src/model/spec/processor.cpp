#include "model/spec/processor.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "model/spec/path.h"

namespace atelier::model {

namespace {

constexpr std::int64_t kPort = 8080;  // where the documents' processors listen
constexpr std::int64_t kWorkers =
    5;  // metadata.rpc.worker_threads, docs/contract/lifecycle.md section 11
constexpr Duration kKeepalive{5'000};
constexpr std::size_t kMaxConfig = 64U << 10U;  // it is handed over as one environment variable
constexpr std::string_view kUnpacked = "/home/atelier/";
constexpr std::string_view kModelPath = "MODEL_PATH";
/// Answered by the host of the library itself: a check must not count as a request to the model.
constexpr std::string_view kPing = "/api/builtin/ping";
constexpr Duration kPingEvery{2'000};

bool EndsWithAny(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
}

/// Shows or unpacks what lies at top.`key`, as `name`. The folder inside; empty: there is none.
std::string ReadFolder(const Reader& top, std::string_view key, std::string_view name,
                       ServiceSpec& spec) {
  const std::string path = top.PathText(key);
  if (path.empty()) return {};
  if (EndsWithAny(path, {".zip", ".bz2"}) || path.find("://") != std::string::npos) {
    top.Problem(key,
                "must be a folder of the server, .tar, .tar.gz or .tgz: others are not "
                "supported by this server yet (copy it into a folder below --shared-folders, and "
                "name it as it lies there, such as models/iris)");
  }
  if (EndsWithAny(path, {".tar", ".tar.gz", ".tgz"})) {
    spec.packages.push_back({.path = path, .folder = fmt::format("{}{}", kUnpacked, name)});
    return spec.packages.back().folder;
  }
  spec.mounts.push_back({.path = path, .inside = fmt::format("/{}", name)});
  return spec.mounts.back().inside;
}

/// Of a file or folder below another one. It becomes a word of a shell command.
bool IsPlainPath(std::string_view path) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  return !path.starts_with('/') && path.find_first_not_of(kPlain) == std::string_view::npos &&
         !GoesUp(path);
}

std::string ReadEntry(const Reader& top, std::string_view key) {
  std::string entry = top.PathText(key);
  if (!IsPlainPath(entry)) top.Problem(key, "must be the name of a file of the package");
  return entry;
}

/// The package's own environment if it has one, as `eascmd pysdk init` makes it (ENV), else the
/// image's or the host's Python.
void ReadPython(const Reader& top, const std::string& folder, const std::string& entry,
                ServiceSpec& spec) {
  top.Refuse("model_entry");
  top.Refuse("model_config");
  spec.image = top.Text("data_image");
  spec.environment.try_emplace("PORT", std::to_string(kPort));
  spec.script = fmt::format(
      "cd {0} && if [ -x ENV/bin/python ]; then exec ENV/bin/python {1}; fi; exec python3 {1}",
      folder, entry);
}

std::string ConfigText(const Reader& top) {
  if (!top.Asks("model_config")) return {};
  const json::value* config = top.Find("model_config");
  if (const json::string* text = config->if_string()) return std::string(*text);
  return json::serialize(*config);
}

void ReadNative(const Reader& top, const std::string& folder, const std::string& entry,
                ServiceSpec& spec) {
  top.Refuse("data_image");
  NativeProcessor native{.library = fmt::format("{}/{}", folder, entry),
                         .model_entry = {},
                         .model_config = ConfigText(top)};
  if (native.model_config.size() > kMaxConfig ||
      native.model_config.find('\0') != std::string::npos)
    top.Problem("model_config", "must have at most 64 KiB, none of them NUL");
  // Without model_entry the model itself is the entry, as documented.
  const auto model = spec.environment.find(std::string(kModelPath));
  const std::string part = ReadEntry(top, "model_entry");
  if (model != spec.environment.end()) {
    native.model_entry = part.empty() ? model->second : fmt::format("{}/{}", model->second, part);
  } else if (!part.empty()) {
    top.Problem("model_entry", "needs model_path");
  }
  spec.processor = std::move(native);
  spec.health = {};
  spec.health.path = kPing;
  spec.health.period = kPingEvery;
}

}  // namespace

void ReadModel(const Reader& top, ServiceSpec& spec) {
  const std::string model = ReadFolder(top, "model_path", "model", spec);
  if (!model.empty()) spec.environment.try_emplace(std::string(kModelPath), model);
}

void ReadProcessor(const Reader& top, ServiceSpec& spec) {
  if (!top.Asks("processor_path")) {
    // Of own processors alone, so taken they would do nothing.
    for (const std::string_view key :
         {"model_entry", "model_config", "data_image", "processor_type", "processor_entry"}) {
      top.Refuse(key, "without processor_path");
    }
    return;
  }
  spec.port = kPort;
  spec.workers = kWorkers;
  spec.keepalive = kKeepalive;
  const std::string type = top.Text("processor_type");
  const std::string folder = ReadFolder(top, "processor_path", "processor", spec);
  const std::string entry = ReadEntry(top, "processor_entry");
  if (entry.empty()) top.Problem("processor_entry", "is required");
  if (type == "python") {
    ReadPython(top, folder, entry, spec);
  } else if (type == "cpp") {
    ReadNative(top, folder, entry, spec);
  } else {
    top.Problem("processor_type",
                "must be python or cpp: other processors are not supported by this server yet");
  }
}

}  // namespace atelier::model
