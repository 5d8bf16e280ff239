#pragma once

#include <deque>
#include <map>

#include "runtime/clock.hpp"
#include "runtime/links/links.hpp"
#include "tests/simulation/chance.hpp"

namespace caravan::simulation {

/// True time, which no node knows: since the run began.
using TrueTime = std::chrono::microseconds;

/// The network between computers. Its connections carry frames late, twice and out of order, lose what is under way
/// when they break, and are held up by cuts, one way or both. Real sessions (runtime/links) run over them, which repeat
/// what was lost and take nothing twice.
class Network {
 public:
  /// One process's place in it.
  struct Place {
    Stopwatch clock;
    std::function<bool()> is_frozen;  // it neither reads nor writes now
  };

  explicit Network(Chance& chance) : chance_(chance) {}

  std::unique_ptr<Links> join(LinkOptions options, LinkEvents events, Place place);
  /// Brings whatever has arrived by now, as often as that makes something else arrive.
  void carry(TrueTime now);

  /// What `from` says does not reach `to` until then, or a later time that was given before.
  void cut(const std::string& from, const std::string& to, TrueTime until);
  void mend() { cuts_.clear(); }
  /// The process of that name ends without a word, as after a loss of power: its connections stay open and silent.
  void unplug(const std::string& name);
  /// A connection breaks, with all that is under way in it; it is made again at once.
  void break_one();

  int slow_percent = 0;       // of frames that take up to a second; the others a few milliseconds
  int disorder_permille = 0;  // of frames that come twice, or overtake the one before
  std::uint64_t carried = 0, broken = 0, disordered = 0;

  // Sabotage.
  int repeated_percent = 0;  // of messages that a process gets once more, a little later
  /// Brings what is still to come once more. Links bring nothing after their time, so the date may leap only then.
  bool bring_again();
  /// Called for each message. A text that is not empty is sent back in place of taking the message.
  std::function<std::string(const std::string& message)> answers;

 private:
  class End;
  struct Frame {
    TrueTime arrives;
    std::string bytes;
  };
  /// Both ways.
  struct Connection {
    std::map<std::string, std::deque<Frame>> to;  // by receiver
    bool is_broken = false;
  };
  using ConnectionPtr = std::shared_ptr<Connection>;

  bool is_cut(const std::string& from, const std::string& to) const;
  End* find(const std::string& name) const;
  TrueTime arrival(TrueTime after);
  void put(std::deque<Frame>& way, std::string bytes);

  Chance& chance_;
  TrueTime now_{0};
  std::map<std::string, End*> ends_;                              // living processes
  std::map<std::pair<std::string, std::string>, TrueTime> cuts_;  // until when, by from and to
};

}  // namespace caravan::simulation
