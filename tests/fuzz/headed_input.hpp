#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

/// Inputs of the fuzzers: a line (the head) that says what the bytes are meant for ("POST /trips", "event of trip"),
/// then the bytes. So people can read the seeds, and libFuzzer's mutations go into the bytes and not into the choice.
namespace caravan::fuzz {

struct HeadedInput {
  std::string_view head, rest;
};
HeadedInput split(const std::uint8_t* data, std::size_t size);

/// The head among `heads` that the input names; where it names none, one that depends on its text.
std::size_t chosen(std::string_view head, std::span<const std::string> heads);

/// libFuzzer's mutation of what follows the head. Now and then the head changes, or all is replaced by `fresh`.
std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t limit, std::mt19937_64& chance,
                   std::span<const std::string> heads, std::string (*fresh)(std::size_t head, std::mt19937_64& chance));

/// Something was found: prints it and ends the program, so that libFuzzer keeps the input.
[[noreturn]] void found(const char* what, std::string_view text = {});

}  // namespace caravan::fuzz
