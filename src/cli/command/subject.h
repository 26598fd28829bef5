#pragma once
#include <string>
#include <string_view>

#include "base/task.h"
#include "cli/run/command_context.h"

/// What a change can be made to several of: to those that are named, or to all that a query finds.
namespace atelier::cli {

struct Subject {
  std::string_view noun;   // "instance"
  std::string_view list;   // the member that lists them: "Instances"
  std::string_view id;     // the member that a path has of one: "InstanceId"
  std::string_view state;  // the member with its state
  Table (*table)(const json::array& subjects);
  /// All that a query finds (docs/query.md), as the API lists them.
  Task<Result<json::array>> (*find)(CommandContext& context, std::string query);
  /// One of them, with the members that its table shows.
  Task<Result<json::object>> (*look)(CommandContext& context, std::string id);
};

extern const Subject kInstanceSubject;     // command/instance.cpp
extern const Subject kServiceSubject;      // command/service.cpp
extern const Subject kRecommenderSubject;  // command/recommender.cpp

}  // namespace atelier::cli
