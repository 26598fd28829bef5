#pragma once
#include <string>

#include "base/codec.h"

namespace atelier::api::wire {

/// A number that the vendor's clients keep in a floating type: written with a point also when it is
/// whole. Java's warn of every number that comes without one.
struct Float {
  double value = 0;
};

}  // namespace atelier::api::wire

namespace atelier {

template <>
inline void AppendJson<api::wire::Float>(std::string& out, const api::wire::Float& number) {
  const std::size_t begin = out.size();
  AppendJson(out, number.value);
  // With an exponent it has no integer's form either, nor has null.
  if (out.find_first_of(".en", begin) == std::string::npos) out += ".0";
}

template <>
inline void DecodeJson<api::wire::Float>(const json::value& in, api::wire::Float& out,
                                         const std::string& path, Missing missing,
                                         Problems& problems) {
  DecodeJson(in, out.value, path, missing, problems);
}

}  // namespace atelier
