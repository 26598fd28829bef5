#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "identity/workspace_gate.h"
#include "model/instance.h"

namespace atelier::api {

/// What answers showed of instances lately, so that those asked for again and again are neither
/// unpacked nor encoded again. Holds what depends on the record and on the names of its workspace
/// and its owner alone; what depends on the time, or on how the server was reached, is written at
/// each answer. Whether the caller may see it is decided at each answer, too: by the directory for
/// a list, by `access` for one.
///
/// Bounded: beyond its budget the items kept longest give way at the next Refresh, those asked for
/// meanwhile last. Threads: one; each has its own.
class ListItems {
 public:
  struct Item {
    std::string bytes;        // an instance without its live members and those that are the same
                              // of all: the opening brace and what lists and GetInstance share,
                              // then what only a list has, then what only GetInstance has
    std::size_t live_at = 0;  // where wire::InstanceLive goes
    // Where wire::InstanceSecrets is; no size: it is empty, for all.
    std::size_t secrets_at = 0;
    std::size_t secrets_size = 0;
    std::size_t list_at = 0;  // where wire::ListOnly begins
    std::size_t get_at = 0;   // where wire::GetOnly begins
    // What that is made of:
    identity::ResourceAccess access;
    model::InstanceId id;
    model::InstanceStatus status = model::InstanceStatus::Creating;
    model::RunningTime running_time;
  };

  explicit ListItems(std::size_t budget_bytes) : budget_(budget_bytes) {}

  /// Begins an answer. If `names` (IdentityDirectory::names_version) is another one than before,
  /// nothing that was kept is found any more; it makes way as what is new comes in, for to let go
  /// of all at once would hold up everybody.
  void Refresh(std::uint64_t names);
  /// nullptr: this version of the instance is not here. Valid until the next Refresh, or until
  /// another version is kept.
  const Item* Find(directory::RowRef row, model::Revision revision);
  /// Replaces what is here of the row.
  void Keep(directory::RowRef row, model::Revision revision, Item item);

  std::size_t size() const { return turns_.size(); }

 private:
  struct Kept {
    model::Revision revision = 0;
    std::uint64_t names = 0;  // it was made with
    std::uint32_t load = 0;
    bool asked = false;  // since its last turn
    Item item;
  };
  static std::size_t SizeOf(const Kept& kept);
  void GiveWay();

  std::size_t budget_;
  std::uint64_t names_ = 0;
  std::vector<std::unique_ptr<Kept>> by_slot_;
  std::deque<std::uint32_t> turns_;  // the slots kept, in the order in which they may give way
  std::size_t bytes_ = 0;
};

}  // namespace atelier::api
