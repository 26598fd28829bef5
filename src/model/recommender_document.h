#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "base/result.h"
#include "model/recommender.h"

namespace atelier::model {

/// The words of the wire (docs/contract/enums.tsv).
enum class DocumentTable : std::uint8_t { user, item, behavior };
BOOST_DESCRIBE_ENUM(DocumentTable, user, item, behavior)

enum class DocumentCommand : std::uint8_t { kAdd, kUpdate, kDelete };

using DocumentFields = std::map<std::string, std::string>;

/// One line of a push: `fields` as texts, whatever JSON type they came in.
struct Document {
  DocumentCommand command = DocumentCommand::kAdd;
  DocumentFields fields;
};

/// A document as stored. Record key: "<recommender id>/<DocumentKey>".
struct DocumentRecord {
  DocumentFields fields;
  WallTime arrived;
  std::int64_t order = 0;  // its place in its push; pushes are ordered by the record's revision
};
BOOST_DESCRIBE_STRUCT(DocumentRecord, (), (fields, arrived, order))

// Limits of PushDocument (docs/contract/lifecycle.md section 12).
inline constexpr std::size_t kMaxDocuments = 800;                         // in one push
inline constexpr std::size_t kMaxPushBytes = std::size_t{1} << 20U;       // of its body
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{10} << 10U;  // of `fields` as JSON
inline constexpr std::size_t kMaxFieldBytes = std::size_t{5} << 10U;      // of one value

/// The documents of a push, each checked against its table. InvalidArgument names every problem
/// with its place: "[3].fields.item_id is required".
///
/// user: user_id or imei. item: item_id, item_type of the industry. behavior: item_id, item_type,
/// bhv_type, bhv_time (UNIX seconds), user_id or imei; add only. An update or a delete needs no
/// more than the key. Fields that the tables do not know are kept.
Result<std::vector<Document>> ParseDocuments(std::string_view body, DocumentTable table,
                                             Industry industry);

/// The types of items of an industry, for messages: "item", "article, image...".
std::string ItemTypesOf(Industry industry);

/// Who a document is about, or whose behaviour it is: user_id, else imei.
const std::string& UserOf(const DocumentFields& fields);
/// "<item_id>:<item_type>", as Recommend takes and gives them.
std::string ItemKeyOf(const DocumentFields& fields);
/// "user/<user>", "item/<item>" or "behavior/<bhv_time>/<user>/<item>/<bhv_type>/<hash of all
/// fields>": pushing a document again is putting the same record again.
std::string DocumentKey(DocumentTable table, const DocumentFields& fields);

}  // namespace atelier::model
