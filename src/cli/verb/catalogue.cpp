// Images, and the clock of the emulator.
#include "cli/verb/verb.h"

namespace atelier::cli {

std::span<const Verb> ImageVerbs() {
  static const std::vector<Verb> kAll = {
      {.words = "list",
       .help = "List the images that instances can start from",
       .action = "ListImages",
       .version = kWorkspaceVersion,
       .method = "GET",
       .path = "/api/v1/images",
       .fields = {{.flags = "--name", .help = "Part of the name", .target = "?Name"}},
       .list = "Images",
       .pages = kPages,
       .columns = {{"ID", "ImageId"}, {"NAME", "Name"}, {"ADDRESS", "ImageUri"}}},
      {.words = "get",
       .help = "Show an image",
       .action = "GetImage",
       .version = kWorkspaceVersion,
       .method = "GET",
       .path = "/api/v1/images/{ImageId}",
       .fields = {{.flags = "id",
                   .help = "Image name or id",
                   .target = "{ImageId}",
                   .take = Take::kImage,
                   .required = true}},
       .query = {{"Verbose", "true"}},
       .record = "."},
      {.words = "labels",
       .help = "List the labels of images",
       .action = "ListImageLabels",
       .version = kWorkspaceVersion,
       .method = "GET",
       .path = "/api/v1/image/labels",
       .fields = {{.flags = "id",
                   .help = "Image name or id (default: all)",
                   .target = "?ImageId",
                   .take = Take::kImage}},
       .list = "Labels",
       .columns = {{"KEY", "Key"}, {"VALUE", "Value"}}},
  };
  return kAll;
}

std::span<const Verb> ClockVerbs() {
  static const std::vector<Verb> kAll = {
      {.words = "show",
       .help = "Show the emulator's time",
       .action = "GetClock",
       .method = "GET",
       .path = "/atelier/v1/clock",
       .line = "Now"},
      {.words = "advance",
       .help = "Turn the emulator's clock forward",
       .action = "AdvanceClock",
       .method = "POST",
       .path = "/atelier/v1/clock/advance",
       .fields = {{.flags = "by",
                   .help = "90s, 30m, 2h, 1d",
                   .target = "Milliseconds",
                   .take = Take::kDuration,
                   .required = true}},
       .line = "Now"},
  };
  return kAll;
}

}  // namespace atelier::cli
