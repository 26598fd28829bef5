#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cli/client/api_client.h"

/// Lists of the API come in pages, each with parameters of its own. Here they come whole.
namespace atelier::cli {

/// What the parameter for the next page holds.
enum class NextPage : std::uint8_t {
  kNumber,  // which page it is, from 1
  kSkip,    // how many entries there were before
  kMark,    // what the page before says
};

/// How a list comes.
struct Pages {
  std::string_view size = {};  // the parameter that bounds a page; empty: the list comes whole
  std::int64_t most = 0;       // the highest that it may be
  std::string_view next = {};  // the parameter that asks for the page after
  NextPage by = NextPage::kNumber;
  std::string_view mark = {};  // of kMark: the member of an answer; empty after the last page
};

inline constexpr Pages kPages{.size = "PageSize", .most = 1000, .next = "PageNumber"};
inline constexpr Pages kEventPages{.size = "PageSize", .most = 1000, .next = "PageNum"};
inline constexpr Pages kRamPages{
    .size = "MaxItems", .most = 1000, .next = "Marker", .by = NextPage::kMark, .mark = "Marker"};
inline constexpr Pages kAirecPages{.size = "size", .most = 50, .next = "page"};

struct ListCall {
  Call call;
  std::string_view list;  // the member with the entries: "Services", "Users.User"
  Pages pages = kPages;
  std::int64_t wanted = 0;  // so many entries at most; 0: all
};

/// Asks for page after page and hands each answer to `take`. Errors as ApiClient::Send;
/// ResourceExhausted: the list does not end.
Task<Status> EachPage(ApiClient& api, ListCall list,
                      std::function<void(const json::object& answer)> take);

/// The same as one answer with every entry. Beside them it has what the first page says, or the
/// last one where pages are found by marks.
Task<Result<json::object>> WholeList(ApiClient& api, ListCall list);

}  // namespace atelier::cli
