#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <sys/stat.h>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/raii.h"
#include "store/postgres.h"

namespace atelier::store {

namespace {

bool Has(const PQconninfoOption* options, std::string_view name) {
  for (const PQconninfoOption* one = options; one->keyword != nullptr; ++one) {
    if (one->keyword == name && one->val != nullptr && *one->val != '\0') return true;
  }
  return false;
}

}  // namespace

Status CheckPostgresAddress(const std::string& address, bool password_allowed) {
  const std::string_view text = address;
  if (!text.starts_with("postgres://") && !text.starts_with("postgresql://")) {
    return Error(Code::kInvalidArgument,
                 "The address of a database begins with postgres://, as in "
                 "postgres://user@host:5432/database.");
  }
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, Call<PQconninfoFree>> options(
      PQconninfoParse(address.c_str(), &why));
  const std::unique_ptr<char, Call<PQfreemem>> freed(why);
  if (options == nullptr) {
    // libpq repeats parts of the address, and there may be a password in them.
    const std::string_view user = text.substr(0, text.find('@')).substr(text.find("://") + 3);
    const bool secret =
        user.find(':') != std::string_view::npos || text.find("password") != std::string_view::npos;
    std::string detail = secret || why == nullptr ? "percent-encode what is special in it" : why;
    while (detail.ends_with('\n')) detail.pop_back();
    return Error(Code::kInvalidArgument,
                 fmt::format("The address of the database cannot be read: {}.", detail));
  }
  const bool secret = Has(options.get(), "password") || Has(options.get(), "sslpassword");
  if (!secret || password_allowed) return Ok();
  return Error(Code::kInvalidArgument,
               "The address of the database has a password in it, which everybody on this host can "
               "see. Put it into the file that PGPASSFILE names (~/.pgpass), into PGPASSWORD, or "
               "the whole address into the file of store-dsn-file.");
}

Result<std::string> ReadPostgresAddress(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("Everybody on this host can read {}, and the password in it: chmod o= "
                             "on it.",
                             path));
  }
  std::ifstream file(path);
  std::string address;
  if (!std::getline(file, address)) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("store-dsn-file {} cannot be read, or is empty: its first line is the "
                             "address of the database.",
                             path));
  }
  while (address.ends_with('\r') || address.ends_with(' ')) address.pop_back();
  ATELIER_RETURN_IF_ERROR(CheckPostgresAddress(address, true));
  return address;
}

}  // namespace atelier::store
