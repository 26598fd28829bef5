#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "model/ids.h"

/// What the process driver keeps on disk. Every folder is 0700, every file 0600.
///
///     <folder>/                          one driver; 0700
///       .trash/<name>.<random>           what is on its way out; emptied by `atelier sweep`
///       <id>/                            one workload
///         home/                          /home/atelier inside; kept until Remove
///         run-<generation>/              one life; the newest stays until the next one or Remove
///           spec.json                    what to run, secrets included; deleted when the life ends
///           stop.new, stop-now.new       what the next two are made of, with no new file
///           stop                         there: the end was asked for
///           stop-now                     there too: without grace
///           keeper.pid                   pid, start time and boot id of the shim
///           sandbox.json                 the same of the sandbox's first process and of pasta
///           server                       unix socket of the shim: who connects gets the socket
///                                        that listens inside for connections to the server
///           phase                        one word, written by the shim
///           ready                        there: the driver saw it ready once
///           out.log, out.log.1           output, at most 2 x 1 MiB
///           result.json                  how it ended; written once, atomically: then it is over
///           files/                       /run/atelier-files inside
///           etc/                         passwd, group, hosts, ... of the sandbox
///           box/                         /run/atelier inside: the workload's socket
///         unreadable-<n>/                a life whose records could not be read, set aside
///
/// A shim holds flock(run-<generation>) for as long as it lives: "locked" is "kept".
namespace atelier::runtime::process {

inline constexpr std::string_view kTrash = ".trash";
inline constexpr std::string_view kRunPrefix = "run-";

/// The files of one life.
struct RunPaths {
  std::string folder;

  std::string Spec() const { return folder + "/spec.json"; }
  std::string StopMark() const { return folder + "/stop"; }
  std::string ForceMark() const { return folder + "/stop-now"; }
  std::string ShimRecord() const { return folder + "/keeper.pid"; }
  std::string Sandbox() const { return folder + "/sandbox.json"; }
  std::string ServerDoor() const { return folder + "/server"; }
  std::string Phase() const { return folder + "/phase"; }
  std::string ReadyMark() const { return folder + "/ready"; }
  std::string Log() const { return folder + "/out.log"; }
  std::string OldLog() const { return folder + "/out.log.1"; }
  std::string Result() const { return folder + "/result.json"; }
  std::string Etc() const { return folder + "/etc"; }
  std::string Files() const { return folder + "/files"; }
  std::string Box() const { return folder + "/box"; }
  std::string Trash() const { return folder + "/../../" + std::string(kTrash); }
  std::string Door() const { return folder + "/door"; }
};

inline std::string WorkloadFolder(const std::string& folder, const model::InstanceId& id) {
  return folder + "/" + id.str();
}
inline std::string HomeFolder(const std::string& folder, const model::InstanceId& id) {
  return WorkloadFolder(folder, id) + "/home";
}
inline RunPaths RunFolder(const std::string& folder, const model::InstanceId& id,
                          model::Generation generation) {
  return {WorkloadFolder(folder, id) + "/" + std::string(kRunPrefix) + std::to_string(generation)};
}

/// The generation a folder name stands for; nullopt: not the folder of a life.
inline std::optional<model::Generation> GenerationOf(std::string_view name) {
  if (!name.starts_with(kRunPrefix)) return std::nullopt;
  name.remove_prefix(kRunPrefix.size());
  const auto value = ParseNumber<model::Generation>(name);
  return value && *value >= 0 ? value : std::nullopt;
}

/// Ids become folder and cgroup names: nothing that could climb out of one.
inline bool IdIsSafe(std::string_view id) {
  if (id.empty() || id.size() > 64 || id.front() == '-') return false;
  for (const char c : id) {
    if (!IsLower(c) && !IsDigit(c) && c != '-') return false;
  }
  return true;
}

}  // namespace atelier::runtime::process
