// Not compiled into anything: tests/CMakeLists.txt looks at what the compiler says of it.
#include <array>

#include "api/args.h"

namespace atelier::api {

constexpr std::array kParams = {Param{.name = "Filter"},
                                Param{.name = "PageSize", .type = Param::Type::kInteger}};

bool Right(Args<kParams> args) { return args.Has("Filter") && args.Integer("PageSize") == 1; }

#ifdef WRONG_NAME
bool Wrong(Args<kParams> args) { return args.Has("Fliter"); }
#endif
#ifdef WRONG_TYPE
bool Wrong(Args<kParams> args) { return args.Text("PageSize").empty(); }
#endif

}  // namespace atelier::api
