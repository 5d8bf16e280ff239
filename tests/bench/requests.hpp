#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/stage.hpp"

/// Requests of a load, as bytes.
namespace caravan::bench {

inline constexpr int connections = 64;

/// The delivery that a connection's request goes to: each connection has its own, one after the other.
std::size_t delivery_of(const Stage& stage, int connection, std::uint64_t number);
/// A durable command: a message in a delivery's conversation.
std::string message(const Stage& stage, int connection, std::uint64_t number);
/// The same under an Idempotency-Key that no other request has: the key's claim is a second durable command.
std::string keyed_message(const Stage& stage, int connection, std::uint64_t number);
/// A tracking point, and a hundred of them.
std::string point(const Stage& stage, int connection, std::uint64_t number);
std::string hundred_points(const Stage& stage, int connection, std::uint64_t number);

}  // namespace caravan::bench
