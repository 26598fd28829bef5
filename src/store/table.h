#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/codec.h"
#include "base/text_hash.h"
#include "store/quarantine.h"
#include "store/store.h"

namespace atelier::store {

/// A secondary index of Table<T> is a type with `static std::string_view Of(const T&)`, the text
/// that a row is found by; rows whose text is empty are not in the index. With
/// `static bool Before(const T& a, const T& b)` many rows may have the same text, in this order;
/// without, one has, the latest that was put.
template <class By, class T>
concept ManyBy = requires(const T& a, const T& b) {
  { By::Before(a, b) } -> std::same_as<bool>;
};

namespace table {

template <class T>
using Ptr = std::shared_ptr<const T>;

template <class T, class By>
class OneIndex {
 public:
  void Insert(const Ptr<T>& row) {
    const std::string_view text = By::Of(*row);
    if (text.empty()) return;
    rows_.erase(text);  // its key is the text of the row that was there
    rows_.emplace(text, row);
  }
  void Erase(const Ptr<T>& row) {
    const auto found = rows_.find(By::Of(*row));
    if (found != rows_.end() && found->second == row) rows_.erase(found);
  }
  const Ptr<T>& Find(std::string_view text) const {
    static const Ptr<T> kNone;
    const auto found = rows_.find(text);
    return found == rows_.end() ? kNone : found->second;
  }
  void Clear() { rows_.clear(); }

 private:
  boost::unordered_flat_map<std::string_view, Ptr<T>> rows_;
};

template <class T, class By>
class ManyIndex {
 public:
  void Insert(const Ptr<T>& row) {
    const std::string_view text = By::Of(*row);
    if (text.empty()) return;
    std::vector<Ptr<T>>& rows = rows_[std::string(text)];
    rows.insert(std::ranges::upper_bound(
                    rows, row, [](const auto& a, const auto& b) { return By::Before(*a, *b); }),
                row);
  }
  void Erase(const Ptr<T>& row) {
    const auto found = rows_.find(By::Of(*row));
    if (found == rows_.end()) return;
    std::erase(found->second, row);
    if (found->second.empty()) rows_.erase(found);
  }
  const std::vector<Ptr<T>>& Find(std::string_view text) const {
    static const std::vector<Ptr<T>> kNone;
    const auto found = rows_.find(text);
    return found == rows_.end() ? kNone : found->second;
  }
  void Clear() { rows_.clear(); }

 private:
  std::unordered_map<std::string, std::vector<Ptr<T>>, TextHash, std::equal_to<>> rows_;
};

template <class T, class By>
using IndexOf = std::conditional_t<ManyBy<By, T>, ManyIndex<T, By>, OneIndex<T, By>>;

}  // namespace table

/// The read model of one kind of record: loaded once, then fed with every change. A record that
/// cannot be read is not in it but in the quarantine, and whoever looks for it finds nothing; its
/// revision reads 0, so that nobody writes over what they could not read. Rows are shared: they
/// stay as they were for as long as they are held.
///
/// `By`: secondary indexes. Threads: one at a time.
template <class T, class... By>
class Table {
 public:
  using Ptr = table::Ptr<T>;
  /// What a record says; an error: it cannot be read. `before`: the row that it replaces, if any.
  using Read = std::function<Result<Ptr>(const Record& record, const T* before)>;

  /// `quarantine` outlives this.
  Table(Kind kind, Quarantine& quarantine, Read read)
      : kind_(kind), quarantine_(quarantine), read_(std::move(read)) {}

  /// Before the first Apply. Errors are those of the store.
  Status Load(Store& store) {
    return store.LoadBlocking(kind_, [this](const Record& record) { Put(record); });
  }
  /// Of any kind: another kind's changes nothing.
  void Apply(const Change& change) {
    if (change.record.kind != kind_) return;
    if (change.op == Write::Op::kPut) return Put(change.record);
    Erase(change.record.key);
    quarantine_.Remove(kind_, change.record.key);
  }

  Kind kind() const { return kind_; }
  std::size_t size() const { return rows_.size(); }

  /// nullptr: there is none.
  const Ptr& Find(std::string_view key) const {
    static const Ptr kNone;
    const auto found = rows_.find(key);
    return found == rows_.end() ? kNone : found->second.value;
  }
  /// Of the record, for conditional writes. 0: there is none, or it cannot be read.
  model::Revision RevisionOf(std::string_view key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? 0 : found->second.revision;
  }
  /// Whether there is a record of this key, readable or not.
  bool Holds(std::string_view key) const {
    return rows_.contains(key) || quarantine_.Contains(kind_, key);
  }
  /// By a secondary index: the row, nullptr if there is none; or all of them, in the order of the
  /// index, until the next Apply.
  template <class Index>
  decltype(auto) FindBy(std::string_view text) const {
    return std::get<table::IndexOf<T, Index>>(indexes_).Find(text);
  }

  std::vector<Ptr> All() const {  // by key
    std::vector<Ptr> all;
    all.reserve(rows_.size());
    for (const auto& [key, row] : rows_) all.push_back(row.value);
    return all;
  }
  /// The rows themselves, copied, in the order of `project`.
  template <class Project>
  std::vector<T> SortedBy(Project project) const {
    std::vector<T> all;
    all.reserve(rows_.size());
    for (const auto& [key, row] : rows_) all.push_back(*row.value);
    std::ranges::sort(all, {}, project);
    return all;
  }

 private:
  struct Row {
    Ptr value;
    model::Revision revision = 0;
  };

  void Put(const Record& record) {
    const auto found = rows_.find(record.key);
    auto read = read_(record, found == rows_.end() ? nullptr : found->second.value.get());
    if (!read) {
      Erase(record.key);
      quarantine_.Add(record, read.error());
      return;
    }
    quarantine_.Remove(kind_, record.key);
    Row& row = found == rows_.end() ? rows_[record.key] : found->second;
    if (row.value) (Index<By>().Erase(row.value), ...);
    row = {.value = *std::move(read), .revision = record.revision};
    (Index<By>().Insert(row.value), ...);
  }

  void Erase(const std::string& key) {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return;
    (Index<By>().Erase(found->second.value), ...);
    rows_.erase(found);
  }

  template <class One>
  table::IndexOf<T, One>& Index() {
    return std::get<table::IndexOf<T, One>>(indexes_);
  }

  Kind kind_;
  Quarantine& quarantine_;
  Read read_;
  std::map<std::string, Row, std::less<>> rows_;
  std::tuple<table::IndexOf<T, By>...> indexes_;
};

/// Reads the JSON of a T that says itself, by `key_of`, under which key it is stored; `memory` as
/// of FromRecord. DataLoss.
template <class T, class KeyOf>
Result<T> ReadKeyed(const Record& record, KeyOf key_of, json::storage_ptr memory = {}) {
  Result<T> read = FromRecord<T>(record.body, std::move(memory));
  if (read && std::string_view(std::invoke(key_of, *read)) != record.key)
    read = Error(Code::kDataLoss, "The record is stored under another key than its own.");
  return read;
}

/// The same, or its writer's own value.
template <class T, class KeyOf>
Result<table::Ptr<T>> ReadShared(const Record& record, KeyOf key_of) {
  if (auto value = record.value.As<T>()) return value;
  ATELIER_TRY(T value, ReadKeyed<T>(record, key_of));
  return std::make_shared<const T>(std::move(value));
}

/// Table::Read for rows that are the record, whose key only the store knows.
template <class T>
auto Rows() {
  return [](const Record& record, const T*) -> Result<table::Ptr<T>> {
    if (auto value = record.value.As<T>()) return value;
    ATELIER_TRY(T value, FromRecord<T>(record.body));
    return std::make_shared<const T>(std::move(value));
  };
}

/// The usual Table::Read: the row is the record, which says its own key.
template <class T, class KeyOf>
auto RowsKeyedBy(KeyOf key_of) {
  return [key_of](const Record& record, const T*) -> Result<table::Ptr<T>> {
    return ReadShared<T>(record, key_of);
  };
}

}  // namespace atelier::store
