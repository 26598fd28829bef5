#pragma once
#include <string>

#include "base/result.h"
#include "store/postgres/connection.h"

namespace atelier::store::postgres {

/// What a failure means to a caller of the store. They get no words of the database, which may name
/// hosts and users; those are for the log: Explain.
Error ToError(const Failure& failure);
/// For the log, and for the operator at a start: "53100: could not extend file ...".
std::string Explain(const Failure& failure);

Error SlowDatabase(Code code);  // as SlowDisk
/// DataLoss is not among them: what these mean passes, or the server has to start again.
Error Unreachable();    // Unavailable
Error TakenOver();      // Unavailable
Error WentBackError();  // Unavailable
Error FellBehind();     // Unavailable
Error HoleError();      // Unavailable

/// The answer of a transaction that was overtaken by events, and may be tried again as it is.
bool MayTryAgain(const Failure& failure);
/// The database refuses what is in the batch, whatever its own state.
bool IsOfTheData(const Failure& failure);
/// The epoch of the connection is no longer the database's: another server has it, or a newer
/// connection of this one.
bool IsFenced(const Failure& failure);
/// Others have committed more than a commit brings home.
bool IsBehind(const Failure& failure);

}  // namespace atelier::store::postgres
