#include "runtime/host.hpp"

#include <algorithm>

#include "actors/entity/lasting_keys.hpp"
#include "actors/entity/outside.hpp"
#include "actors/registry.hpp"
#include "actors/values/stable_hash.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

struct SenderMark {
  Address sender;
  std::uint64_t last = 0;
  std::uint64_t sequence = 0;
  static constexpr std::string_view record_name = "SenderMark";
  static constexpr auto fields() {
    return std::array{field<&SenderMark::sender>(1, "sender"), field<&SenderMark::last>(2, "last"),
                      field<&SenderMark::sequence>(3, "sequence")};
  }
};

struct KeyMark {
  std::int64_t hash = 0;
  std::uint64_t sequence = 0;
  Time at;
  bool lasts = false;
  static constexpr std::string_view record_name = "KeyMark";
  static constexpr auto fields() {
    return std::array{field<&KeyMark::hash>(1, "hash"), field<&KeyMark::sequence>(2, "sequence"),
                      field<&KeyMark::at>(3, "at"), field<&KeyMark::lasts>(4, "lasts")};
  }
};

/// A snapshot's body.
struct Frozen {
  Bytes state;
  std::uint64_t effects_sent = 0;
  std::vector<SenderMark> taken;
  std::vector<KeyMark> keys;
  std::vector<std::uint64_t> awaited;
  std::vector<StoredTimer> timers;
  std::vector<Uuid> awaited_about;  // a subject for each awaited one, from where on they are kept
  std::vector<std::uint64_t> given_back;
  bool marks_forgotten = false;
  static constexpr std::string_view record_name = "Snapshot";
  static constexpr auto fields() {
    return std::array{field<&Frozen::state>(1, "state"),
                      field<&Frozen::effects_sent>(2, "effectsSent"),
                      field<&Frozen::taken>(3, "taken"),
                      field<&Frozen::keys>(4, "keys"),
                      field<&Frozen::awaited>(5, "awaited"),
                      field<&Frozen::timers>(6, "timers"),
                      field<&Frozen::awaited_about>(7, "awaitedAbout"),
                      field<&Frozen::given_back>(8, "givenBack"),
                      field<&Frozen::marks_forgotten>(9, "marksForgotten")};
  }
};

bool holds(const std::vector<std::uint64_t>& numbers, std::uint64_t number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

/// Who used the key is part of it: one client's keys mean nothing to another. Of two keys with the
/// same 64 bits the second is refused as key_reused, unless its request is the same as well (EntityActor::replay).
std::uint64_t hash_of_key(const RequestOrigin& origin) {
  if (origin.idempotency_key.empty()) return 0;
  return stable_hash(origin.idempotency_key, stable_hash(origin.caller.user.text()));
}

}  // namespace

EntityHost::EntityHost(const EntityClass& entity, Address self, std::uint32_t shard, std::uint64_t snapshot_every,
                       Duration key_life, std::size_t most_marks)
    : entity_(&entity),
      self_(self),
      shard_(shard),
      snapshot_every_(snapshot_every),
      key_life_(key_life),
      most_marks_(most_marks),
      awake_(new_awake()) {}

std::unique_ptr<EntityHost::Awake> EntityHost::new_awake() const {
  auto awake = std::make_unique<Awake>();
  awake->state = entity_->new_state();
  awake->taken = SenderMarks(most_marks_);
  return awake;
}

void EntityHost::load(const Stored& stored) {
  if (stored.snapshot) {
    if (!thaw(stored.snapshot->body))
      throw StorageError("the snapshot of " + to_text(self_) + " cannot be read; run `caravan journal verify`");
    sequence_ = snapshot_sequence_ = stored.snapshot->sequence;
  }
  for (const auto& row : stored.after) {
    JournalEntry entry{.entity = self_, .sequence = row.sequence, .lane = row.lane};
    if (row.sequence != sequence_ + 1 || !decode_body(*entity_, row.body, entry))
      throw StorageError("entry " + std::to_string(row.sequence) + " of " + to_text(self_) +
                         " cannot be read; run `caravan journal verify`");
    for (const AnyRecord& event : entry.events) entity_->evolve(awake_->state.get(), event);
    take(entry);
    forget_marks(sequence_);
    holds_more_ = holds_more_ || entry.holds_more;
  }
}

bool EntityHost::thaw(std::string_view body) {
  Frozen frozen;
  if (!codec::decode(schema::type_of<Frozen>(), body, &frozen, &holds_more_) ||
      !codec::decode(*entity_->state, frozen.state.value, awake_->state.get(), &holds_more_))
    return false;
  effects_sent_ = frozen.effects_sent;
  for (const auto& mark : frozen.taken) awake_->taken.restore(mark.sender, {mark.last, mark.sequence});
  awake_->taken.restore_forgotten(frozen.marks_forgotten);
  for (const auto& mark : frozen.keys) {
    const bool is_old = mark.at == Time{};  // nobody can tell any more whether it lasts
    awake_->keys.restore(static_cast<std::uint64_t>(mark.hash),
                         {mark.sequence, mark.at, mark.lasts || (is_old && keeps_keys(entity_->kind))});
  }
  frozen.awaited_about.resize(frozen.awaited.size());
  for (std::size_t i = 0; i < frozen.awaited.size(); ++i)
    awake_->awaited.push_back({frozen.awaited[i], frozen.awaited_about[i]});
  awake_->given_back = std::move(frozen.given_back);
  awake_->timers = std::move(frozen.timers);
  return true;
}

void EntityHost::rest() {
  if (!awake_) return;
  at_rest_ = snapshot().body;
  at_rest_.shrink_to_fit();
  awake_.reset();
}

void EntityHost::wake() {
  if (awake_) return;
  awake_ = new_awake();
  if (!thaw(at_rest_)) throw std::logic_error(to_text(self_) + " does not read its own snapshot");
  at_rest_ = {};
}

std::optional<Verdict> EntityHost::settled_before(const Stimulus& stimulus, std::uint64_t key_hash, Time now) const {
  const auto ends = [&](Outcome outcome) {
    Verdict verdict;
    verdict.reply.outcome = outcome;
    verdict.reply.version = sequence_;
    return verdict;
  };
  switch (stimulus.kind) {
    case Stimulus::Kind::client:
      if (key_hash != 0)
        if (const std::uint64_t seen = awake_->keys.find(key_hash, now, key_life_); seen != 0) {
          Verdict verdict = ends(Outcome::done);
          verdict.replays = seen;
          return verdict;
        }
      if (!stimulus.expected_versions.empty() &&
          std::ranges::find(stimulus.expected_versions, sequence_) == stimulus.expected_versions.end())
        return ends(Outcome::stale);
      return std::nullopt;
    case Stimulus::Kind::effect:
      if (awake_->taken.find(stimulus.key) == SenderMarks::Known::taken) return ends(Outcome::done);
      return std::nullopt;
    case Stimulus::Kind::answer:
      if (!awaits(stimulus.key.number) && !holds(awake_->given_back, stimulus.key.number)) return ends(Outcome::done);
      return std::nullopt;
    case Stimulus::Kind::given_up:
    case Stimulus::Kind::dropped:
      if (!awaits(stimulus.key.number)) return ends(Outcome::done);
      return std::nullopt;
    case Stimulus::Kind::timer: {
      auto timer = std::ranges::find(awake_->timers, stimulus.timer_name, &StoredTimer::name);
      if (timer == awake_->timers.end() || timer->generation != stimulus.timer_generation) return ends(Outcome::done);
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool EntityHost::may_have_taken(const Stimulus& stimulus) const {
  return stimulus.kind == Stimulus::Kind::effect && awake_->taken.find(stimulus.key) == SenderMarks::Known::forgotten;
}

bool EntityHost::awaits(std::uint64_t number) const {
  return std::ranges::find(awake_->awaited, number, &AwaitedAnswer::number) != awake_->awaited.end();
}

Verdict EntityHost::decide(const Stimulus& stimulus, Time now, Random& random) {
  const std::uint64_t key_hash = stimulus.kind == Stimulus::Kind::client ? hash_of_key(stimulus.origin) : 0;
  if (auto settled = settled_before(stimulus, key_hash, now)) return std::move(*settled);
  const bool client = stimulus.kind == Stimulus::Kind::client;
  if (client)
    if (auto obeyed = obey(stimulus, now, random)) return std::move(*obeyed);
  const Context context{now, stimulus.origin.caller, self_, random, sodium_crypto, &unicode::first_characters};
  Decision decision = entity_->decide(awake_->state.get(), context, stimulus.command);
  // An entity that does not exist yet remembers no refusal, so the repeat of a refused request is a new request.
  const bool keyed_refusal = key_hash != 0 && decision.rejection && sequence_ > 0;
  const bool nothing_to_keep =
      decision.events.empty() && decision.effects.empty() && decision.timers.empty() && decision.withdrawn.empty();
  // An answer that comes late, and the news that none came, change nothing that the host keeps.
  const bool may_be_nothing = client || stimulus.kind == Stimulus::Kind::given_up ||
                              (stimulus.kind == Stimulus::Kind::answer && !awaits(stimulus.key.number));
  if (may_be_nothing && !keyed_refusal && (decision.rejection || (nothing_to_keep && key_hash == 0))) {
    Verdict verdict;
    verdict.reply.outcome = decision.rejection ? Outcome::rejected : Outcome::done;
    verdict.reply.rejection = decision.rejection;
    verdict.reply.resource = decision.reply;
    verdict.reply.version = sequence_;
    if (!decision.rejection && stimulus.then) {
      Reply shown = query(stimulus.then, stimulus.origin.caller, now, random);
      shown.version = sequence_;
      verdict.reply = std::move(shown);
    }
    return verdict;
  }
  return record(stimulus, std::move(decision), now, random);
}

std::optional<Verdict> EntityHost::obey(const Stimulus& stimulus, Time now, Random& random) {
  const auto* retry = stimulus.command.get_if<RetryEffect>();
  const auto* drop = stimulus.command.get_if<DropEffect>();
  if (!retry && !drop) return std::nullopt;
  const EffectKey key{self_, retry ? retry->number : drop->number};
  const Caller& by = stimulus.origin.caller;
  const auto refused = [](std::string_view code, std::string why) {
    Verdict verdict;
    verdict.reply.outcome = Outcome::rejected;
    verdict.reply.rejection = Rejection{code, std::move(why)};
    return verdict;
  };
  if (!by.may(Permission::ops) || !awaits(key.number))
    return refused(entity_->rejections.front(), "no such effect is on its way");
  if (is_own_affair(*entity_, self_, awake_->state.get(), by.user))
    return refused(own_affair, "Somebody whom it does not concern looks after it.");
  Verdict verdict = record(stimulus, {}, now, random);
  verdict.orders.push_back(retry ? EffectOrder{EffectOrder::What::retry, key}
                                 : EffectOrder{EffectOrder::What::drop, key, drop->reason, by.permissions});
  return verdict;
}

void EntityHost::withdraw(const std::vector<Uuid>& subjects, const Stimulus& stimulus, JournalEntry& entry,
                          Verdict& verdict) const {
  for (const AwaitedAnswer& awaited : awake_->awaited) {
    if (awaited.subject == Uuid{} || std::ranges::find(subjects, awaited.subject) == subjects.end()) continue;
    if (stimulus.kind == Stimulus::Kind::answer && stimulus.key.number == awaited.number) continue;  // ends so
    if (holds(entry.given_back, awaited.number)) continue;
    entry.given_back.push_back(awaited.number);
    verdict.orders.push_back({EffectOrder::What::withdraw, {self_, awaited.number}});
  }
}

Verdict EntityHost::record(const Stimulus& stimulus, Decision decision, Time now, Random& random) {
  Verdict verdict;
  if (decision.rejection) {  // nothing of a refused decision counts but the refusal
    decision.events.clear();
    decision.effects.clear();
    decision.timers.clear();
    decision.withdrawn.clear();
  }
  const bool settles = stimulus.kind == Stimulus::Kind::effect ||
                       (stimulus.kind == Stimulus::Kind::answer && awaits(stimulus.key.number));
  JournalEntry entry{.entity = self_, .sequence = sequence_ + 1};
  const RequestOrigin& from = stimulus.origin;
  entry.origin = {.at = now,
                  .caller = from.caller,
                  .command = std::string(stimulus.command.type().name),
                  .sender = stimulus.kind == Stimulus::Kind::effect ? stimulus.key.sender : Address{},
                  .number = settles ? stimulus.key.number : 0,
                  .idempotency_key = from.idempotency_key,
                  .request_hash = from.request_hash,
                  .trace_id = from.trace_id,
                  .correlation_id = from.correlation_id};
  entry.events = std::move(decision.events);
  if (!entry.events.empty() && std::ranges::all_of(entry.events, [&](const AnyRecord& event) {
        auto found = std::ranges::find(entity_->events, &event.type(), &Alternative::type);
        return found != entity_->events.end() && found->lane == Lane::track;
      }))
    entry.lane = Lane::track;
  for (const AnyRecord& event : entry.events) entity_->evolve(awake_->state.get(), event);
  send(stimulus, std::move(decision.effects), entry, verdict);
  entry.effects_sent = effects_sent_ + verdict.outgoing.size();
  if (const auto* retry = stimulus.command.get_if<RetryEffect>()) entry.about = retry->about;
  if (const auto* drop = stimulus.command.get_if<DropEffect>()) {
    entry.note = drop->reason;
    entry.about = drop->about;
  }
  if (stimulus.kind == Stimulus::Kind::dropped) entry.given_back.push_back(stimulus.key.number);
  withdraw(decision.withdrawn, stimulus, entry, verdict);
  change_timers(stimulus, decision.timers, entry);

  verdict.reply = {.outcome = decision.rejection ? Outcome::rejected : Outcome::done,
                   .resource = std::move(decision.reply),
                   .rejection = decision.rejection};
  if (!decision.rejection && stimulus.then) verdict.reply = query(stimulus.then, from.caller, now, random);
  if (!from.idempotency_key.empty()) {
    StoredReply& kept = entry.reply.emplace();
    if (verdict.reply.rejection) {
      kept.rejection = verdict.reply.rejection->code;
      kept.detail = verdict.reply.rejection->detail;
      kept.blamed = verdict.reply.rejection->field;
    } else if (verdict.reply.resource) {
      kept.resource.value = codec::encode(verdict.reply.resource);
    }
  }
  take(entry);
  verdict.reply.version = sequence_;

  Write& write = verdict.write.emplace();
  write.shard = shard_;
  write.entity = self_;
  write.sequence = sequence_;
  write.lane = entry.lane;
  write.body = encode_body(entry);
  for (const auto& effect : verdict.outgoing) write.sends.push_back(effect.stored);
  if (settles) write.settled.push_back(stimulus.key);
  for (const std::uint64_t number : entry.given_back) write.settled.push_back({self_, number});
  write.timers = std::move(entry.timers);
  if (sequence_ - snapshot_sequence_ >= snapshot_every_ && !holds_more_) {
    write.snapshot = snapshot();
    snapshot_sequence_ = sequence_;
  }
  return verdict;
}

void EntityHost::send(const Stimulus& stimulus, std::vector<Effect> effects, JournalEntry& entry, Verdict& verdict) {
  for (Effect& effect : effects) {
    const std::uint64_t number = effects_sent_ + verdict.outgoing.size() + 1;
    OutgoingEffect& out = verdict.outgoing.emplace_back();
    out.stored.key = {self_, number};
    out.stored.receiver = effect.to;
    codec::encode_tagged(effect.command, out.stored.command);
    out.stored.trace_id = stimulus.origin.trace_id;
    out.stored.correlation_id = stimulus.origin.correlation_id;
    out.command = std::move(effect.command);
    if (!is_outside(effect.to.kind)) continue;
    entry.asked.push_back(number);
    const OutsideClass* outside = find_outside(effect.to.kind);
    entry.asked_about.push_back(outside ? outside->subject(out.command) : Uuid{});
  }
}

void EntityHost::change_timers(const Stimulus& stimulus, const std::vector<TimerChange>& changes, JournalEntry& entry) {
  if (stimulus.kind == Stimulus::Kind::timer)
    entry.timers.push_back({stimulus.timer_name, stimulus.timer_generation, std::nullopt});
  for (const TimerChange& change : changes) {
    std::erase_if(entry.timers, [&](const StoredTimer& timer) { return timer.name == change.name; });
    // The sequence serves as the generation: it grows, and needs no memory of cleared timers.
    entry.timers.push_back({change.name, entry.sequence, change.due});
  }
}

void EntityHost::take(const JournalEntry& entry) {
  sequence_ = entry.sequence;
  effects_sent_ = std::max(effects_sent_, entry.effects_sent);
  const Origin& origin = entry.origin;
  if (origin.sender.kind != EntityKind::none)
    awake_->taken.add({origin.sender, origin.number}, entry.sequence);
  else if (origin.number != 0)
    end_question(origin.number);
  for (const std::uint64_t number : entry.given_back) {
    end_question(number);
    awake_->given_back.push_back(number);
    if (awake_->given_back.size() > most_given_back) awake_->given_back.erase(awake_->given_back.begin());
  }
  for (std::size_t i = 0; i < entry.asked.size(); ++i)
    awake_->awaited.push_back({entry.asked[i], i < entry.asked_about.size() ? entry.asked_about[i] : Uuid{}});
  if (!origin.idempotency_key.empty())
    awake_->keys.add(hash_of_key({.caller = origin.caller, .idempotency_key = origin.idempotency_key}),
                     {entry.sequence, origin.at, keeps_keys(entity_->kind) && !entry.events.empty()}, key_life_);
  for (const StoredTimer& change : entry.timers) {
    std::erase_if(awake_->timers, [&](const StoredTimer& timer) { return timer.name == change.name; });
    if (change.due) awake_->timers.push_back(change);
  }
}

void EntityHost::end_question(std::uint64_t number) {
  std::erase_if(awake_->awaited, [&](const AwaitedAnswer& awaited) { return awaited.number == number; });
}

Reply EntityHost::query(const AnyRecord& query, const Caller& caller, Time now, Random& random) const {
  const Context context{now, caller, self_, random, sodium_crypto, &unicode::first_characters};
  Answer answer = entity_->answer(awake_->state.get(), context, query);
  return {.outcome = answer.rejection ? Outcome::rejected : Outcome::done,
          .resource = std::move(answer.resource),
          .rejection = std::move(answer.rejection),
          .version = sequence_};
}

Snapshot EntityHost::snapshot() const {
  Frozen frozen;
  codec::encode(*entity_->state, awake_->state.get(), frozen.state.value);
  frozen.effects_sent = effects_sent_;
  for (const auto& [sender, mark] : awake_->taken.all()) frozen.taken.push_back({sender, mark.number, mark.sequence});
  frozen.marks_forgotten = awake_->taken.has_forgotten();
  for (const auto& [hash, seen] : awake_->keys.all())
    frozen.keys.push_back({static_cast<std::int64_t>(hash), seen.sequence, seen.at, seen.lasts});
  for (const AwaitedAnswer& awaited : awake_->awaited) {
    frozen.awaited.push_back(awaited.number);
    frozen.awaited_about.push_back(awaited.subject);
  }
  frozen.given_back = awake_->given_back;
  frozen.timers = awake_->timers;
  Snapshot out{sequence_, {}};
  codec::encode(schema::type_of<Frozen>(), &frozen, out.body);
  return out;
}

}  // namespace caravan
