// A processor as its users write one: the documented interface and nothing of ours. Its
// model_config says how it behaves.
#include <cstdlib>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string>

namespace {

struct Model {
  std::string entry;
  std::string config;
};

void Give(const std::string& text, void** data, int* size) {
  *data = std::malloc(text.size());
  std::memcpy(*data, text.data(), text.size());
  *size = static_cast<int>(text.size());
}

}  // namespace

extern "C" {

void* initialize(const char* model_entry, const char* model_config, int* state);
int process(void* model_buf, const void* input_data, int input_size, void** output_data,
            int* output_size);

void* initialize(const char* model_entry, const char* model_config, int* state) {
  if (std::string(model_config) == "fail") {
    *state = 400;
    return nullptr;
  }
  if (std::string(model_config) == "throw") throw std::runtime_error("no such model");
  *state = 0;
  // The interface has no end of a model: it is its library's for ever.
  static std::deque<Model> models;
  return &models.emplace_back(Model{.entry = model_entry, .config = model_config});
}

int process(void* model_buf, const void* input_data, int input_size, void** output_data,
            int* output_size) {
  const Model& model = *static_cast<Model*>(model_buf);
  const std::string input(static_cast<const char*>(input_data),
                          static_cast<std::size_t>(input_size));
  if (input == "throw") throw std::runtime_error("out of luck");
  if (input == "negative") {
    *output_size = -1;
    return 200;
  }
  if (input == "empty") return 0;
  Give(model.entry + "|" + model.config + "|" + input, output_data, output_size);
  return input.starts_with("code ") ? std::atoi(input.c_str() + 5) : 0;
}

}  // extern "C"
