#pragma once
#include "http/message.h"

namespace atelier::gateway {

// What lets pages of other origins call services. A service is called with a token that the page
// itself must have, never with what the browser adds of its own (cookies): so every origin may.

/// A browser's question whether a page may send a request. It never carries the request's token.
bool IsPreflight(const http::RequestHead& head);

/// The answer is yes, whatever it is about: who asks learns nothing of the services.
http::Response PreflightAnswer(const http::RequestHead& head, const std::string& request_id);

/// Lets pages of every origin read an answer that does not itself say who may.
void LetPagesRead(http::Headers& answer);

}  // namespace atelier::gateway
