#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/recommender_document.h"
#include "recommender/data.h"

namespace atelier::directory {

/// A field as text; empty: it is absent.
std::string_view FieldOf(const model::DocumentFields& fields, const std::string& name);

// Documents in the terms of the room that recommends. What a field does not say, or says in a way
// that cannot be read, is as if it were absent.

recommender::Item ItemOf(const model::DocumentFields& fields);
recommender::Behavior BehaviorOf(const model::DocumentRecord& document);

/// A record key "<recommender id>/<table>/<rest>" in its parts. Nothing: it is not of that form.
struct DocumentKeyParts {
  std::string_view recommender;
  model::DocumentTable table{};
  std::string_view rest;
};
std::optional<DocumentKeyParts> SplitDocumentKey(std::string_view key);

/// One change of an instance's documents.
struct DocumentChange {
  model::DocumentTable table{};
  std::string key;  // of the user or the item
  std::optional<model::DocumentRecord> put;
};

}  // namespace atelier::directory
