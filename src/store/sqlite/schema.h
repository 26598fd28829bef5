#pragma once
#include "base/result.h"
#include "model/ids.h"
#include "store/snapshot.h"
#include "store/sqlite/database.h"

namespace atelier::store::sqlite {

/// Brings the database of `writer` to the newest schema, in one transaction, and sets how it is
/// written. FailedPrecondition: a newer version wrote it; nothing was touched.
Status PrepareSchema(const Connection& writer);

/// How a connection that writes has to be set, each time one is opened.
Status ConfigureWriter(const Connection& writer);

/// For who only reads. NotFound: there is no store in it. FailedPrecondition: another version's.
Status CheckSchema(const Connection& reader);

/// What the store is. Of a load, the second is a part of its transaction.
Result<Origin> ReadOrigin(const Connection& connection);
Status SetOrigin(const Connection& writer, const Origin& origin);

/// The revision of the last commit that is on disk.
Result<model::Revision> LastRevision(const Connection& connection);

}  // namespace atelier::store::sqlite
