#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier::identity {

/// Look-up in the headers of a request as received. Names match in any letter case; values are
/// trimmed. The names that signing asks for are found in one pass, and answered from an index then:
/// it asks for some of them a dozen times.
class Headers {
 public:
  using List = std::vector<std::pair<std::string, std::string>>;
  /// In the order of their lengths (headers.cpp).
  enum class Name : std::uint8_t {
    kHost,
    kDate,
    kXAcsDate,
    kAction,
    kContentType,
    kAuthorization,
    kVersion,
    kAccessKeyId,
    kBearerToken,
    kContentSha256,
    kSecurityToken,
    kSignatureNonce,
    kSignatureMethod,
    kIdToken,
    kOther,  // any other, and how many they are
  };

  /// `list` outlives this.
  explicit Headers(const List* list);

  /// Which one `text` is, in any letter case.
  static Name NameOf(std::string_view text);
  /// As Get, for one question: without an index.
  static std::string_view GetOne(const List* list, std::string_view name);

  /// The first value; nullopt: absent.
  std::optional<std::string_view> Find(Name name) const;
  std::optional<std::string_view> Find(std::string_view name) const;
  /// The first value, empty when absent.
  template <class AnyName>
  std::string_view Get(const AnyName& name) const {
    return Find(name).value_or("");
  }
  std::size_t Count(Name name) const { return Of(name).count; }
  std::size_t Count(std::string_view name) const;
  const List& list() const { return list_; }

 private:
  struct Found {
    std::uint32_t first = 0;  // in the list
    std::uint32_t count = 0;
  };
  static const List& Empty();
  const Found& Of(Name name) const { return found_[static_cast<std::size_t>(name)]; }

  const List& list_;
  std::array<Found, static_cast<std::size_t>(Name::kOther) + 1> found_{};
};

}  // namespace atelier::identity
