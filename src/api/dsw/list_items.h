#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "directory/directory.h"
#include "model/ids.h"

namespace atelier::api {

/// What lists showed of instances lately, so that those asked for again and again are neither
/// unpacked nor encoded again. Holds what depends on the record and on the names of its workspace
/// and its owner alone; what depends on the time, or on how the server was reached, is written at
/// each answer. Visibility is not its business: the directory has decided before.
///
/// Bounded: two generations of half the budget. A full younger one becomes the older, which then
/// gives way item by item; what is found in the older moves to the younger. Threads: the I/O
/// thread.
class ListItems {
 public:
  struct Item {
    directory::InstancePtr instance;
    std::string bytes;        // one element of ListInstances.Instances but for wire::InstanceLive
    std::size_t live_at = 0;  // where its members go
  };

  explicit ListItems(std::size_t budget_bytes) : budget_(budget_bytes) {}

  /// nullptr: this version of the instance is not here. Valid until the next call.
  const Item* Find(std::string_view id, model::Revision revision);
  /// Replaces what is here of the instance. Valid until the next call.
  const Item& Keep(Item item);
  /// Forgets everything if `names` (IdentityDirectory::names_version) is another one than before.
  void Refresh(std::uint64_t names);

  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  // The keys are views of the items' own ids.
  using Generation = std::unordered_map<std::string_view, Item>;
  static std::size_t SizeOf(const Item& item);
  void Count(const Item& item);

  std::size_t budget_;
  std::uint64_t names_ = 0;
  Generation young_;
  Generation old_;
  std::size_t young_bytes_ = 0;
};

}  // namespace atelier::api
