#pragma once
#include <cstddef>
#include <string>

#include "base/result.h"
#include "store/sqlite/database.h"

/// The end of SQLite's log (sqlite.org/fileformat.html section 4): it reads the log up to the first
/// frame that is damaged, and takes that for the end, without a word.
namespace atelier::store::sqlite {

/// Commits that the log of a closed database shows behind that place. Each begins once the one
/// before is flushed, so two or more mean that acknowledged ones are lost. A single one does not
/// count: a power cut leaves the commit that was being written like that. Reads the whole log. 0
/// also if it cannot be read.
std::size_t CommitsCut(const std::string& log);

/// Brings the log into the database, and takes away what was behind its end.
Status EmptyLog(const Connection& writer);

}  // namespace atelier::store::sqlite
