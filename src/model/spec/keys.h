#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace atelier::model {

/// What becomes of a key of the service JSON that the documents name.
enum class KeyUse : std::uint8_t {
  kRead,     // done as documented
  kRefused,  // refused by its name when it asks for something (base/empty_json.h)
  kIdle,     // by the documents without effect on all that is not refused
};

/// One documented key: docs/contract/lifecycle.md section 11, and the vendor's page on the
/// parameters of model services. Below a key that is read, refused or idle nothing is looked at.
struct DocumentedKey {
  /// "[]": in each member of an array; "check": in startup_check, liveness_check and health_check;
  /// "eas.aliyun.com/*": in every key that begins so.
  std::string_view path;
  KeyUse use = KeyUse::kRead;
  std::string_view instead = {};   // refused: what to write instead, for the message
  std::string_view standard = {};  // refused: the text that asks for no more than its absence does
};

/// The only list of them: what is read, refused and told of comes from it.
std::span<const DocumentedKey> DocumentedKeys();

/// Adds every key of `config` to `problems` that is refused and asks for something.
void RefuseKeys(const json::object& config, Problems& problems);

/// The keys of `config` that no document names and that ask for something, at most ten, each
/// perhaps with the one that was meant: "metadata.cpuu (metadata.cpu?)". A key of one's own at the
/// top, which resembles no documented one, is none of them: other tools keep their notes there.
std::vector<std::string> UnknownKeys(const json::object& config);

/// `config` with a dot in the name of a member, at the top and in metadata, read as a step:
/// {"eas.x": 1} is {"eas": {"x": 1}}. The documents write both. Where both are there, the step by
/// step form counts.
json::object WithSteps(const json::object& config);

}  // namespace atelier::model
