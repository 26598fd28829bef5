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

// Read-only policies are patterns, so that an operation that is added later needs no line here. Of
// DSW every Get but GetToken, which gives a right away: no other has a name that short.

constexpr const char* kPaiReadOnly = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":[
"pai*:List*","pai*:Describe*","pai*:Query*","pai:Get*","paiplugin:Get*","paiflow:Get*","paidlc:Get*",
"paidsw:Get??????*","paiimage:Get*","paicodesource:Get*","paidataset:Get*",
"paitrainingservice:Get*","paimodel:Get*","paiautoml:Get*","pailangstudio:Get*","paiexperiment:Get*",
"paiworkspace:Get*","paiabtest:Get*","paiitag:*Get*","paiitag:*PageView*","paiitag:*Stat",
"featurestore:Get*","featurestore:List*","eas:Describe*","eas:List*","airec:List*","airec:Get*",
"airec:Describe*","airec:Decribe*","airec:Query*"],"Resource":"*"}]})";

constexpr const char* kEasFull =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"eas:*","Resource":"*"}]})";

constexpr const char* kEasReadOnly = R"({"Version":"1","Statement":[
{"Effect":"Allow","Action":["eas:Describe*","eas:List*"],"Resource":"*"}]})";

constexpr const char* kDswFull =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"paidsw:*","Resource":"*"}]})";

constexpr const char* kDswReadOnly = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":[
"paidsw:List*","paidsw:Get??????*","paidsw:Query*"],"Resource":"*"}]})";

constexpr const char* kAirecFull =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"airec:*","Resource":"*"}]})";

// One operation is misspelt in the documents.
constexpr const char* kAirecReadOnly = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":[
"airec:List*","airec:Get*","airec:Describe*","airec:Decribe*","airec:Query*"],"Resource":"*"}]})";

constexpr const char* kRamFull =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:*","Resource":"*"}]})";

constexpr const char* kRamReadOnly = R"({"Version":"1","Statement":[
{"Effect":"Allow","Action":["ram:Get*","ram:List*"],"Resource":"*"}]})";

constexpr const char* kAssumeRole =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]})";

}  // namespace

/// contract/ram-policy.md section 5: what they say about the products there are here; the vendor's
/// statements on other products are left out. AliyunPAIReadOnlyAccess reads more than the vendor's,
/// which knows no action of DSW: every product of this server.
const std::map<std::string, std::string, std::less<>>& SystemPolicies() {
  static const std::map<std::string, std::string, std::less<>> policies = {
      {"AdministratorAccess", kAdministrator},
      {"PowerUserAccess", kPowerUser},
      {"AliyunPAIFullAccess", kPaiFull},
      {"AliyunPAIReadOnlyAccess", kPaiReadOnly},
      {"AliyunPAIEASFullAccess", kEasFull},
      {"AliyunPAIEASReadOnlyAccess", kEasReadOnly},
      {"AliyunAIRecFullAccess", kAirecFull},
      {"AliyunAIRecReadOnlyAccess", kAirecReadOnly},
      {"AliyunRAMFullAccess", kRamFull},
      {"AliyunRAMReadOnlyAccess", kRamReadOnly},
      {"AliyunSTSAssumeRoleAccess", kAssumeRole},
      // Ours: the vendor has none for this product alone.
      {"AliyunPAIDSWFullAccess", kDswFull},
      {"AliyunPAIDSWReadOnlyAccess", kDswReadOnly},
  };
  return policies;
}

}  // namespace atelier::identity
