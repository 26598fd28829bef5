#pragma once
#include <map>
#include <string>
#include <vector>

#include "cli/verb/verb.h"

namespace atelier::cli {

/// The call of a verb in the making.
struct Request {
  std::map<std::string, std::string, std::less<>> path;  // by the pieces of Verb::path
  Query query;
  json::object body;
};

/// Whether it stands in the line without a name of its own.
bool IsPositional(const Field& field);

/// What fits the field, before anything is asked of the server. InvalidArgument.
Status CheckWords(const Field& field, const std::vector<std::string>& words);

/// The id of what a word names, if the field takes ids; else the word.
Task<Result<std::string>> IdOf(CommandContext& context, Take take, std::string word);

/// What the fields say from `first` on, with ids for names. Errors as names.h, and of files.
Task<Result<Request>> RequestOf(CommandContext& context, const Verb& verb, const VerbInput& input,
                                std::size_t first);

/// Finds {ClusterId} out, if the path has it and the request not yet.
Task<Status> FindRegion(CommandContext& context, const Verb& verb, Request& request);

Call CallOf(const Verb& verb, const Request& request);

}  // namespace atelier::cli
