#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/float.h"
#include "api/wire/instance.h"
#include "base/codec.h"

/// Answers of the catalogue and helper operations, names as documented (docs/contract/lifecycle.md
/// section 8).
namespace atelier::api::wire {

struct EcsSpec {
  std::string_view InstanceType;
  std::string_view AcceleratorType;
  std::int64_t CPU;
  Float Memory;
  std::int64_t GPU;
  std::string_view GPUType;
  Float GPUMemorySize;
  std::int64_t InstanceBandwidthRx;
  std::int64_t SystemDiskCapacity;
  Float Price;
  std::string_view Currency;
  bool IsAvailable;
  std::string_view SpotStockStatus;
  std::vector<Label> Labels;
};
BOOST_DESCRIBE_STRUCT(EcsSpec, (),
                      (InstanceType, AcceleratorType, CPU, Memory, GPU, GPUType, GPUMemorySize,
                       InstanceBandwidthRx, SystemDiskCapacity, Price, Currency, IsAvailable,
                       SpotStockStatus, Labels))

struct EcsSpecsAnswer {
  std::vector<EcsSpec> EcsSpecs;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(EcsSpecsAnswer, (), (EcsSpecs, TotalCount))

struct StatisticsAnswer {
  /// Workspace id -> "<State>Count" -> number.
  std::map<std::string, std::map<std::string, std::uint64_t>> Statistics;
};
BOOST_DESCRIBE_STRUCT(StatisticsAnswer, (), (Statistics))

struct CountInstancesAnswer {
  std::uint64_t TotalCount;
  std::map<std::string, std::uint64_t> Counts;  // of every state, those without any too
};
BOOST_DESCRIBE_STRUCT(CountInstancesAnswer, (), (TotalCount, Counts))

struct FreeTierInfo {
  std::string_view EndTime;
  std::string_view InitBaseUnit;
  Float InitBaseValue;
  std::string_view InitShowUnit;
  std::string_view InitShowValue;
  bool IsFreeTierUser;
  std::string_view PeriodBaseUnit;
  Float PeriodBaseValue;
  std::string_view PeriodShowUnit;
  std::string_view PeriodShowValue;
  std::string_view StartTime;
  std::string_view Status;
};
BOOST_DESCRIBE_STRUCT(FreeTierInfo, (),
                      (EndTime, InitBaseUnit, InitBaseValue, InitShowUnit, InitShowValue,
                       IsFreeTierUser, PeriodBaseUnit, PeriodBaseValue, PeriodShowUnit,
                       PeriodShowValue, StartTime, Status))

struct UserConfigAnswer {
  bool AccountSufficient;
  bool EnableEciDisk;
  bool FreeTierSpecAvailable;
  FreeTierInfo FreeTier;
};
BOOST_DESCRIBE_STRUCT(UserConfigAnswer, (),
                      (AccountSufficient, EnableEciDisk, FreeTierSpecAvailable, FreeTier))

struct OnStartCommand {
  std::string_view Content;
};
BOOST_DESCRIBE_STRUCT(OnStartCommand, (), (Content))

struct UserCommandAnswer {
  std::string_view UserCommandId;
  OnStartCommand OnStart;
};
BOOST_DESCRIBE_STRUCT(UserCommandAnswer, (), (UserCommandId, OnStart))

struct TokenAnswer {
  std::string Token;
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (Token))

}  // namespace atelier::api::wire
