#include "config/commands/cluster.hpp"
#include "config/alone.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <thread>
#include <utility>

#include "actors/values/time.hpp"
#include "config/cluster.hpp"
#include "config/commands/cluster_tables.hpp"
#include "config/commands/progress.hpp"
#include "http/json/write.hpp"
#include "http/routes/operations/cluster_view.hpp"
#include "runtime/cluster/orders.hpp"
#include "storage/cluster/open.hpp"
#include "storage/journal/postgres_journal.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 200ms;
constexpr std::size_t told_changes = 12;
constexpr const char* clear_screen = "\x1b[H\x1b[2J";

std::unique_ptr<ClusterStore> store_of(const Settings& settings) {
  return open_cluster_store(settings.journal, settings.data);
}

Time wall_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void print_json(const AnyRecord& record) { print(http::to_json(record) + '\n'); }

/// Prints the text for people, or with --json the record for programs.
void tell(const ClusterWords& words, const std::string& text, const AnyRecord& record) {
  if (words.json)
    print_json(record);
  else
    print(text);
}

AnyRecord node_record(const ClusterSnapshot& rows, const std::string& name) {
  for (http::ClusterNodeView& node : http::cluster_view(rows).nodes)
    if (node.node_id == name) return AnyRecord(std::move(node));
  throw StorageError("node " + name + " is gone");
}

/// Reads the rows until `is_done`; false where the time is over first.
bool wait_for(ClusterStore& store, int seconds, const std::function<bool(const ClusterSnapshot&)>& is_done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    if (is_done(store.read())) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(look_every);
  }
}

std::size_t shards_of(const ClusterSnapshot& rows, const std::string& node) {
  return static_cast<std::size_t>(
      std::ranges::count_if(rows.shards, [&](const ShardRow& row) { return row.owner.node == node; }));
}

int too_late(const ClusterWords& words, const std::string& what) {
  std::fprintf(stderr, "caravan: %s after %d s; it goes on: `caravan cluster watch` shows how\n", what.c_str(),
               words.wait_seconds);
  return 1;
}

/// An order that the cluster does not take is a failure that tells the remedy.
template <class Order>
int obey(Order order) {
  try {
    return order();
  } catch (const cluster::OrderRefused& refused) {
    std::fprintf(stderr, "caravan: %s\n", refused.what());
    return 1;
  }
}

/// Whether a member lives. If the first look does not show it, looks again for a while: where clocks differ only a
/// change of the sign shows it.
bool show_life(SignsOfLife& signs, ClusterStore& store, const ClusterSnapshot& first) {
  const auto is_dead = [](const MemberRow& row) { return row.status == MemberStatus::dead; };
  if (std::ranges::all_of(first.members, is_dead)) return false;
  const auto is_shown = [&](const ClusterSnapshot& rows) {
    return signs.show(rows, wall_now(), std::chrono::steady_clock::now());
  };
  return is_shown(first) || wait_for(store, static_cast<int>(SignsOfLife::young.count()), is_shown);
}

constexpr const char* no_life = "NOT WHOLE: no node shows a sign of life\n";

std::string counted_shards(std::size_t count) { return fmt::format("{} shard{}", count, count == 1 ? "" : "s"); }

constexpr const char* is_even = "loads are even: nothing is to move\n";

int told_plan(const ClusterWords& words, std::size_t moves) {
  if (!words.json)
    print(moves == 0 ? is_even : "nothing was moved: this is what `caravan cluster rebalance` would begin with\n");
  return 0;
}

}  // namespace

int print_cluster_status(const Settings& settings, const ClusterWords& words) {
  const auto store = store_of(settings);
  const ClusterSnapshot rows = store->read();
  http::ClusterView view = http::cluster_view(rows);
  // When all members died at once, nobody is left to write that into the rows: only missing signs of life tell.
  SignsOfLife signs;
  const bool is_alive = !view.is_cluster || show_life(signs, *store, rows);
  view.is_whole = view.is_whole && is_alive;
  const std::string headline = is_alive ? cluster_headline(rows) : no_life;
  if (words.json)
    print_json(AnyRecord(view));
  else
    print(headline + (view.is_cluster ? "\n" + nodes_table(rows, wall_now(), false) : ""));
  return view.is_whole ? 0 : 1;
}

int print_cluster_nodes(const Settings& settings, const ClusterWords& words) {
  const ClusterSnapshot rows = store_of(settings)->read();
  if (!words.json) return print(nodes_table(rows, wall_now(), true)), 0;
  for (const http::ClusterNodeView& node : http::cluster_view(rows).nodes) print_json(AnyRecord(node));
  return 0;
}

int print_cluster_shards(const Settings& settings, const ClusterWords& words) {
  const ClusterSnapshot rows = store_of(settings)->read();
  if (!words.json) return print(shards_table(rows)), 0;
  for (const http::ShardView& shard : http::shard_views(rows)) print_json(AnyRecord(shard));
  return 0;
}

int drain_cluster_node(const Settings& settings, const ClusterWords& words) {
  return obey([&] {
    const auto store = store_of(settings);
    const std::size_t all = shards_of(store->read(), words.node);
    cluster::order_drain(*store, words.node);
    const auto told = [&](const std::string& text) { tell(words, text, node_record(store->read(), words.node)); };
    if (words.wait_seconds == 0) return told("node " + words.node + " gives its shards away\n"), 0;
    {
      ProgressBar bar("draining");
      if (!wait_for(*store, words.wait_seconds, [&](const ClusterSnapshot& rows) {
            const std::size_t left = shards_of(rows, words.node);
            bar.show(all - std::min(left, all), all);
            return left == 0;
          }))
        return too_late(words, "node " + words.node + " has shards still");
    }
    told(fmt::format("node {} owns no shards{}: stop it when you like; started again it takes its share\n", words.node,
                     all == 0 ? "" : fmt::format(" any more, {} went to others", all)));
    return 0;
  });
}

int move_cluster_shard(const Settings& settings, const ClusterWords& words) {
  return obey([&] {
    const auto store = store_of(settings);
    cluster::order_move(*store, words.shard, words.node);
    const auto has_moved = [&](const ClusterSnapshot& rows) {
      const ShardRow& row = rows.shards[words.shard];
      return row.owner.node == words.node && row.phase == MovePhase::steady;
    };
    const std::string shard = fmt::format("shard {}", words.shard);
    const auto told = [&](const std::string& text) {
      const ClusterSnapshot rows = store->read();
      tell(words, text, AnyRecord(http::shard_view(rows, rows.shards[words.shard])));
    };
    if (words.wait_seconds == 0) return told(shard + " goes to node " + words.node + "\n"), 0;
    if (!wait_for(*store, words.wait_seconds, has_moved)) return too_late(words, shard + " is on its way still");
    told(shard + " is at node " + words.node + "\n");
    return 0;
  });
}

int rebalance_cluster(const Settings& settings, const ClusterWords& words) {
  const auto store = store_of(settings);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(words.wait_seconds);
  std::size_t moved = 0;
  for (;;) {
    const ClusterSnapshot rows = store->read();
    const auto moves = cluster::moves_to_even(rows);
    const bool is_still =
        std::ranges::all_of(rows.shards, [](const ShardRow& row) { return row.phase == MovePhase::steady; });
    for (const cluster::Relocation& move : moves) {
      ShardRow row = rows.shards[move.shard];
      row.phase = MovePhase::leaving;
      row.target = move.to;
      http::ShardView view = http::shard_view(rows, row);
      if (words.dry_run) view.phase = "planned";
      tell(words, fmt::format("shard {}: {} -> {}\n", move.shard, row.owner.node, move.to.node), AnyRecord(view));
    }
    if (words.dry_run) return told_plan(words, moves.size());
    if (moves.empty() && is_still) break;
    moved += cluster::order_moves(*store, rows, moves);
    if (words.wait_seconds == 0) break;
    if (std::chrono::steady_clock::now() >= end) return too_late(words, "loads are uneven still");
    std::this_thread::sleep_for(look_every);
  }
  if (!words.json) print(moved == 0 ? is_even : counted_shards(moved) + " moved\n");
  return 0;
}

int reset_cluster(const Settings& settings, const ClusterWords&) {
  return obey([&] {
    if (settings.journal.empty())
      throw StorageError("--journal: name the database, postgresql://…; `caravan restore` needs no reset");
    refuse_living_members(settings);
    const auto store = store_of(settings);
    const auto journal = open_postgres_journal(settings.journal, {.shards = 0});
    const std::size_t members = cluster::order_reset(*store, *journal);
    print(fmt::format("all {} shards are free, {} nodes of before are dead: start the nodes\n", journal->shard_count(),
                      members));
    return 0;
  });
}

int pause_cluster(const Settings& settings, const ClusterWords& words, bool is_paused) {
  const auto store = store_of(settings);
  store->put_paused(is_paused);
  tell(words,
       is_paused ? "shards do not move any more to even loads out; nodes that drain still give theirs away: `caravan "
                   "cluster resume` ends the pause\n"
                 : "shards move again to even loads out\n",
       AnyRecord(http::cluster_view(store->read())));
  return 0;
}

int watch_cluster(const Settings& settings, const ClusterWords& words) {
  const auto store = store_of(settings);
  const bool on_terminal = ::isatty(STDOUT_FILENO) == 1;
  std::deque<std::string> told;
  std::optional<ClusterSnapshot> before;
  bool answers = true, lived = true;
  SignsOfLife signs;
  for (int picture = 1;; ++picture) {
    const std::string now = to_rfc3339(wall_now()) + "  ";
    std::string text;
    std::vector<std::string> changes;
    try {
      const ClusterSnapshot rows = store->read();
      if (before) changes = changes_between(*before, rows);
      if (!std::exchange(answers, true)) changes.emplace_back("the store answers again");
      http::ClusterView view = http::cluster_view(rows);
      const bool lives = !view.is_cluster || (before ? signs.show(rows, wall_now(), std::chrono::steady_clock::now())
                                                     : show_life(signs, *store, rows));
      if (lives != std::exchange(lived, lives))
        changes.emplace_back(lives ? "a node shows life again" : "no node shows a sign of life");
      view.is_whole = view.is_whole && lives;
      if (words.json) print_json(AnyRecord(view));
      text = (lives ? cluster_headline(rows) : no_life) + "\n" + nodes_table(rows, wall_now(), false) + "\n";
      before = rows;
    } catch (const StorageError& error) {
      text = std::string("the store does not answer: ") + error.what() + "\n\n";
      if (words.json) std::fprintf(stderr, "caravan: %s", text.c_str());
      if (std::exchange(answers, false)) changes.push_back(text.substr(0, text.size() - 2));
    }
    for (const std::string& change : changes) told.push_back(now + change + '\n');
    while (on_terminal && told.size() > told_changes) told.pop_front();
    const std::string news = fmt::format("{}", fmt::join(told, ""));
    // A file or pipe gets the whole picture once, and from then on only what changes.
    if (!words.json) print((on_terminal ? clear_screen : "") + (on_terminal || picture == 1 ? now + text : "") + news);
    if (!on_terminal) told.clear();
    if (picture == words.pictures) return 0;
    std::this_thread::sleep_for(std::chrono::seconds(words.every_seconds));
  }
}

}  // namespace caravan
