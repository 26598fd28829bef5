#pragma once
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "store/postgres/connection.h"

namespace atelier::store::postgres {

/// Longest a statement of a start may take; of a change of the schema, too.
inline constexpr Duration kStartWithin{60'000};

/// Whether the database keeps what it acknowledges, and can be worked with. FailedPrecondition,
/// saying what to change.
Status CheckDatabase(Connection& connection, Logger& log);

/// Of the schema `atelier`, for who only reads. FailedPrecondition: another version's.
Status CheckSchemaVersion(std::int64_t version);

/// Brings the schema `atelier` to the newest version, each step in a transaction, and makes it if
/// it is not there. FailedPrecondition: a newer version wrote it, or it is another program's;
/// nothing was touched. `may_make` false: there must be one already.
Status PrepareSchema(Connection& connection, bool may_make);

}  // namespace atelier::store::postgres
