#include "store/postgres/membership.h"

#include <cstddef>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/file.h"

namespace atelier::store::postgres {

namespace {

constexpr std::size_t kMaxFile = 64U << 10U;  // it has some hundred bytes

}  // namespace

std::string MembershipFile(const std::string& folder) { return folder + "/postgres.json"; }

Result<Membership> ReadMembership(const std::string& folder) {
  const std::string path = MembershipFile(folder);
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown) && !unknown) return Membership{};
  const auto text = ReadWholeFile(path, kMaxFile);
  if (!text) return Error(Code::kDataLoss, fmt::format("The file {} cannot be read whole.", path));
  return FromRecord<Membership>(*text);
}

Status CheckMembership(const Membership& member, const Origin& origin) {
  if (member.installation.empty()) return Ok();
  if (member.installation != origin.installation) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The database holds installation {}, and this data folder belongs to "
                             "{}. Give the address of its own database, or choose another data "
                             "folder.",
                             origin.installation, member.installation),
                 "OtherStore");
  }
  if (origin.incarnation < member.incarnation) {
    return Error(Code::kFailedPrecondition,
                 fmt::format("The store was moved away from this database (it is incarnation {}, "
                             "and this data folder has seen {}). Give the address of the database "
                             "that it was moved to.",
                             origin.incarnation, member.incarnation),
                 "OtherStore");
  }
  return Ok();
}

Status KeepMembership(const std::string& folder, const Membership& before, const Origin& origin) {
  if (before.installation == origin.installation && before.incarnation == origin.incarnation)
    return Ok();
  const Membership now{.installation = origin.installation, .incarnation = origin.incarnation};
  return WriteFileDurably(MembershipFile(folder), ToJson(now) + "\n");
}

}  // namespace atelier::store::postgres
