#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/operation.h"
#include "api/text.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/page.h"

/// What every list operation does with what there is: narrow it, order it, count it, cut a page out
/// of it. By rows, which are bound to the operation's parameters when this compiles. It knows
/// nothing of who may see what: that is the handler's KeepIf.
///
///   constexpr auto kFilters = std::to_array<Filter<kListParams, model::ServiceGroup>>({
///       {"Filter", Part<&model::ServiceGroup::name>},
///       {"WorkspaceId", Is<&model::ServiceGroup::workspace>},
///   });
namespace atelier::api {

inline constexpr Param kPageNumber{.name = "PageNumber",
                                   .type = Param::Type::kInteger,
                                   .min = 1,
                                   .max = INT32_MAX,
                                   .standard = 1,
                                   .doc = "From 1."};
constexpr Param PageSizeOf(std::int64_t usual) {
  return {.name = "PageSize",
          .type = Param::Type::kInteger,
          .min = 1,
          .max = 1000,
          .standard = usual,
          .doc = "Entries of a page."};
}

/// One parameter that narrows a list, if it is given: entries that do not fit are left out.
template <const auto& kRows, class T>
struct Filter {
  typename Args<kRows>::AnyName name;
  bool (*fits)(const T& entry, const ArgValues::Value& asked);
};

namespace list {

template <class V>
std::string_view TextOf(const V& value) {
  if constexpr (codec::DescribedEnum<V>) {
    return EnumName(value);
  } else if constexpr (std::convertible_to<const V&, std::string_view>) {
    return value;
  } else {
    return value.str();
  }
}

template <class V>
bool Equals(const V& value, const ArgValues::Value& asked) {
  if constexpr (std::same_as<V, bool>) {
    return value == (asked.integer != 0);
  } else {
    return TextOf(value) == asked.text;
  }
}

/// What a list of pointers points to.
template <class Item>
auto& EntryOf(Item& item) {
  if constexpr (requires { *item; }) {
    return *item;
  } else {
    return item;
  }
}

}  // namespace list

// How an entry fits. `kOf`: a member, or a function of the entry.

/// What is asked for is part of its text; ASCII case is ignored, in this as in every list.
template <auto kOf, class T>
bool Part(const T& entry, const ArgValues::Value& asked) {
  return ContainsIgnoreCase(list::TextOf(std::invoke(kOf, entry)), asked.text);
}
/// It is the text, the enumerator's name or the boolean that is asked for.
template <auto kOf, class T>
bool Is(const T& entry, const ArgValues::Value& asked) {
  return list::Equals(std::invoke(kOf, entry), asked);
}
/// It is one of a list.
template <auto kOf, class T>
bool IsOneOf(const T& entry, const ArgValues::Value& asked) {
  return std::ranges::find(asked.list, list::TextOf(std::invoke(kOf, entry))) != asked.list.end();
}
/// Every entry is the same in this: `kOnly`.
template <const auto& kOnly, class T>
bool AllAre(const T& /*entry*/, const ArgValues::Value& asked) {
  return list::Equals(kOnly, asked);
}
/// No entry has it, whatever is asked for.
template <class T>
bool None(const T& /*entry*/, const ArgValues::Value& /*asked*/) {
  return false;
}
inline constexpr bool kNo = false;

/// One order of a list: by a time or a text, then by what no two entries share.
template <class T>
struct SortRow {
  std::string_view value;  // of the sort parameter
  std::pair<WallTime, std::string_view> (*key)(const T& entry);
};
template <auto kTime, auto kId, class T>
std::pair<WallTime, std::string_view> ByTime(const T& entry) {
  return {std::invoke(kTime, entry), list::TextOf(std::invoke(kId, entry))};
}
template <auto kId, class T>
std::pair<WallTime, std::string_view> ById(const T& entry) {
  return {WallTime(), list::TextOf(std::invoke(kId, entry))};
}

/// Which page, and how long pages are; both from 1.
struct Paging {
  std::int64_t number = 1;
  std::int64_t size = 1;
};
/// Of a list that is cut anywhere: how many entries to skip, and the most of them.
struct Window {
  std::uint64_t skip = 0;
  std::uint64_t most = 0;
};
/// Of a list without pages.
inline constexpr Window kWhole{.skip = 0, .most = UINT64_MAX};
template <const auto& kRows>
Paging PagingOf(const Args<kRows>& args) {
  return {.number = *args.Integer("PageNumber"), .size = *args.Integer("PageSize")};
}

/// `Item`: an entry, or a pointer to one.
template <class Item>
class List {
 public:
  using Entry = std::remove_cvref_t<decltype(list::EntryOf(std::declval<const Item&>()))>;

  explicit List(std::vector<Item> all) : items_(std::move(all)) {}

  template <std::predicate<const Entry&> Fits>
  List& KeepIf(Fits fits) {
    std::erase_if(items_, [&](const Item& item) { return !fits(list::EntryOf(item)); });
    return *this;
  }
  /// What fits each filter that is asked for.
  template <const auto& kRows, std::size_t N>
  List& Keep(const Args<kRows>& args, const std::array<Filter<kRows, Entry>, N>& filters) {
    for (const auto& [name, fits] : filters) {
      const ArgValues::Value& asked = args.at(name.at);
      if (asked.present) KeepIf([&](const Entry& entry) { return fits(entry, asked); });
    }
    return *this;
  }
  /// By the row of this value, else by the first.
  template <std::size_t N>
  List& Sort(const std::array<SortRow<Entry>, N>& rows, std::string_view value, bool ascending) {
    const auto found = std::ranges::find(rows, value, &SortRow<Entry>::value);
    const auto key = found == rows.end() ? rows.front().key : found->key;
    return SortBy(key).Reverse(!ascending);
  }
  /// By what `key` makes of each.
  template <class Key>
  List& SortBy(Key key) {
    std::ranges::sort(items_, {}, [&](const Item& item) { return key(list::EntryOf(item)); });
    return *this;
  }
  List& Reverse(bool reverse) {
    if (reverse) std::ranges::reverse(items_);
    return *this;
  }

  /// Keeps the page after `mark`, in the order of `kId`, which no two entries share: entries whose
  /// weights are no more than `size` together, but one at least. The mark for the page after it;
  /// nullopt: there is none.
  template <auto kId, class Weight>
  std::optional<std::string> PageAfter(std::string_view mark, std::int64_t size, Weight weight) {
    const auto id = [](const Item& item) {
      return list::TextOf(std::invoke(kId, list::EntryOf(item)));
    };
    std::ranges::sort(items_, {}, id);
    items_.erase(items_.begin(), std::ranges::upper_bound(items_, mark, {}, id));
    const auto fits = [&](const Item& item) { return (size -= weight(list::EntryOf(item))) >= 0; };
    auto end = std::ranges::find_if_not(items_, fits);
    if (end == items_.end()) return std::nullopt;
    if (end == items_.begin()) ++end;
    const bool last = end == items_.end();
    items_.erase(end, items_.end());
    return last ? std::nullopt : std::optional<std::string>(id(items_.back()));
  }
  template <auto kId>
  std::optional<std::string> PageAfter(std::string_view mark, std::int64_t size) {
    return PageAfter<kId>(mark, size, [](const Entry&) { return 1; });
  }

  std::size_t total() const { return items_.size(); }
  const std::vector<Item>& items() const { return items_; }

  /// Encodes the entries of a page into `out`, and what `answer` tells of it: PageNumber (PageNum),
  /// PageSize, TotalCount and TotalPageNum, of those that it has. The list keeps the entries of the
  /// page, which the answer may view, and no others.
  template <class Answer, class Out, class Encode>
  void Fill(Answer& answer, std::vector<Out>& out, Paging page, Encode encode) {
    if constexpr (requires { answer.PageNumber; }) answer.PageNumber = page.number;
    if constexpr (requires { answer.PageNum; }) answer.PageNum = page.number;
    if constexpr (requires { answer.PageSize; }) answer.PageSize = page.size;
    if constexpr (requires { answer.TotalPageNum; })
      answer.TotalPageNum = (static_cast<std::int64_t>(total()) + page.size - 1) / page.size;
    Count(answer);
    items_ = PageOf(std::move(items_), static_cast<std::uint64_t>(page.number),
                    static_cast<std::uint64_t>(page.size));
    EncodeInto(out, encode);
  }
  template <class Answer, class Out, class Encode>
  void Fill(Answer& answer, std::vector<Out>& out, Window window, Encode encode) {
    Count(answer);
    items_ = SliceOf(std::move(items_), window.skip, window.most);
    EncodeInto(out, encode);
  }

 private:
  template <class Answer>
  void Count(Answer& answer) const {
    if constexpr (requires { answer.TotalCount; })
      answer.TotalCount = static_cast<decltype(answer.TotalCount)>(total());
  }
  template <class Out, class Encode>
  void EncodeInto(std::vector<Out>& out, Encode encode) {
    out.reserve(items_.size());
    for (Item& item : items_) out.push_back(encode(list::EntryOf(item)));
  }

  std::vector<Item> items_;
};

}  // namespace atelier::api
