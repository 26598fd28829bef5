#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "base/codec.h"
#include "model/ids.h"
#include "model/recommender_document.h"

namespace atelier::model {

/// How much an instance has recommended, as stored from time to time. Record key:
/// RecommenderUseKey. What came of it is counted from the behaviours themselves.
struct RecommenderUse {
  RecommenderId recommender;
  std::map<std::string, std::int64_t> recommended;  // items, by dataset version
};
BOOST_DESCRIBE_STRUCT(RecommenderUse, (), (recommender, recommended))

/// "<recommender id>/recommended"
inline std::string RecommenderUseKey(const RecommenderId& id) { return id.str() + "/recommended"; }

/// What recommendations carry as their traceId, and the behaviours that came of them bring back.
inline constexpr std::string_view kTraceId = "ali";

/// The traceInfo of a recommended item: "<version>.<request id>.<position>".
std::string TraceInfoOf(std::string_view version, std::string_view request_id,
                        std::int64_t position);

/// What a behaviour says of the recommendation that it came of.
struct Trace {
  std::string_view version;  // the dataset version; empty: its trace_info is none of ours
};
/// From `trace_id` and `trace_info`; it points into `behavior`. Nothing: it came of none.
std::optional<Trace> TraceOf(const DocumentFields& behavior);

}  // namespace atelier::model
