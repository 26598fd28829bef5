#pragma once
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace atelier::api::wire {

struct PermissionQuestion {
  std::string Action;  // as policies name it: paidsw:StopInstance
  /// What the operation's path names (an instance's id, a service's name, a workspace's id), or
  /// where something new would be made: a workspace's id. Empty or absent: nothing in particular.
  std::optional<std::string> Resource;
};
BOOST_DESCRIBE_STRUCT(PermissionQuestion, (), (Action, Resource))

struct CheckPermissionsRequest {
  std::vector<PermissionQuestion> Questions;
};
BOOST_DESCRIBE_STRUCT(CheckPermissionsRequest, (), (Questions))

struct Permission {
  std::string Action;
  std::string Resource;
  bool Allowed = false;
  std::string Code;     // of the refusal; empty: there is none
  std::string Message;  // likewise
};
BOOST_DESCRIBE_STRUCT(Permission, (), (Action, Resource, Allowed, Code, Message))

struct CheckPermissionsAnswer {
  std::vector<Permission> Permissions;  // in the order of the questions
};
BOOST_DESCRIBE_STRUCT(CheckPermissionsAnswer, (), (Permissions))

}  // namespace atelier::api::wire
