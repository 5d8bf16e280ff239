#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace caravan::testing {

/// Makes what a client might send on one connection: requests one behind the other, good ones and such with a fault,
/// whose bodies hold whole requests. Each has an X-Trace-Id of its own, which the server's answer repeats; those within
/// bodies begin with "hidden". The same seed makes the same stream.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}
  std::string stream();

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <std::size_t size>
  const char* one_of(const char* const (&choices)[size]) {
    return choices[below(size)];
  }
  std::string mark(const char* kind) { return kind + std::to_string(++marks_); }
  std::string hidden();
  std::string chunks(const std::string& body);
  std::string padding();
  std::string length_lines(std::string& body);
  std::string odd_header();
  std::string request();
  void mutate(std::string& bytes);

  std::mt19937_64 random_;
  int marks_ = 0;
};

}  // namespace caravan::testing
