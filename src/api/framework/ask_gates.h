#pragma once
#include <string>
#include <string_view>

#include "api/operation.h"

namespace atelier::api {

/// The piece of the path that says what the operation is about; empty: none does.
std::string_view SubjectOf(const Operation& operation);

/// Whether somebody may do an operation to what is named so. Views.
struct GateQuestion {
  Services& services;
  const Options& options;
  const identity::Caller& caller;
  const Operation& operation;  // of Operations()
  const std::string& subject;  // SubjectOf it; empty: nothing in particular
  ListItems& list_items;       // not used
};

/// What the operation would be refused for, asked of the same gates in the same order, without its
/// handler.
Status AskGates(const GateQuestion& question);

}  // namespace atelier::api
