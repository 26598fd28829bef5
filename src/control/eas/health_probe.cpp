#include "control/eas/health_probe.h"

#include <utility>

namespace atelier::control {

namespace {

constexpr std::size_t kMaxBody = 1U << 20U;

class HttpProbe final : public HealthProbe {
 public:
  HttpProbe(http::Client& client, const runtime::Driver& driver, Clock& clock)
      : client_(client), driver_(driver), clock_(clock) {}

  Task<bool> Ask(model::InstanceId id, model::HealthCheck check) override {
    const auto door = driver_.EndpointOf(id);
    if (!door) co_return false;
    http::Address address;
    address.unix_path = door->unix_path;
    address.host = door->host;
    address.port = door->port;
    http::RequestHead head;
    head.method = "GET";
    head.target = check.any_answer ? "/" : check.path;
    head.headers.Add("Host", "localhost");
    head.headers.Add("Accept", "*/*");
    const auto answer = co_await client_.Fetch(std::move(address), std::move(head), "", kMaxBody,
                                               clock_.In(check.timeout));
    if (check.any_answer) {
      // An answer too large to read is an answer.
      co_return answer || answer.error().code() == Code::kResourceExhausted;
    }
    co_return answer && answer->status >= 200 && answer->status < 400;
  }

 private:
  http::Client& client_;
  const runtime::Driver& driver_;
  Clock& clock_;
};

class TrustingProbe final : public HealthProbe {
 public:
  Task<bool> Ask(model::InstanceId /*id*/, model::HealthCheck /*check*/) override {
    co_return true;
  }
};

}  // namespace

std::unique_ptr<HealthProbe> MakeHttpProbe(http::Client& client, const runtime::Driver& driver,
                                           Clock& clock) {
  return std::make_unique<HttpProbe>(client, driver, clock);
}

std::unique_ptr<HealthProbe> MakeTrustingProbe() { return std::make_unique<TrustingProbe>(); }

}  // namespace atelier::control
