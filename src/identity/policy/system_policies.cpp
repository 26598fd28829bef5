#include "identity/policy.h"

namespace atelier::identity {

namespace {

constexpr const char* kAdministrator =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";

constexpr const char* kPowerUser = R"({"Version":"1","Statement":[
{"Effect":"Allow","NotAction":["ram:*","ims:*","resourcemanager:*"],"Resource":"*"}]})";

constexpr const char* kPaiFull = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":[
"pai:*","paiplugin:*","eas:*","paiflow:*","paidesigner:*","paidlc:*","paidsw:*","paiimage:*",
"paicodesource:*","paidataset:*","paitrainingservice:*","paimodel:*","paicomponentmanagement:*",
"paiautoml:*","paillmtrace:*","pailangstudio:*","paiartlab:*","paiexperiment:*","paiworkspace:*",
"paiitag:*","featurestore:*","paiabtest:*","pairec:*","modelservice:*","agenticpai:*"],
"Resource":"*"}]})";

constexpr const char* kPaiReadOnly = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":[
"paiplugin:List*","paiplugin:Get*","eas:Describe*","eas:List*","pai:List*","pai:Get*",
"paiitag:*Get*","paiitag:List*","paiitag:*PageView*","paiitag:Query*","paiitag:*Stat",
"featurestore:Get*","featurestore:List*","paiabtest:Get*","paiabtest:List*","pailangstudio:Get*",
"pailangstudio:List*"],"Resource":"*"}]})";

constexpr const char* kEasFull =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"eas:*","Resource":"*"}]})";

constexpr const char* kEasReadOnly = R"({"Version":"1","Statement":[
{"Effect":"Allow","Action":["eas:Describe*","eas:List*"],"Resource":"*"}]})";

constexpr const char* kDswFull =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"paidsw:*","Resource":"*"}]})";

}  // namespace

/// contract/ram-policy.md section 5: what they say about the products there are here; the vendor's
/// statements on other products are left out.
const std::map<std::string, std::string, std::less<>>& SystemPolicies() {
  static const std::map<std::string, std::string, std::less<>> policies = {
      {"AdministratorAccess", kAdministrator},
      {"PowerUserAccess", kPowerUser},
      {"AliyunPAIFullAccess", kPaiFull},
      {"AliyunPAIReadOnlyAccess", kPaiReadOnly},
      {"AliyunPAIEASFullAccess", kEasFull},
      {"AliyunPAIEASReadOnlyAccess", kEasReadOnly},
      // Ours: the vendor has none for this product alone.
      {"AliyunPAIDSWFullAccess", kDswFull},
  };
  return policies;
}

}  // namespace atelier::identity
