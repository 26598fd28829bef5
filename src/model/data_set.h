#pragma once
#include <cstdint>
#include <string>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "model/ids.h"

namespace atelier::model {

/// Importing is the documents' sample; the others are our words.
enum class DataSetState : std::uint8_t { Importing, Ready, Stopped, Failed };
BOOST_DESCRIBE_ENUM(DataSetState, Importing, Ready, Stopped, Failed)

/// One import: what an instance knew at one moment, and the model that was trained on it. Record
/// key: "<recommender id>/<version>".
struct DataSet {
  RecommenderId recommender;
  std::string version;  // yyyyMMddHHmmss, UTC
  DataSetState state = DataSetState::Importing;
  std::string message;       // why it is Stopped or Failed
  std::int64_t percent = 0;  // done, 0 to 100; while Importing the engine knows better
  // What the snapshot holds. Until it is Ready: what was there when it was asked for, without what
  // others pushed at the same moment.
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::int64_t behaviors = 0;
  WallTime created;
  WallTime modified;
};
BOOST_DESCRIBE_STRUCT(DataSet, (),
                      (recommender, version, state, message, percent, users, items, behaviors,
                       created, modified))

/// "<recommender id>/<version>"
inline std::string DataSetKey(const RecommenderId& id, std::string_view version) {
  return id.str() + "/" + std::string(version);
}

}  // namespace atelier::model
