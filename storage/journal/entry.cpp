#include "storage/journal/entry.hpp"

#include "storage/codec/codec.hpp"

namespace caravan {

namespace {

/// The body as one record, so that it gains fields as every other record does.
struct Body {
  Origin origin;
  std::vector<Bytes> events;  // tagged
  std::uint64_t effects_sent = 0;
  std::vector<StoredTimer> timers;
  std::optional<StoredReply> reply;
  std::vector<std::uint64_t> asked;
  std::vector<Uuid> asked_about;
  std::vector<std::uint64_t> given_back;
  std::string note;
  std::string about;

  static constexpr std::string_view record_name = "EntryBody";
  static constexpr auto fields() {
    return std::array{field<&Body::origin>(1, "origin"),
                      field<&Body::events>(2, "events"),
                      field<&Body::effects_sent>(3, "effectsSent"),
                      field<&Body::timers>(4, "timers"),
                      field<&Body::reply>(5, "reply"),
                      field<&Body::asked>(6, "asked"),
                      field<&Body::asked_about>(7, "askedAbout"),
                      field<&Body::given_back>(8, "givenBack"),
                      field<&Body::note>(9, "note"),
                      field<&Body::about>(10, "about")};
  }
};

}  // namespace

std::string encode_body(const JournalEntry& entry) {
  constexpr std::size_t usual = 384;  // bytes; most entries are shorter
  Body body{entry.origin,     {},         entry.effects_sent, entry.timers, entry.reply, entry.asked, entry.asked_about,
            entry.given_back, entry.note, entry.about};
  body.events.reserve(entry.events.size());
  for (const AnyRecord& event : entry.events) {
    std::string& tagged = body.events.emplace_back().value;
    tagged.reserve(usual);
    codec::encode_tagged(event, tagged);
  }
  std::string out;
  out.reserve(usual);
  codec::encode(schema::type_of<Body>(), &body, out);
  return out;
}

bool decode_body(const EntityClass& entity, std::string_view bytes, JournalEntry& entry) {
  Body body;
  if (!codec::decode(schema::type_of<Body>(), bytes, &body, &entry.holds_more)) return false;
  for (const Bytes& tagged : body.events) {
    AnyRecord event = codec::decode_tagged(entity.events, tagged.value, &entry.holds_more);
    if (!event) return false;
    entry.events.push_back(std::move(event));
  }
  entry.origin = std::move(body.origin);
  entry.effects_sent = body.effects_sent;
  entry.timers = std::move(body.timers);
  entry.reply = std::move(body.reply);
  entry.asked = std::move(body.asked);
  entry.asked_about = std::move(body.asked_about);
  entry.given_back = std::move(body.given_back);
  entry.note = std::move(body.note);
  entry.about = std::move(body.about);
  return true;
}

}  // namespace caravan
