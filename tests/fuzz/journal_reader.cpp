// Bytes as the journal's tables hold them, for every entity: bodies of entries, events, waiting commands, states. They
// are refused, or they are a value: one that is written and read to the same bytes, and that prints as a line of JSON.
#include <nlohmann/json.hpp>

#include "actors/registry.hpp"
#include "http/json/journal_line.hpp"
#include "http/json/write.hpp"
#include "storage/codec/codec.hpp"
#include "tests/fuzz/any_value.hpp"
#include "tests/fuzz/headed_input.hpp"

using namespace caravan;

namespace {

enum class Form : std::uint8_t { entry, event, command, state };
constexpr std::array<std::string_view, 4> form_names{"entry", "event", "command", "state"};

struct Shape {
  Form form;
  const EntityClass* entity;
};

/// "entry of trip", …; a shape each.
struct Shapes {
  std::vector<std::string> heads;
  std::vector<Shape> shapes;
};

const Shapes& all_shapes() {
  static const Shapes all = [] {
    Shapes made;
    for (const EntityClass* entity : all_entities())
      for (std::size_t form = 0; form < form_names.size(); ++form) {
        made.heads.push_back(std::string(form_names[form]) + " of " + std::string(entity->name));
        made.shapes.push_back({static_cast<Form>(form), entity});
      }
    return made;
  }();
  return all;
}

/// Checks that a text is one line of JSON. Bytes beyond ASCII are not judged: one that is not UTF-8 was stored so.
void check_line(std::string line) {
  if (line.find('\n') != std::string::npos) fuzz::found("not one line", line);
  for (char& c : line)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  if (!nlohmann::json::accept(line)) fuzz::found("not JSON", line);
}

void check_record(const AnyRecord& record) {
  const std::string bytes = codec::encode(record);
  const AnyRecord again = codec::decode_record(record.type(), bytes);
  if (!again) fuzz::found("what was written cannot be read", record.type().name);
  if (codec::encode(again) != bytes) fuzz::found("it is something else after writing and reading", record.type().name);
  std::string line;
  http::write_json(record.type(), record.value(), line, true);
  check_line(line);
}

void check_entry(const EntityClass& entity, std::string_view bytes) {
  JournalEntry entry{.entity = {entity.kind, {}}, .sequence = 1};
  if (!decode_body(entity, bytes, entry)) return;
  const std::string body = encode_body(entry);
  JournalEntry again{.entity = {entity.kind, {}}, .sequence = 1};
  if (!decode_body(entity, body, again)) fuzz::found("what was written cannot be read");
  if (encode_body(again) != body) fuzz::found("it is something else after writing and reading");
  check_line(http::journal_line(entry, 1));
}

AnyRecord any_record(const schema::Type& type, std::mt19937_64& chance) {
  auto value = type.make();
  fuzz::fill_any(type, value.get(), chance);
  return {type, std::move(value)};
}

AnyRecord any_of(std::span<const Alternative> alternatives, std::mt19937_64& chance) {
  return any_record(*alternatives[chance() % alternatives.size()].type, chance);
}

std::string fresh(std::size_t head, std::mt19937_64& chance) {
  const auto& [form, entity] = all_shapes().shapes[head];
  std::string out;
  if (form == Form::state) return codec::encode(any_record(*entity->state, chance));
  if (form != Form::entry) {
    codec::encode_tagged(any_of(form == Form::event ? entity->events : entity->commands, chance), out);
    return out;
  }
  JournalEntry entry;
  fuzz::fill_any(schema::type_of<Origin>(), &entry.origin, chance);
  fuzz::fill_any(schema::type_of<std::vector<StoredTimer>>(), &entry.timers, chance);
  fuzz::fill_any(schema::type_of<std::optional<StoredReply>>(), &entry.reply, chance);
  for (std::size_t i = chance() % 3; i > 0; --i) entry.events.push_back(any_of(entity->events, chance));
  return encode_body(entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, rest] = fuzz::split(data, size);
  const auto& [form, entity] = all_shapes().shapes[fuzz::chosen(head, all_shapes().heads)];
  AnyRecord record;
  switch (form) {
    case Form::entry:
      check_entry(*entity, rest);
      return 0;
    case Form::event:
      record = codec::decode_tagged(entity->events, rest);
      break;
    case Form::command:
      record = codec::decode_tagged(entity->commands, rest);
      break;
    case Form::state:
      record = codec::decode_record(*entity->state, rest);
      break;
  }
  if (record) check_record(record);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t limit, unsigned seed) {
  std::mt19937_64 chance(seed);
  return fuzz::mutate(data, size, limit, chance, all_shapes().heads, fresh);
}
