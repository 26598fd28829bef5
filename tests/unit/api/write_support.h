#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {

/// Every record of the store, as text: equal before and after means that nothing was changed.
inline std::vector<std::string> Dump(test::ApiWorld& world) {
  std::vector<std::string> all;
  for (int kind = 1; kind <= 15; ++kind) {
    EXPECT_TRUE(
        world.store->LoadBlocking(static_cast<store::Kind>(kind), [&](const store::Record& record) {
          all.push_back(std::to_string(kind) + " " + record.key + " " + record.body);
        }));
  }
  return all;
}

inline void ExpectOk(const test::Reply& reply) { EXPECT_EQ(reply.status, 200) << reply.text; }

inline void ExpectRefused(const test::Reply& reply, int status, std::string_view code) {
  EXPECT_EQ(reply.status, status) << reply.text;
  EXPECT_EQ(reply.code(), code) << reply.text;
}

/// 400 with a code of the family Invalid{Param} (docs/contract/errors.md section 3).
inline void ExpectBadParameter(const test::Reply& reply) {
  EXPECT_EQ(reply.status, 400) << reply.text;
  EXPECT_TRUE(reply.code().starts_with("Invalid")) << reply.text;
}

/// 400 ValidationError whose message holds `part`.
inline void ExpectInvalid(const test::Reply& reply, std::string_view part) {
  ExpectRefused(reply, 400, "ValidationError");
  EXPECT_NE(reply.message().find(part), std::string::npos) << reply.message() << " lacks: " << part;
}

/// The text of `member` of the JSON object in an answer.
inline std::string TextOf(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                : std::string("(no text)");
}

}  // namespace atelier::api
