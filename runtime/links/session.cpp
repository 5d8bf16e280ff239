#include "runtime/links/session.hpp"

#include <algorithm>

#include "storage/codec/codec.hpp"

namespace caravan {

namespace {

enum class FrameKind : char { greeting = 1, message = 2, acknowledgement = 3 };

/// The first frame of either end on each connection.
struct Greeting {
  static constexpr std::string_view record_name = "LinkGreeting";
  std::string name;
  std::uint64_t incarnation = 0;
  std::uint64_t oldest_wire = 0, newest_wire = 0;
  std::uint64_t peer_incarnation = 0;  // of the process that `last_received` counts the messages of
  std::uint64_t last_received = 0;
  static constexpr auto fields() {
    return std::array{field<&Greeting::name>(1, "name"),
                      field<&Greeting::incarnation>(2, "incarnation"),
                      field<&Greeting::oldest_wire>(3, "oldestWire"),
                      field<&Greeting::newest_wire>(4, "newestWire"),
                      field<&Greeting::peer_incarnation>(5, "peerIncarnation"),
                      field<&Greeting::last_received>(6, "lastReceived")};
  }
};

std::string frame_of(FrameKind kind) { return std::string(1, static_cast<char>(kind)); }

std::string range(std::uint64_t oldest, std::uint64_t newest) {
  return oldest == newest ? std::to_string(oldest) : std::to_string(oldest) + " to " + std::to_string(newest);
}

}  // namespace

LinkSession::LinkSession(LinkEnd self, std::string peer, LinkLimits limits)
    : self_(std::move(self)), peer_(std::move(peer)), limits_(limits) {}

bool LinkSession::send(std::string message, Moment now) {
  if (message.empty() || message.size() > limits_.message_bytes || unacknowledged_.size() >= limits_.messages ||
      waiting_bytes_ + message.size() > limits_.bytes)
    return false;
  waiting_bytes_ += message.size();
  unacknowledged_.push_back({std::move(message), now});
  if (open_) write(unacknowledged_.size() - 1);
  return true;
}

void LinkSession::connected(Moment now) {
  disconnected();
  connected_ = true;
  fault_.clear();
  since_ = heard_ = written_ = now;
  const Greeting greeting{self_.name,        self_.incarnation, self_.wire.oldest,
                          self_.wire.newest, peer_incarnation_, last_received_};
  std::string frame = frame_of(FrameKind::greeting);
  codec::encode(schema::type_of<Greeting>(), &greeting, frame);
  frames_.push_back(std::move(frame));
}

void LinkSession::disconnected() {
  connected_ = open_ = false;
  frames_.clear();
}

bool LinkSession::received(std::string_view frame, Moment now) {
  if (!connected_) return false;
  if (frame.empty()) return fail("an empty frame");
  heard_ = now;
  const auto kind = static_cast<FrameKind>(frame.front());
  frame.remove_prefix(1);
  if (kind == FrameKind::greeting) return greeted(frame, now);
  if (!open_) return fail("a message before the greeting");
  if (kind == FrameKind::message) return took(frame);
  std::uint64_t sequence = 0;
  if (kind != FrameKind::acknowledgement || !codec::take_varint(frame, sequence))
    return fail("a frame of no known kind");
  acknowledged(sequence);
  return true;
}

bool LinkSession::greeted(std::string_view body, Moment now) {
  Greeting theirs;
  if (open_) return fail("two greetings");
  if (!codec::decode(schema::type_of<Greeting>(), body, &theirs) || theirs.incarnation == 0)
    return fail("a greeting that cannot be read");
  if (theirs.name != peer_) return fail("this is node " + theirs.name + ", not " + peer_);
  const std::uint64_t wire = std::min<std::uint64_t>(self_.wire.newest, theirs.newest_wire);
  if (wire < std::max<std::uint64_t>(self_.wire.oldest, theirs.oldest_wire))
    return fail("it speaks wire version " + range(theirs.oldest_wire, theirs.newest_wire) + ", this node " +
                range(self_.wire.oldest, self_.wire.newest) + ": upgrade nodes one version at a time");
  wire_ = static_cast<std::uint16_t>(wire);
  if (theirs.incarnation != peer_incarnation_) {
    while (!unacknowledged_.empty() && unacknowledged_.front().was_written) {
      waiting_bytes_ -= unacknowledged_.front().message.size();
      unacknowledged_.pop_front();
      ++lost_;
    }
    peer_incarnation_ = theirs.incarnation;
    first_ = 1;
    last_received_ = last_told_ = 0;
  } else if (theirs.peer_incarnation == self_.incarnation) {
    acknowledged(theirs.last_received);
  }
  open_ = true;
  heard_ = now;
  expire(now);
  for (std::size_t i = 0; i < unacknowledged_.size(); ++i) write(i);
  return true;
}

bool LinkSession::took(std::string_view body) {
  std::uint64_t sequence = 0, confirmed = 0;
  if (!codec::take_varint(body, sequence) || !codec::take_varint(body, confirmed))
    return fail("a message without its numbers");
  acknowledged(confirmed);
  if (sequence <= last_received_) return true;  // written again after a cut, but it had come
  if (sequence != last_received_ + 1) return fail("a message is missing");
  last_received_ = sequence;
  if (!body.empty()) messages_.emplace_back(body);
  return true;
}

void LinkSession::acknowledged(std::uint64_t sequence) {
  while (first_ <= sequence && !unacknowledged_.empty()) {
    waiting_bytes_ -= unacknowledged_.front().message.size();
    unacknowledged_.pop_front();
    ++first_;
  }
}

/// Drops messages that are too old. One that was written may have arrived, so it keeps its number and loses its text
/// alone.
void LinkSession::expire(Moment now) {
  std::erase_if(unacknowledged_, [&](Waiting& waiting) {
    if (now - waiting.since <= limits_.life) return false;
    waiting_bytes_ -= waiting.message.size();
    waiting.message.clear();
    return !waiting.was_written;
  });
}

void LinkSession::write(std::size_t index) {
  Waiting& waiting = unacknowledged_[index];
  waiting.was_written = true;
  std::string frame = frame_of(FrameKind::message);
  codec::put_varint(first_ + index, frame);
  codec::put_varint(last_received_, frame);
  frame += waiting.message;
  frames_.push_back(std::move(frame));
  last_told_ = last_received_;
  wrote_ = true;
}

void LinkSession::write_acknowledgement() {
  std::string frame = frame_of(FrameKind::acknowledgement);
  codec::put_varint(last_received_, frame);
  frames_.push_back(std::move(frame));
  last_told_ = last_received_;
  wrote_ = true;
}

bool LinkSession::tick(Moment now) {
  expire(now);
  if (!connected_) return true;
  if (!open_ && now - since_ > limits_.greeting) return fail("no greeting");
  if (now - heard_ > limits_.silence) return fail("silent");
  if (open_ && (last_told_ != last_received_ || now - written_ >= limits_.beat)) write_acknowledgement();
  if (std::exchange(wrote_, false)) written_ = now;
  return true;
}

bool LinkSession::fail(std::string why) {
  fault_ = std::move(why);
  return false;
}

std::string LinkSession::name_in_greeting(std::string_view frame) {
  if (frame.empty() || static_cast<FrameKind>(frame.front()) != FrameKind::greeting) return {};
  Greeting greeting;
  return codec::decode(schema::type_of<Greeting>(), frame.substr(1), &greeting) ? greeting.name : std::string();
}

}  // namespace caravan
