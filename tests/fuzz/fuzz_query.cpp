// rooms: cli
// Arbitrary bytes as what people type to find instances. They become parameters, each with a value
// and each once, or are refused with a reason that says where.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/check.h"
#include "cli/query/query.h"

namespace atelier::cli {
namespace {

void TryInput(std::string_view input) {
  const auto query = CompileQuery(input);
  if (!query) {
    ATELIER_CHECK(query.error().message().starts_with("Query, character "), "a refusal says where");
    return;
  }
  std::set<std::string> names;
  for (const auto& [name, value] : *query) {
    ATELIER_CHECK(names.insert(name).second, "a parameter is sent once");
    ATELIER_CHECK(!value.empty(), "an empty value would count as absent");
  }
}

}  // namespace
}  // namespace atelier::cli

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  atelier::cli::TryInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
