#include "gateway/service/discovery.h"

#include <algorithm>
#include <array>
#include <string>

#include <boost/json.hpp>

#include "http/origin.h"

namespace atelier::gateway {

namespace {

constexpr auto kRoots = std::to_array<std::string_view>(
    {"/api/v1/servicediscovery/upstreams/",                    // Python
     "/exported/apis/eas.alibaba-inc.k8s.io/v1/upstreams/"});  // Go, Java
constexpr int kWeight = 100;

}  // namespace

bool AsksForUpstreams(std::string_view path) {
  return std::ranges::any_of(kRoots, [&](std::string_view root) {
    return path.starts_with(root) && path.size() > root.size();
  });
}

http::Response UpstreamsAnswer(const http::RequestHead& head, bool secure,
                               const std::string& request_id) {
  const std::string scheme = secure ? "https://" : "http://";
  auto gateway = http::ParseOrigin(scheme + std::string(head.headers.Get("Host")));
  if (!gateway) gateway = http::ParseOrigin(scheme + head.own_address);
  boost::json::array items;
  if (gateway) {
    items.push_back(
        boost::json::object{{"ip", gateway->host}, {"port", gateway->port}, {"weight", kWeight}});
  }
  http::Response response;
  response.headers.Add("Content-Type", "application/json;charset=utf-8");
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("x-acs-request-id", request_id);
  response.body = boost::json::serialize(
      boost::json::object{{"endpoints", boost::json::object{{"items", std::move(items)}}}});
  return response;
}

}  // namespace atelier::gateway
