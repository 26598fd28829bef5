#pragma once
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.h"
#include "base/codec.h"

/// The operation table and the wire's structs, to be held against the lists of the documents.
namespace atelier::test {

using Names = std::set<std::string>;

template <class T>
Names MembersOf() {
  Names names;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { names.insert(d.name); });
  return names;
}

inline const api::Operation& RowOf(api::Product product, std::string_view name) {
  for (const api::Operation& operation : api::Operations()) {
    if (operation.product == product && operation.name == name) return operation;
  }
  throw std::runtime_error("no such operation");
}

inline Names ParamsOf(const api::Operation& operation) {
  Names names;
  for (const api::Param& param : operation.params()) names.insert(std::string(param.name));
  return names;
}

inline Names OperationsOf(api::Product product) {
  Names names;
  for (const api::Operation& operation : api::Operations()) {
    if (operation.product == product) names.insert(std::string(operation.name));
  }
  return names;
}

/// Of a file in tests/data/contract, which is a list of names.
inline Names DocumentedNames(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(std::string(ATELIER_TEST_DATA) + "/contract/" + file).rdbuf();
  const auto listed = FromJson<std::vector<std::string>>(text.str()).value();
  return {listed.begin(), listed.end()};
}

}  // namespace atelier::test
