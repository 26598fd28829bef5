#include <fmt/format.h>

#include "identity/policy.h"

namespace atelier::identity {

namespace {

// Quoted names of actions, as they stand in a policy.

constexpr std::string_view kPai =
    R"("pai:*","paiplugin:*","eas:*","paiflow:*","paidesigner:*","paidlc:*","paidsw:*","paiimage:*",
"paicodesource:*","paidataset:*","paitrainingservice:*","paimodel:*","paicomponentmanagement:*",
"paiautoml:*","paillmtrace:*","pailangstudio:*","paiartlab:*","paiexperiment:*","paiworkspace:*",
"paiitag:*","featurestore:*","paiabtest:*","pairec:*","modelservice:*","agenticpai:*")";

// Those for readers are patterns, so that an operation that is added later needs no line here. Of
// DSW every Get but GetToken, which gives a right away: no other has a name that short. One
// operation of AIRec is misspelt in the documents.

constexpr std::string_view kReadDsw = R"("paidsw:List*","paidsw:Get??????*","paidsw:Query*")";
constexpr std::string_view kReadEas = R"("eas:Describe*","eas:List*")";
constexpr std::string_view kReadAirec =
    R"("airec:List*","airec:Get*","airec:Describe*","airec:Decribe*","airec:Query*")";
constexpr std::string_view kReadRam = R"("ram:Get*","ram:List*")";
constexpr std::string_view kReadOtherPai =
    R"("pai*:List*","pai*:Describe*","pai*:Query*","pai:Get*","paiplugin:Get*","paiflow:Get*",
"paidlc:Get*","paiimage:Get*","paicodesource:Get*","paidataset:Get*","paitrainingservice:Get*",
"paimodel:Get*","paiautoml:Get*","pailangstudio:Get*","paiexperiment:Get*","paiworkspace:Get*",
"paiabtest:Get*","paiitag:*Get*","paiitag:*PageView*","paiitag:*Stat","featurestore:Get*",
"featurestore:List*")";

std::string Policy(std::string_view element, std::string_view actions) {
  return fmt::format(
      R"({{"Version":"1","Statement":[{{"Effect":"Allow","{}":[{}],"Resource":"*"}}]}})", element,
      actions);
}

std::string Allow(std::string_view actions) { return Policy("Action", actions); }

}  // namespace

/// docs/contract/ram-policy.md section 5: what they say about the products there are here; the
/// vendor's statements on other products are left out. AliyunPAIReadOnlyAccess reads more than the
/// vendor's, which knows no action of DSW: every product of this server.
const std::map<std::string, std::string, std::less<>>& SystemPolicies() {
  static const std::map<std::string, std::string, std::less<>> kPolicies = [] {
    const std::string pai =
        fmt::format("{},{},{},{}", kReadDsw, kReadOtherPai, kReadEas, kReadAirec);
    return std::map<std::string, std::string, std::less<>>{
        {"AdministratorAccess", Allow(R"("*")")},
        {"PowerUserAccess", Policy("NotAction", R"("ram:*","ims:*","resourcemanager:*")")},
        {"ReadOnlyAccess",
         Allow(fmt::format(R"({},{},"atelier:Get*","atelier:List*")", pai, kReadRam))},
        {"AliyunPAIFullAccess", Allow(kPai)},
        {"AliyunPAIReadOnlyAccess", Allow(pai)},
        {"AliyunPAIEASFullAccess", Allow(R"("eas:*")")},
        {"AliyunPAIEASReadOnlyAccess", Allow(kReadEas)},
        {"AliyunAIRecFullAccess", Allow(R"("airec:*")")},
        {"AliyunAIRecReadOnlyAccess", Allow(kReadAirec)},
        {"AliyunRAMFullAccess", Allow(R"("ram:*")")},
        {"AliyunRAMReadOnlyAccess", Allow(kReadRam)},
        {"AliyunSTSAssumeRoleAccess", Allow(R"("sts:AssumeRole")")},
        // Ours: the vendor has none for this product alone.
        {"AliyunPAIDSWFullAccess", Allow(R"("paidsw:*")")},
        {"AliyunPAIDSWReadOnlyAccess", Allow(kReadDsw)},
    };
  }();
  return kPolicies;
}

}  // namespace atelier::identity
