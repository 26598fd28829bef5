#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier::identity {

/// Look-up in the headers of a request as received. Names match in any letter case; values are
/// trimmed.
class Headers {
 public:
  using List = std::vector<std::pair<std::string, std::string>>;
  explicit Headers(const List* list) : list_(list != nullptr ? *list : Empty()) {}

  /// The first value; nullopt: absent.
  std::optional<std::string_view> Find(std::string_view name) const;
  /// The first value, empty when absent.
  std::string_view Get(std::string_view name) const { return Find(name).value_or(""); }
  std::size_t Count(std::string_view name) const;
  const List& list() const { return list_; }

 private:
  static const List& Empty();
  const List& list_;
};

}  // namespace atelier::identity
