#pragma once

#include "runtime/door.hpp"

/// What a client hears of an entity's reply that is no answer.
namespace caravan::http {

/// Throws Problem where a question was not answered because the entity is overloaded or unavailable. A refusal counts
/// as an answer. Without this check "nobody could be asked" would be taken for "there is none".
void require_answer(const Reply& reply);

/// Throws Problem for everything but `done`.
void require_done(const Reply& reply);

}  // namespace caravan::http
