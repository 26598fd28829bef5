#include "cli/client/pages.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace atelier::cli {

namespace {

constexpr int kMaxPages = 100'000;  // a hundred million entries

const json::array& EntriesOf(const json::object& answer, std::string_view list) {
  const auto [outer, inner, found] = Cut(list, '.');
  return found ? EntriesOf(Object(answer, outer), inner) : Array(answer, list);
}

void PutEntries(json::object& answer, std::string_view list, json::array entries) {
  const auto [outer, inner, found] = Cut(list, '.');
  if (!found) {
    answer[list] = std::move(entries);
    return;
  }
  json::value& member = answer[outer];
  if (!member.is_object()) member.emplace_object();
  PutEntries(member.get_object(), inner, std::move(entries));
}

/// The parameter for the page after `answer`; empty: there is none. `got`: entries of this page,
/// `seen`: of all so far.
std::string NextOf(const Pages& pages, const json::object& answer, int number, std::int64_t got,
                   std::int64_t seen, std::int64_t asked) {
  if (pages.size.empty()) return {};
  if (pages.by == NextPage::kMark) return TextOf(answer, pages.mark);
  const bool more =
      answer.contains("TotalCount") ? seen < Integer(answer, "TotalCount") : got >= asked;
  if (got == 0 || !more) return {};
  return std::to_string(pages.by == NextPage::kSkip ? seen : number + 1);
}

}  // namespace

Task<Status> EachPage(ApiClient& api, ListCall list,
                      std::function<void(const json::object& answer)> take) {
  const Pages pages = list.pages;
  std::int64_t seen = 0;
  std::string next;
  for (int number = 1; number <= kMaxPages; ++number) {
    const std::int64_t asked =
        list.wanted == 0 ? pages.most : std::min(pages.most, list.wanted - seen);
    Call call = list.call;
    if (!next.empty()) call.query.emplace_back(pages.next, next);
    if (!pages.size.empty()) call.query.emplace_back(pages.size, std::to_string(asked));
    ATELIER_CO_TRY(const json::object answer, co_await api.Send(std::move(call)));
    const auto got = static_cast<std::int64_t>(EntriesOf(answer, list.list).size());
    seen += got;
    take(answer);
    next = NextOf(pages, answer, number, got, seen, asked);
    if (next.empty() || (list.wanted != 0 && seen >= list.wanted)) co_return Ok();
  }
  co_return Error(Code::kResourceExhausted, "The server's list does not end.");
}

Task<Result<json::object>> WholeList(ApiClient& api, ListCall list) {
  const std::string_view member = list.list;
  const bool keep_first = list.pages.by != NextPage::kMark;
  json::object whole;
  json::array entries;
  const auto take = [&](const json::object& answer) {
    const json::array& some = EntriesOf(answer, member);
    entries.insert(entries.end(), some.begin(), some.end());
    if (whole.empty() || !keep_first) whole = answer;
  };
  ATELIER_CO_RETURN_IF_ERROR(co_await EachPage(api, std::move(list), take));
  if (!entries.empty()) PutEntries(whole, member, std::move(entries));
  co_return whole;
}

}  // namespace atelier::cli
