#pragma once
#include <unordered_map>

#include "directory/index/postings.h"
#include "directory/index/scope.h"
#include "directory/index/table.h"

namespace atelier::directory {

/// The instances with everything that makes questions about them cheap, kept in step: rows,
/// postings, and ordered views of the whole and of each workspace. Knows nothing of queries
/// (search.h does). Threads: any number of readers, or one writer.
class Index {
 public:
  Index() = default;
  Index(const Index&) = delete;  // the scopes point into the table
  Index& operator=(const Index&) = delete;
  ~Index() = default;

  /// Inserts, or replaces the one with the same id. Some ten microseconds, whatever the size.
  void Put(const model::Instance& instance, model::Revision revision);
  /// Nothing happens when it is not there.
  void Erase(const model::InstanceId& id);

  const Table& table() const { return table_; }
  const Postings& postings() const { return postings_; }
  const Scope& everything() const { return everything_; }
  /// Empty for a workspace without instances.
  const Scope& Workspace(const model::WorkspaceId& id) const;

  // Building an empty index at once (bulk_build.h): the table is filled, then the rest follows from
  // it and from what was gathered on the way.
  Table& table() { return table_; }
  void Adopt(Postings postings, const std::unordered_map<model::WorkspaceId, Bitmap>& workspaces);

 private:
  void Insert(const model::Instance& instance, model::Revision revision);
  void Replace(Slot slot, const model::Instance& instance, model::Revision revision);
  Scope& ScopeOf(const model::WorkspaceId& id) {
    return workspaces_.try_emplace(id, table_).first->second;
  }

  Table table_;
  Postings postings_;
  Scope everything_{table_, OrderedView::Lookup::kYes};
  Scope nothing_{table_};
  std::unordered_map<model::WorkspaceId, Scope> workspaces_;
};

}  // namespace atelier::directory
