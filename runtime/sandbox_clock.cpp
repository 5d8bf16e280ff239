#include "runtime/sandbox_clock.hpp"

#include <charconv>
#include <thread>

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view offset_setting = "clock-offset-ms";
constexpr auto step_patience = 2'000ms;    // for one step to settle
constexpr auto provider_patience = 300ms;  // a provider that has not answered by then is not waited for

}  // namespace

ClockMover::ClockMover(Node& node, OffsetClock& clock, Journal& journal)
    : node_(node), clock_(clock), journal_(journal), is_shared_(node.cluster_state().has_value()) {}

Duration ClockMover::stored_offset(Journal& journal) {
  std::int64_t millis = 0;
  if (const auto text = journal.setting(offset_setting))
    std::from_chars(text->data(), text->data() + text->size(), millis);
  return Duration{millis};
}

Time ClockMover::advance(Duration by) {
  std::lock_guard lock(mutex_);
  const Time target = clock_.now() + by;
  settle();
  for (auto next = next_timer(); next && *next <= target; next = next_timer()) {
    set(*next);
    settle();
    if (next_timer() == next) break;  // it does not settle: leave it to the ticker
  }
  set(target);
  journal_.set_setting(offset_setting, std::to_string(clock_.offset().count()));
  settle();
  return clock_.now();
}

void ClockMover::set(Time target) {
  if (const Time now = clock_.now(); now < target) clock_.advance(target - now);
  if (!is_shared_) return;
  journal_.set_setting(offset_setting, std::to_string(clock_.offset().count()));
  std::this_thread::sleep_for(2 * follow_every);
}

std::optional<Time> ClockMover::next_timer() const { return is_shared_ ? journal_.next_due() : node_.next_timer(); }

/// Whether nothing is left to do by now. What other nodes of a cluster have still to do shows only in the journal.
bool ClockMover::is_settled() const {
  if (!node_.idle(provider_patience)) return false;
  if (!is_shared_) return true;
  const auto next = journal_.next_due();
  return (!next || *next > clock_.now()) && journal_.pending_effects({}, 1).empty();
}

void ClockMover::settle() {
  const auto limit = std::chrono::steady_clock::now() + step_patience;
  // Twice at rest in a row: between two checks an effect may be on its way from one place to the next.
  for (int rests = 0; rests < 2 && std::chrono::steady_clock::now() < limit;) {
    rests = is_settled() ? rests + 1 : 0;
    std::this_thread::sleep_for(is_shared_ ? 10ms : 1ms);
  }
}

}  // namespace caravan
