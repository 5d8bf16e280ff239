#include "http/json/journal_line.hpp"

#include "http/json/write.hpp"

namespace caravan::http {

std::string journal_line(const JournalEntry& entry, std::uint64_t position) {
  std::string out = "{";
  if (position != 0) out += "\"position\":" + std::to_string(position) + ',';
  out += "\"entity\":\"" + to_text(entry.entity) + "\",\"sequence\":" + std::to_string(entry.sequence);
  out += entry.lane == Lane::track ? ",\"lane\":\"track\"" : "";
  out += ",\"origin\":";
  write_json(schema::type_of<Origin>(), &entry.origin, out, true);
  out += ",\"events\":[";
  for (std::size_t i = 0; i < entry.events.size(); ++i) {
    const AnyRecord& event = entry.events[i];
    out += i == 0 ? "{\"" : ",{\"";
    out += event.type().name;
    out += "\":";
    write_json(event.type(), event.value(), out, true);
    out += '}';
  }
  out += "],\"effectsSent\":" + std::to_string(entry.effects_sent) + ",\"timers\":";
  write_json(schema::type_of<std::vector<StoredTimer>>(), &entry.timers, out, true);
  if (!entry.note.empty()) {
    out += ",\"note\":";
    write_json(schema::type_of<std::string>(), &entry.note, out, true);
  }
  if (!entry.about.empty()) {
    out += ",\"about\":";
    write_json(schema::type_of<std::string>(), &entry.about, out, true);
  }
  return out + '}';
}

}  // namespace caravan::http
