// rooms: api
// Arbitrary bytes as the query of every operation. Whatever comes is decoded or refused with a
// reason, and what ListInstances accepts keeps its bounds. The part before the first line feed is
// tried as a path.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/dsw/list_query.h"
#include "api/framework/params.h"
#include "api/framework/router.h"
#include "api/operation.h"
#include "base/check.h"

namespace atelier::api {
namespace {

void TryList(const RawParams& query) {
  const auto args = DecodeArgs(kListInstancesParams, {}, query);
  if (!args) {
    ATELIER_CHECK(!args.error().message().empty(), "a refusal says why");
    return;
  }
  const auto list = BuildListQuery(Args<kListInstancesParams>(args->all()));
  if (!list) {
    ATELIER_CHECK(!list.error().message().empty(), "a refusal says why");
    return;
  }
  ATELIER_CHECK(list->page_size >= 1 && list->page_size <= 1000, "the page size is bounded");
  ATELIER_CHECK(list->page_number >= 1, "pages count from 1");
  ATELIER_CHECK(list->page_number <= UINT64_MAX / list->page_size, "no page overflows");
  ATELIER_CHECK(list->labels.size() <= 4 && list->tags.size() <= 4, "at most four pairs");
  ATELIER_CHECK(!list->min_memory_gb || *list->min_memory_gb >= 0, "bounds are not negative");
}

void TryInput(std::string_view input) {
  static const Router kRouter(Operations());
  const std::size_t line = input.find('\n');
  if (line != std::string_view::npos) {
    if (const auto match = kRouter.Find("GET", input.substr(0, line))) {
      for (const auto& [name, value] : match->path)
        ATELIER_CHECK(!value.empty(), "an empty piece matches nothing");
    }
    input.remove_prefix(line + 1);
  }
  const RawParams query = ParseQuery(input);
  TryList(query);
  for (const Operation& operation : Operations())
    static_cast<void>(DecodeArgs(operation.params(), {}, query));  // it must only return
}

}  // namespace
}  // namespace atelier::api

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  atelier::api::TryInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
