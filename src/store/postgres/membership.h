#pragma once
#include <cstdint>
#include <string>

#include <boost/describe.hpp>

#include "base/result.h"
#include "store/snapshot.h"

namespace atelier::store::postgres {

/// What a data folder remembers of its database.
struct Membership {
  std::string installation;      // empty: it has not been used with a database yet
  std::int64_t incarnation = 0;  // the highest seen
};
BOOST_DESCRIBE_STRUCT(Membership, (), (installation, incarnation))

std::string MembershipFile(const std::string& folder);
/// DataLoss.
Result<Membership> ReadMembership(const std::string& folder);
/// FailedPrecondition/OtherStore: the folder belongs to another installation, or its store was
/// moved away from this database.
Status CheckMembership(const Membership& member, const Origin& origin);
/// Remembers `origin`, if it is news.
Status KeepMembership(const std::string& folder, const Membership& before, const Origin& origin);

}  // namespace atelier::store::postgres
