#include "http/routes/operations/dead_letters.hpp"

#include <algorithm>
#include <charconv>

#include "actors/entity/outside.hpp"
#include "actors/registry.hpp"
#include "http/access/accounts.hpp"
#include "http/both_sides.hpp"
#include "http/routes/paging.hpp"
#include "runtime/open_question.hpp"

namespace caravan::http {

namespace {

enum class LetterStatus : std::uint8_t {
  failing,   // it is asked again by itself
  given_up,  // its deadline is over, or it failed too often
};
constexpr auto enum_labels(LetterStatus) { return std::to_array<std::string_view>({"failing", "given_up"}); }

struct DeadLettersQuery {
  static constexpr std::string_view record_name = "DeadLettersQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  std::optional<LetterStatus> status;
  static constexpr auto fields() {
    return std::array{field<&DeadLettersQuery::limit>(1, "limit", between(1, 200)),
                      field<&DeadLettersQuery::cursor>(2, "cursor", length(1, 500)),
                      field<&DeadLettersQuery::status>(3, "status")};
  }
};

struct DropLetter {
  static constexpr std::string_view record_name = "DropLetter";
  std::string reason;
  static constexpr auto fields() { return std::array{field<&DropLetter::reason>(1, "reason", length(1, 500))}; }
};

/// An effect to a provider that has failed, that nobody has answered for a minute, or that was given up.
struct DeadLetter {
  static constexpr std::string_view record_name = "DeadLetter";
  std::string letter_id;
  LetterStatus status = LetterStatus::failing;
  std::string provider;              // "payments", "messages", "directory", "file_store"
  std::string request;               // "capture", "send_message", …
  std::optional<std::string> about;  // a message's template, or the operation's identity at the payment provider
  std::string entity_type;
  Uuid entity_id;
  Time asked_at;
  std::int64_t age_seconds = 0;
  std::optional<Time> deadline;
  std::int64_t tries = 0;  // since its node took it up
  std::optional<std::string> last_failure;
  std::optional<std::string> trace_id;
  static constexpr auto fields() {
    return std::array{field<&DeadLetter::letter_id>(1, "letterId"),
                      field<&DeadLetter::status>(2, "status"),
                      field<&DeadLetter::provider>(3, "provider"),
                      field<&DeadLetter::request>(4, "request"),
                      field<&DeadLetter::entity_type>(5, "entityType"),
                      field<&DeadLetter::entity_id>(6, "entityId"),
                      field<&DeadLetter::asked_at>(7, "askedAt"),
                      field<&DeadLetter::age_seconds>(8, "ageSeconds"),
                      field<&DeadLetter::deadline>(9, "deadline"),
                      field<&DeadLetter::tries>(10, "tries"),
                      field<&DeadLetter::last_failure>(11, "lastFailure"),
                      field<&DeadLetter::trace_id>(12, "traceId"),
                      field<&DeadLetter::about>(13, "about")};
  }
};

struct LetterOrdered {
  static constexpr std::string_view record_name = "LetterOrdered";
  std::string letter_id;
  static constexpr auto fields() { return std::array{field<&LetterOrdered::letter_id>(1, "letterId")}; }
};

std::string label(EntityKind kind) { return std::string(enum_labels(kind)[static_cast<std::size_t>(kind)]); }

/// "escrow-0190…-7": what sent it, and the sender's count.
std::string letter_id(const EffectKey& key) {
  return label(key.sender.kind) + '-' + key.sender.id.text() + '-' + std::to_string(key.number);
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

DeadLetter letter_of(const OpenQuestion& question, Time now) {
  return {.letter_id = letter_id(question.key),
          .status = question.is_given_up ? LetterStatus::given_up : LetterStatus::failing,
          .provider = label(question.to),
          .request = question.request,
          .about = unless_empty(question.about),
          .entity_type = label(question.key.sender.kind),
          .entity_id = question.key.sender.id,
          .asked_at = question.asked_at,
          .age_seconds = std::chrono::duration_cast<std::chrono::seconds>(now - question.asked_at).count(),
          .deadline = question.deadline,
          .tries = question.tries,
          .last_failure = unless_empty(question.failure),
          .trace_id = unless_empty(question.trace_id)};
}

std::vector<OpenQuestion> stuck(Call& call) {
  return call.services().stuck_effects ? call.services().stuck_effects() : std::vector<OpenQuestion>{};
}

/// Tells letters of one moment and sender apart.
Uuid place_of(const EffectKey& key) {
  Uuid id = key.sender.id;
  for (std::size_t i = 0; i < sizeof key.number; ++i)
    id.bytes[id.bytes.size() - 1 - i] ^= static_cast<std::uint8_t>(key.number >> (8 * i));
  return id;
}

Response list_letters(Call& call) {
  const auto& query = call.query<DeadLettersQuery>();
  const Paging paging = paging_of(query);
  const auto after = paging.after();
  std::vector<std::pair<std::pair<std::int64_t, Uuid>, OpenQuestion>> all;
  for (OpenQuestion& question : stuck(call)) {
    const std::pair place{question.asked_at.time_since_epoch().count(), place_of(question.key)};
    if (query.status && (*query.status == LetterStatus::given_up) != question.is_given_up) continue;
    if (!after || place > std::pair{after->key, after->id}) all.emplace_back(place, std::move(question));
  }
  std::ranges::sort(all, {}, [](const auto& item) { return item.first; });
  Page<DeadLetter> page;
  for (const auto& [place, question] : all)
    if (!page.add(paging, {place.first, place.second}, letter_of(question, call.door().now()))) break;
  return call.list(page.items, page.next_cursor);
}

OpenQuestion named_letter(Call& call) {
  const std::string& id = call.path_text("letterId");
  for (OpenQuestion& question : stuck(call))
    if (letter_id(question.key) == id) return std::move(question);
  throw Problem{"not_found", "No effect of this name waits for a provider.", "letterId"};
}

/// What it is, for the activity log: "send_message offer_received".
std::string name_of(const OpenQuestion& letter) {
  return letter.about.empty() ? letter.request : letter.request + ' ' + letter.about;
}

Response retry_letter(Call& call) {
  const OpenQuestion letter = named_letter(call);
  call.ask(letter.key.sender, RetryEffect{letter.key.number, name_of(letter)});
  return call.answer(AnyRecord(LetterOrdered{letter_id(letter.key)}));
}

/// What a payment provider was asked ends undone once it is dropped: that decides a case of whose money it is.
void check_no_side(Call& call, const OpenQuestion& letter) {
  const auto sides = sides_of(call.door(), letter.key.sender);
  if (sides.empty()) return;
  const Appointment office = find_appointment(call.door(), call.caller(), PermissionName::finance, sides);
  for (const UserId side : sides)
    if (call.caller().is_user(side) || office.is_tied_to(side))
      throw Problem{
          "self_not_allowed",
          "Somebody drops it who is no side of that money, nor has the permission from one, nor gave one any."};
}

/// Throws Problem where this caller may not drop it, or nobody may, or not yet: what is still asked for may succeed.
void check_may_be_dropped(Call& call, const OpenQuestion& letter) {
  const OutsideClass* outside = find_outside(letter.to);
  if (!outside || !outside->undelivered)
    throw Problem{"conflict", "Its sender cannot go on without an answer: it can only be tried again.", "letterId"};
  if (outside->stays && outside->stays(letter.about))
    throw Problem{"conflict", "An account's safety rests on this message: it can only be tried again.", "letterId"};
  if (outside->drop_needs && !call.caller().may(*outside->drop_needs))
    throw Problem{"permission_denied",
                  "What a payment provider was asked is dropped with the permission finance, too."};
  if (outside->drop_needs) check_no_side(call, letter);
  if (!letter.is_given_up)
    throw Problem{"conflict", "It is still asked for: it can be dropped once it was given up.", "letterId"};
}

Response drop_letter(Call& call) {
  const OpenQuestion letter = named_letter(call);
  check_may_be_dropped(call, letter);
  call.ask(letter.key.sender, DropEffect{letter.key.number, call.query<DropLetter>().reason, name_of(letter)});
  return call.nothing();
}

}  // namespace

std::vector<Route> dead_letter_routes(Services&) {
  return {
      get("/admin/dead-letters", admin(Permission::ops),
          "Effects to providers that fail, are slow or were given up, the oldest first")
          .query<DeadLettersQuery>()
          .lists_own<DeadLetter>()
          .handle(list_letters),
      post("/admin/dead-letters/:letterId/retry", admin(Permission::ops), "Asks for it again now, with a new deadline")
          .answers<LetterOrdered>(202)
          .handle(retry_letter),
      del("/admin/dead-letters/:letterId", admin(Permission::ops),
          "Drops one that was given up, with a reason: what sent it is told that an operator ended it; it may have "
          "been done. Of a payment provider's, finance is needed as well; messages about an account's safety stay")
          .after_step_up()
          .query<DropLetter>()
          .answers_nothing()
          .handle(drop_letter)};
}

}  // namespace caravan::http
