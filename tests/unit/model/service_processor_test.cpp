// Own processors in a service JSON: docs/contract/lifecycle.md section 11.
#include <gtest/gtest.h>

#include "model/service_spec.h"

namespace atelier::model {
namespace {

Result<ServiceSpec> Processor(std::string_view members) {
  return ParseServiceSpec(R"({"name":"abc","processor_path":"apps/x",)" + std::string(members) +
                          "}");
}

std::string ProblemOf(std::string_view members) {
  const auto spec = Processor(members);
  return spec ? "(none)" : spec.error().message();
}

TEST(OwnProcessor, InPythonRunsInItsFolderByItsOwnEnvironmentIfThereIsOne) {
  const auto spec = Processor(R"("processor_type":"python","processor_entry":"./app.py")");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->script,
            "cd /processor && if [ -x ENV/bin/python ]; then exec ENV/bin/python ./app.py; fi; "
            "exec python3 ./app.py");
  EXPECT_EQ(spec->port, 8080);
  EXPECT_EQ(spec->environment.at("PORT"), "8080");
  EXPECT_EQ(spec->workers, 5);
  EXPECT_EQ(spec->keepalive, Duration(5000));
  EXPECT_EQ(spec->mounts.at(0).path, "apps/x");
  EXPECT_EQ(spec->mounts.at(0).inside, "/processor");
  EXPECT_FALSE(spec->processor);
  EXPECT_EQ(
      Processor(R"("processor_type":"python","processor_entry":"a.py","data_image":"i:1")")->image,
      "i:1");
}

TEST(OwnProcessor, InCppIsALibraryWithAModelAndItsConfiguration) {
  const auto spec = Processor(
      R"("processor_type":"cpp","processor_entry":"libecho.so","model_path":"m",
         "model_entry":"./1/","model_config":{"a":[1]},"metadata":{"rpc":{"worker_threads":2}})");
  ASSERT_TRUE(spec) << spec.error().message();
  ASSERT_TRUE(spec->processor);
  EXPECT_EQ(spec->processor->library, "/processor/libecho.so");
  EXPECT_EQ(spec->processor->model_entry, "/model/./1/");
  EXPECT_EQ(spec->processor->model_config, R"({"a":[1]})");
  EXPECT_EQ(spec->port, 8080);
  EXPECT_EQ(spec->workers, 2);
  EXPECT_EQ(spec->health.path, "/api/builtin/ping") << "a check is no request to the model";
  EXPECT_FALSE(spec->health.any_answer);
}

TEST(OwnProcessor, WithoutModelEntryTheModelIsTheEntry) {
  const std::string type = R"("processor_type":"cpp","processor_entry":"libx.so")";
  EXPECT_EQ(Processor(type + R"(,"model_path":"m","model_config":"text")")->processor->model_entry,
            "/model");
  EXPECT_EQ(Processor(type)->processor->model_entry, "");
  EXPECT_EQ(Processor(type)->processor->model_config, "");
  EXPECT_EQ(ProblemOf(type + R"(,"model_entry":"a")"), "model_entry needs model_path.");
}

TEST(OwnProcessor, ArchivesAreUnpacked) {
  const auto spec = ParseServiceSpec(
      R"({"name":"abc","processor_path":"echo_release.tar.gz","processor_type":"cpp",
          "processor_entry":"libecho.so","model_path":"models/m.tgz"})");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_TRUE(spec->mounts.empty());
  ASSERT_EQ(spec->packages.size(), 2u);
  EXPECT_EQ(spec->packages[0].path, "models/m.tgz");
  EXPECT_EQ(spec->packages[0].folder, "/home/atelier/model");
  EXPECT_EQ(spec->packages[1].folder, "/home/atelier/processor");
  EXPECT_EQ(spec->processor->library, "/home/atelier/processor/libecho.so");
  EXPECT_EQ(spec->processor->model_entry, "/home/atelier/model");
  EXPECT_EQ(spec->environment.at("MODEL_PATH"), "/home/atelier/model");
}

TEST(OwnProcessor, WhatIsMalformedOrNotSupportedIsNamed) {
  EXPECT_EQ(ProblemOf(R"("processor_type":"cpp")"), "processor_entry is required.");
  for (const std::string_view entry :
       {"/lib/x.so", "../x.so", "a/../../x.so", "a b", "x;y", ".."}) {
    EXPECT_EQ(ProblemOf(R"("processor_type":"cpp","processor_entry":")" + std::string(entry) + '"'),
              "processor_entry must be the name of a file of the package.");
  }
  EXPECT_NE(ProblemOf(R"("processor_type":"java","processor_entry":"x.jar")")
                .find("processor_type must be python or cpp"),
            std::string::npos);
  const auto refused = [](std::string_view type, std::string_view more) {
    return ProblemOf(R"("processor_entry":"x","processor_type":")" + std::string(type) + "\"," +
                     std::string(more));
  };
  EXPECT_EQ(refused("python", R"("model_config":"x")"),
            "model_config is not supported by this server yet.");
  EXPECT_EQ(refused("python", R"("model_entry":"x")"),
            "model_entry is not supported by this server yet.");
  EXPECT_EQ(refused("cpp", R"("data_image":"x")"),
            "data_image is not supported by this server yet.");
  for (const std::string_view path : {"oss://bucket/m/", "http://host/m.tar.gz", "m.zip"}) {
    EXPECT_NE(refused("cpp", R"("model_path":")" + std::string(path) + '"')
                  .find("model_path must be a folder of the server, .tar, .tar.gz or .tgz"),
              std::string::npos)
        << path;
  }
  EXPECT_EQ(refused("cpp", R"("metadata":{"rpc":{"worker_threads":513}})"),
            "metadata.rpc.worker_threads must be an integer from 1 to 512.");
  const std::string large(65'537, 'x');
  EXPECT_EQ(refused("cpp", R"("model_config":")" + large + '"'),
            "model_config must have at most 64 KiB, none of them NUL.");
}

}  // namespace
}  // namespace atelier::model
