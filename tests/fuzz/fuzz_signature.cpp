// rooms: identity
// The verifier against a party that knows no secret. Two invariants:
// 1. Arbitrary requests under any scheme are never let in.
// 2. A genuine request whose signed parts were changed is not let in; unchanged, it is. The input
//    says which byte of which part changes, so that every parser on the way sees near misses.
// In both, what is refused as a whole is refused if its head is checked before its body is there.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/encoding.h"
#include "base/random.h"
#include "identity/authenticator.h"
#include "identity/request_signer.h"
#include "identity/sealed_box.h"
#include "model/principal.h"

namespace atelier::identity {
namespace {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

constexpr WallTime kNow{std::chrono::seconds(1795307504)};  // 2026-11-22T00:31:44Z
constexpr std::string_view kSecret = "a secret that no input holds";

/// Eats the input piece by piece; then gives zeros and empty texts.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}
  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  /// Up to the next LF.
  std::string Line() {
    const std::string_view line = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
    return std::string(line);
  }
  std::string Rest() { return std::string(std::exchange(rest_, {})); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct Server {
  Server() {
    const std::unique_ptr<Random> random = MakeSeededRandom(1);
    Put(store::Kind::kAccount, "account",
        ToJson(model::Account{.id = model::AccountId("1"), .name = "main", .created = kNow}));
    model::AccessKey key;
    key.id = "testid";
    key.user = model::UserId("1");
    key.sealed_secret = box.Seal(kSecret, "accesskey/testid", *random);
    Put(store::Kind::kAccessKey, key.id, ToJson(key));
  }
  void Put(store::Kind kind, std::string key, std::string body) {
    const store::Change change{
        .op = store::Write::Op::kPut,
        .record = {.kind = kind, .key = std::move(key), .revision = 1, .body = std::move(body)}};
    directory.Apply({&change, 1});
  }

  const SealedBox box = SealedBox::ForTest();
  IdentityDirectory directory{box};
  ManualClock clock{kNow};
};

struct Request {
  std::string method, path, query, body;
  HeaderList headers;

  bool Accepted(const Server& server, Clock& clock) const {
    const RequestView whole{.method = method,
                            .path = path,
                            .query = query,
                            .headers = &headers,
                            .body = body,
                            .source_ip = "192.0.2.1",
                            .tls = false};
    Authenticator authenticator(server.directory, clock, clock, {.max_nonces = 8});
    const bool accepted = authenticator.Verify(whole).has_value();
    ATELIER_CHECK(accepted || !AcceptedInParts(server, clock, whole),
                  "in parts is let in what as a whole is");
    return accepted;
  }

  static bool AcceptedInParts(const Server& server, Clock& clock, const RequestView& whole) {
    RequestView head = whole;
    head.body = "";
    Authenticator authenticator(server.directory, clock, clock, {.max_nonces = 8});
    const Result<SignedHead> signed_head = authenticator.CheckHead(head);
    return signed_head && authenticator.Admit(*signed_head, whole);
  }
};

Request Arbitrary(Input& input) {
  Request request{.method = input.Line(),
                  .path = input.Line(),
                  .query = input.Line(),
                  .body = input.Line(),
                  .headers = {}};
  while (!input.empty()) {
    const std::string line = input.Line();
    const std::size_t colon = line.find(':');
    request.headers.emplace_back(line.substr(0, colon),
                                 colon == std::string::npos ? "" : line.substr(colon + 1));
  }
  return request;
}

Request Genuine(Input& input) {
  const bool with_body = (input.Byte() & 1U) != 0;
  SigningInput signing;
  signing.access_key_id = "testid";
  signing.access_key_secret = kSecret;
  signing.method = with_body ? "POST" : "GET";
  signing.host = "127.0.0.1:8080";
  signing.path = "/api/v2/instances/dsw-1";
  const std::string name = "p" + input.Line();  // not "Signature": that is another scheme's
  const std::string value = input.Line();
  signing.query = {{"a", "1"}, {name, value}};
  const std::string body = with_body ? "{" + input.Line() + "}" : "";
  signing.body = body;
  signing.action = "GetInstance";
  signing.version = "2022-01-01";
  signing.date = kNow;
  signing.nonce = "0123456789abcdef";
  return {.method = std::string(signing.method),
          .path = std::string(signing.path),
          .query = EncodeQuery(signing.query),
          .body = body,
          .headers = SignAcs3(signing)};
}

/// Changes one character to a letter or digit that it is not. Letters and digits mean themselves in
/// every part, so the request really is another one. False: nothing to change there.
bool Change(Request& request, Input& input) {
  std::vector<std::string*> parts = {&request.path, &request.query, &request.body};
  for (auto& header : request.headers) parts.push_back(&header.second);
  std::string& part = *parts[input.Byte() % parts.size()];
  if (part.empty()) return false;
  char& at = part[(input.Byte() * 256U + input.Byte()) % part.size()];
  static constexpr std::string_view kPlain = "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ";
  const bool hex = (at >= '0' && at <= '9') || (at >= 'a' && at <= 'f') || (at >= 'A' && at <= 'F');
  // A hex digit may be half of an escape whose other spelling means the same; a letter outside of
  // hex breaks the escape.
  const char now = kPlain[input.Byte() % kPlain.size()];
  if (at == now || (!hex && (at == '%' || at == '+'))) return false;
  at = now;
  return true;
}

}  // namespace
}  // namespace atelier::identity

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace atelier;
  using namespace atelier::identity;
  static Server server;
  Input input(data, size);
  if ((input.Byte() & 1U) == 0) {
    const Request request = Arbitrary(input);
    ATELIER_CHECK(!request.Accepted(server, server.clock),
                  "nobody gets in without knowing a secret");
    return 0;
  }
  Request request = Genuine(input);
  ATELIER_CHECK(request.Accepted(server, server.clock), "what our signer signs is let in");
  if (Change(request, input)) {
    ATELIER_CHECK(!request.Accepted(server, server.clock),
                  "a request changed after signing is refused");
  }
  return 0;
}
