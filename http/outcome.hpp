#pragma once

#include "runtime/door.hpp"

/// What a client hears of an entity's reply that is no answer.
namespace caravan::http {

/// Throws Problem where the entity has not answered a question: it is overloaded or unavailable. What it refuses is an
/// answer. Who goes on without one would take "nobody could be asked" for "there is none".
void require_answer(const Reply& reply);

/// Throws Problem for everything but `done`.
void require_done(const Reply& reply);

}  // namespace caravan::http
