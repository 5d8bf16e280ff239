#include "storage/journal/postgres_batch.hpp"

#include <unordered_set>

#include "storage/journal/checksum.hpp"
#include "storage/journal/postgres_format.hpp"

namespace caravan::journal_tables {

namespace {

using journal_file::checksum;
using postgres::Column;
using postgres::Result;
using postgres::Statement;
using enum Column::Of;

bool lands(const Decision& decision, std::size_t write) {
  return decision.fates[write].status == CommitStatus::committed;
}

bool is_in_feed(const Write& write) { return write.sequence != 0 && write.lane == Lane::journal; }

/// Adds a statement unless it has no rows.
void add(std::vector<Statement>& out, std::string_view sql, const std::vector<const Column*>& columns,
         std::vector<postgres::Parameter> before = {}) {
  if (columns.front()->size() == 0) return;
  for (const Column* column : columns) before.push_back(column->parameter());
  out.push_back({sql, std::move(before)});
}

/// Both lanes are in one table, so that its key keeps a sequence from being taken twice.
void add_entries(std::vector<Statement>& out, const std::vector<Write>& batch, const Decision& decision,
                 const std::map<std::uint32_t, Fenced>& shards) {
  Column id(uuid), kind(number), sequence(number), lane(number), shard(number), numbers(number), place(number),
      sum(number), body(bytes);
  std::map<std::uint32_t, std::uint64_t> last;
  for (const auto& [name, fenced] : shards) last[name] = fenced.last - decision.shards.at(name);
  std::int64_t places = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Write& write = batch[i];
    if (!lands(decision, i) || write.sequence == 0) continue;
    id.add(write.entity.id);
    kind.add(to_number(write.entity.kind));
    sequence.add(write.sequence);
    lane.add(static_cast<std::int64_t>(write.lane));
    shard.add(std::int64_t{write.shard});
    if (is_in_feed(write)) {
      numbers.add(++last.at(write.shard));
      place.add(++places);
    } else {
      numbers.add_null();
      place.add_null();
    }
    sum.add(std::int64_t{checksum(write.entity, write.sequence, write.body)});
    body.add(std::string_view(write.body));
  }
  // All nodes wait for the feed's row, so the statement that locks it also has all rows in it: the server runs it only
  // once it has all of it, and a node that freezes while it sends locks nothing.
  add(out,
      places > 0 ? "WITH f AS (UPDATE feed SET head = head + $1 WHERE id = 1 RETURNING head), added AS ("
                   "INSERT INTO entry(id, kind, sequence, lane, shard, number, position, checksum, body)"
                   " SELECT u.id, u.kind, u.sequence, u.lane, u.shard, u.number, f.head - $1 + u.place, u.checksum,"
                   " u.body FROM f, unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
                   " $7::bigint[], $8::bigint[], $9::bigint[], $10::bytea[])"
                   " AS u(id, kind, sequence, lane, shard, number, place, checksum, body)) SELECT head FROM f"
                 : "INSERT INTO entry(id, kind, sequence, lane, shard, number, position, checksum, body)"
                   " SELECT u.id, u.kind, u.sequence, u.lane, u.shard, u.number, $1 + u.place, u.checksum, u.body"
                   " FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],"
                   " $8::bigint[], $9::bigint[], $10::bytea[])"
                   " AS u(id, kind, sequence, lane, shard, number, place, checksum, body)",
      {&id, &kind, &sequence, &lane, &shard, &numbers, &place, &sum, &body}, {places});
}

void add_effects(std::vector<Statement>& out, const std::vector<Write>& batch, const Decision& decision) {
  Column sender_kind(number), sender_id(uuid), count(number), receiver_kind(number), receiver_id(uuid), sum(number),
      trace(text), correlation(text), command(bytes);
  Column settled_kind(number), settled_id(uuid), settled_count(number);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!lands(decision, i)) continue;
    for (const PendingEffect& effect : batch[i].sends) {
      sender_kind.add(to_number(effect.key.sender.kind));
      sender_id.add(effect.key.sender.id);
      count.add(effect.key.number);
      receiver_kind.add(to_number(effect.receiver.kind));
      receiver_id.add(effect.receiver.id);
      sum.add(std::int64_t{checksum(effect.key.sender, effect.key.number, effect.command)});
      trace.add(std::string_view(effect.trace_id));
      correlation.add(std::string_view(effect.correlation_id));
      command.add(std::string_view(effect.command));
    }
    for (const EffectKey& key : batch[i].settled) {
      settled_kind.add(to_number(key.sender.kind));
      settled_id.add(key.sender.id);
      settled_count.add(key.number);
    }
  }
  add(out,
      "INSERT INTO outbox(sender_kind, sender_id, number, receiver_kind, receiver_id, checksum, trace_id,"
      " correlation_id, command) SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[],"
      " $5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::bytea[])",
      {&sender_kind, &sender_id, &count, &receiver_kind, &receiver_id, &sum, &trace, &correlation, &command});
  add(out,
      "DELETE FROM outbox USING unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS u(kind, id, number)"
      " WHERE outbox.sender_kind = u.kind AND outbox.sender_id = u.id AND outbox.number = u.number",
      {&settled_kind, &settled_id, &settled_count});
}

/// Of several changes of one timer or snapshot the last one counts: a statement may touch a row once.
void add_timers(std::vector<Statement>& out, const std::vector<Write>& batch, const Decision& decision) {
  std::map<std::pair<Address, std::string_view>, const StoredTimer*> newest;
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (lands(decision, i))
      for (const StoredTimer& timer : batch[i].timers) newest[{batch[i].entity, timer.name}] = &timer;
  Column id(uuid), kind(number), name(text), generation(number), due(number);
  Column cleared_id(uuid), cleared_kind(number), cleared_name(text);
  for (const auto& [key, timer] : newest) {
    const auto& [entity, timer_name] = key;
    (timer->due ? id : cleared_id).add(entity.id);
    (timer->due ? kind : cleared_kind).add(to_number(entity.kind));
    (timer->due ? name : cleared_name).add(timer_name);
    if (!timer->due) continue;
    generation.add(timer->generation);
    due.add(std::int64_t{timer->due->time_since_epoch().count()});
  }
  add(out,
      "INSERT INTO timer(id, kind, name, generation, due)"
      " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])"
      " ON CONFLICT(id, kind, name) DO UPDATE SET generation = excluded.generation, due = excluded.due",
      {&id, &kind, &name, &generation, &due});
  add(out,
      "DELETE FROM timer USING unnest($1::uuid[], $2::bigint[], $3::text[]) AS u(id, kind, name)"
      " WHERE timer.id = u.id AND timer.kind = u.kind AND timer.name = u.name",
      {&cleared_id, &cleared_kind, &cleared_name});
}

void add_snapshots(std::vector<Statement>& out, const std::vector<Write>& batch, const Decision& decision) {
  std::map<Address, const Snapshot*> newest;
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (lands(decision, i) && batch[i].snapshot) newest[batch[i].entity] = &*batch[i].snapshot;
  Column id(uuid), kind(number), sequence(number), sum(number), body(bytes);
  for (const auto& [entity, snapshot] : newest) {
    id.add(entity.id);
    kind.add(to_number(entity.kind));
    sequence.add(snapshot->sequence);
    sum.add(std::int64_t{checksum(entity, snapshot->sequence, snapshot->body)});
    body.add(std::string_view(snapshot->body));
  }
  add(out,
      "INSERT INTO snapshot(id, kind, sequence, checksum, body)"
      " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[])"
      " ON CONFLICT(id, kind) DO UPDATE SET sequence = excluded.sequence, checksum = excluded.checksum,"
      " body = excluded.body",
      {&id, &kind, &sequence, &sum, &body});
}

}  // namespace

Decision decide(const std::vector<Write>& batch, const Known& known,
                const std::map<std::uint32_t, std::uint64_t>& ours) {
  Decision decision;
  Known here;                              // what the batch itself adds
  std::unordered_set<Address> conflicted;  // a write of these stayed out, so what was decided upon it does too
  const auto newest_of = [&](const Address& entity) -> std::uint64_t {
    if (const auto found = here.newest.find(entity); found != here.newest.end()) return found->second;
    const auto found = known.newest.find(entity);
    return found == known.newest.end() ? 0 : found->second;
  };
  for (const Write& write : batch) {
    Committed& fate = decision.fates.emplace_back(Committed{CommitStatus::fenced, 0});
    if (const auto held = ours.find(write.shard); held == ours.end() || !write.may_land_under(held->second)) continue;
    std::uint64_t& entries = decision.shards[write.shard];
    bool fits = !conflicted.contains(write.entity) && (write.sequence == 0 || write.sequence > newest_of(write.entity));
    std::set<EffectKey> numbers;
    for (const PendingEffect& effect : write.sends)
      fits = fits && !known.taken.contains(effect.key) && !here.taken.contains(effect.key) &&
             numbers.insert(effect.key).second;
    if (!fits) {
      fate.status = CommitStatus::conflict;
      conflicted.insert(write.entity);
      continue;
    }
    fate.status = CommitStatus::committed;
    here.taken.merge(numbers);
    if (write.sequence != 0) here.newest[write.entity] = write.sequence;
    if (is_in_feed(write)) ++entries;
  }
  return decision;
}

Fence fence(const std::vector<Write>& batch, const Decision& decision, const std::vector<std::uint64_t>& epochs,
            const Known& known, bool ask_effects) {
  Column shard(number), epoch(number), entries(number);  // in order of shards, so that two never wait for each other
  for (const auto& [name, count] : decision.shards) {
    shard.add(std::int64_t{name});
    epoch.add(epochs.at(name));
    entries.add(count);
  }
  Column row(number), id(uuid), kind(number);
  Column effect_row(number), sender_kind(number), sender_id(uuid), count(number);
  std::unordered_set<Address> asked;
  std::int64_t effects = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (const PendingEffect& effect : batch[i].sends) {
      if (!ask_effects) break;
      effect_row.add(effects++);
      sender_kind.add(to_number(effect.key.sender.kind));
      sender_id.add(effect.key.sender.id);
      count.add(effect.key.number);
    }
    if (batch[i].sequence == 0 || known.newest.contains(batch[i].entity) || !asked.insert(batch[i].entity).second)
      continue;
    row.add(static_cast<std::int64_t>(i));
    id.add(batch[i].entity.id);
    kind.add(to_number(batch[i].entity.kind));
  }
  Fence out{.statements = {{"BEGIN"}}, .asks_newest = row.size() > 0, .asks_effects = effects > 0};
  add(out.statements,
      "UPDATE shard SET last = shard.last + u.entries, mark = shard.mark + 1"
      " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS u(id, epoch, entries)"
      " WHERE shard.id = u.id AND shard.epoch = u.epoch RETURNING shard.id, shard.last, shard.mark",
      {&shard, &epoch, &entries});
  add(out.statements,
      "SELECT u.n, (SELECT max(e.sequence) FROM entry e WHERE e.id = u.id AND e.kind = u.kind)"
      " FROM unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS u(n, id, kind)",
      {&row, &id, &kind});
  add(out.statements,
      "SELECT u.n FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::bigint[]) AS u(n, kind, id, number)"
      " JOIN outbox o ON o.sender_kind = u.kind AND o.sender_id = u.id AND o.number = u.number",
      {&effect_row, &sender_kind, &sender_id, &count});
  return out;
}

std::map<std::uint32_t, Fenced> shards_of(const std::vector<Result>& answers) {
  std::map<std::uint32_t, Fenced> shards;
  const Result& rows = answers.at(1);
  for (int row = 0; row < rows.rows(); ++row)
    shards[static_cast<std::uint32_t>(rows.integer(row, 0))] = {rows.natural(row, 1), rows.natural(row, 2)};
  return shards;
}

void learn(const std::vector<Write>& batch, const Fence& fence, const std::vector<Result>& answers, Known& known) {
  if (fence.asks_newest) {
    const Result& newest = answers.at(2);
    for (int row = 0; row < newest.rows(); ++row)
      known.newest[batch.at(newest.natural(row, 0)).entity] = newest.is_null(row, 1) ? 0 : newest.natural(row, 1);
  }
  if (!fence.asks_effects) return;
  std::vector<EffectKey> keys;
  for (const Write& write : batch)
    for (const PendingEffect& effect : write.sends) keys.push_back(effect.key);
  const Result& taken = answers.back();
  for (int row = 0; row < taken.rows(); ++row) known.taken.insert(keys.at(taken.natural(row, 0)));
}

std::vector<Statement> land(const std::vector<Write>& batch, const Decision& decision,
                            const std::map<std::uint32_t, Fenced>& shards) {
  std::vector<Statement> out;
  add_effects(out, batch, decision);
  add_timers(out, batch, decision);
  add_snapshots(out, batch, decision);
  add_entries(out, batch, decision, shards);
  out.push_back({"COMMIT"});
  return out;
}

std::uint64_t feed_entries(const std::vector<Write>& batch, const Decision& decision) {
  std::uint64_t entries = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) entries += lands(decision, i) && is_in_feed(batch[i]);
  return entries;
}

void set_positions(const std::vector<Write>& batch, std::uint64_t head, Decision& decision) {
  std::uint64_t position = head - feed_entries(batch, decision);
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (lands(decision, i) && is_in_feed(batch[i])) decision.fates[i].position = ++position;
}

}  // namespace caravan::journal_tables
