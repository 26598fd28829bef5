#include "serve/wiring/default_environment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "api/variables.h"
#include "base/file.h"
#include "base/text.h"

namespace atelier::serve {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxBytes = 256UL << 10U;  // of the file, comments and all

// Whose values are files or folders of certificates, so that they must be there inside too.
constexpr auto kCertificates = std::to_array<std::string_view>({
    "AWS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "UV_SSL_CERT_FILE",
});

/// Each image has a PATH of its own; the others the server sets itself.
bool MayBeDefault(std::string_view name) { return name != "PATH" && !api::IsReserved(name); }

Result<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad())
    return Error(Code::kNotFound,
                 fmt::format("The file {} cannot be read: {}.", path, WhyRefused(path, errno)));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes)
    return Error(Code::kInvalidArgument,
                 fmt::format("The file {} must have at most {} bytes.", path, kMaxBytes));
  return text;
}

/// What is wrong with the name and value of a line; empty: nothing.
std::string ProblemOf(std::string_view name, std::string_view value) {
  if (!api::IsVariableName(name) || name.size() > api::kMaxVariableName)
    return "must be NAME=value, the name of letters, digits and underscores";
  if (!MayBeDefault(name))
    return fmt::format("sets {}, which the server sets itself in each sandbox", name);
  if (value.find('\0') != std::string_view::npos)
    return fmt::format("gives {} a null character", name);
  if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
      value.front() == value.back())
    return fmt::format("gives {} a value in quotes; they would be part of it, so leave them out",
                       name);
  return {};
}

/// A workload of a server that runs as root has another user; it reads what everybody may.
bool ReadableInside(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return false;
  const mode_t needed = S_ISDIR(info.st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
  return ::geteuid() == 0 ? (info.st_mode & needed) == needed : ::access(path.c_str(), R_OK) == 0;
}

}  // namespace

Result<std::map<std::string, std::string>> ParseDefaultEnvironment(std::string_view text,
                                                                   std::string_view file) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::map<std::string, std::string> variables;
  std::size_t bytes = 0;
  int number = 0;
  for (std::string_view line : Lines(text)) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto [name, value, found] = Cut(line, '=');
    std::string problem = ProblemOf(found ? name : "", value);
    if (problem.empty() && !variables.emplace(name, value).second)
      problem = fmt::format("sets {} a second time", name);
    if (!problem.empty())
      return Error(Code::kInvalidArgument, fmt::format("{}, line {}: {}.", file, number, problem));
    bytes += name.size() + value.size();
  }
  if (variables.size() > api::kMaxVariables || bytes > api::kMaxVariablesBytes)
    return Error(Code::kInvalidArgument,
                 fmt::format("{} must have at most {} variables, and {} bytes in all.", file,
                             api::kMaxVariables, api::kMaxVariablesBytes));
  return variables;
}

Result<DefaultEnvironment> LoadDefaultEnvironment(const std::string& path) {
  DefaultEnvironment defaults;
  if (path.empty()) return defaults;
  ATELIER_TRY(const std::string text, ReadText(path));
  ATELIER_TRY(defaults.variables, ParseDefaultEnvironment(text, path));
  for (const auto& [name, value] : defaults.variables) {
    if (std::ranges::find(kCertificates, name) == kCertificates.end() || value.empty()) continue;
    if (!fs::path(value).is_absolute() || !ReadableInside(value)) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{}: {} must name a file or folder of this host by its absolute "
                               "path, which everybody may read.",
                               path, name));
    }
    if (std::ranges::find(defaults.files, value) == defaults.files.end())
      defaults.files.push_back(value);
  }
  return defaults;
}

}  // namespace atelier::serve
