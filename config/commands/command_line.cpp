#include "config/commands/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "config/commands/cluster.hpp"
#include "config/commands/commands.hpp"

namespace caravan {

namespace {

constexpr int usage_fault = 2;

/// What the command line said, before settings are resolved.
struct Given {
  std::optional<std::string> file;
  std::map<std::string, std::string> flags;
  int wait_seconds = 5;
  bool config_as_json = false;
  std::string demo_url;
  std::string folder, target, until;
  JournalDump dump;
  TripImport import;
  ClusterWords cluster;
  std::function<int(const ResolvedSettings&)> run;
};

/// Refuses a value that is itself a flag: the library takes whatever word follows for the value.
std::string value_of(const std::string& flag, const std::string& value) {
  if (value.starts_with("--")) throw CLI::ArgumentMismatch::TypedAtLeast(flag, 1, "");
  return value;
}

/// Every setting as a flag of this command; `only` limits it to some.
void add_settings(CLI::App& command, Given& given, std::initializer_list<std::string_view> only = {}) {
  command
      .add_option_function<std::string>(
          "--config", [&given](const std::string& value) { given.file = value_of("--config", value); },
          "A TOML file with settings (also CARAVAN_CONFIG)")
      ->type_name("FILE");
  const auto add = [&](const std::string& name, const std::string& help) {
    command
        .add_option_function<std::string>(
            "--" + name, [&given, name](const std::string& value) { given.flags[name] = value_of("--" + name, value); },
            help)
        ->type_name("")
        ->group("Settings");
  };
  for (const Setting& setting : setting_table()) {
    if (only.size() != 0 && std::ranges::find(only, setting.name) == only.end()) continue;
    const std::string name(setting.name);
    add(name,
        std::string(setting.help) + ". Default: " + setting_text(setting, Settings{}) + "; " + setting_bounds(setting));
    if (setting.secret) add(secret_file_name(setting), "a file that holds " + name);
  }
}

CLI::App& add_command(CLI::App& app, Given& given, const std::string& name, const std::string& what,
                      std::function<int(const ResolvedSettings&)> run) {
  CLI::App& command = *app.add_subcommand(name, what);
  command.allow_extras();
  command.callback([&given, run = std::move(run)] { given.run = run; });
  return command;
}

void add_plain_commands(CLI::App& app, Given& given) {
  CLI::App& server = add_command(app, given, "serve", "Serve the platform over HTTP until stopped",
                                 [](const ResolvedSettings& settings) { return serve(settings.values); });
  add_settings(server, given);
  CLI::App& config = add_command(
      app, given, "config", "Print every setting with its value, default, bounds and source",
      [&given](const ResolvedSettings& settings) { return print_settings(settings, given.config_as_json); });
  config.add_flag("--json", given.config_as_json, "As JSON");
  add_settings(config, given);
  CLI::App& demo = add_command(app, given, "demo", "Play the demo market on a running sandbox node, as a client",
                               [&given](const ResolvedSettings& settings) {
                                 return play_demo(settings.values, given.demo_url, given.wait_seconds);
                               });
  demo.add_option("--url", given.demo_url,
                  "How the node is reached, such as https://caravan.example; default: http://, and --http")
      ->type_name("URL");
  demo.add_option("--wait", given.wait_seconds, "Seconds to wait for the node to be ready")->type_name("SECONDS");
  add_settings(demo, given, {"http", "bootstrap-admin"});
  add_command(app, given, "openapi", "Print the OpenAPI 3.1 description of every route, made from the route table",
              [](const ResolvedSettings&) { return print_openapi(); });
  add_command(app, given, "version", "Print the release", [](const ResolvedSettings&) { return print_version(); });
}

void add_journal_commands(CLI::App& app, Given& given) {
  CLI::App& journal = *app.add_subcommand("journal", "Look at a journal, beside running nodes too");
  journal.allow_extras();
  const auto add = [&](const char* name, const char* what, std::function<int(const ResolvedSettings&)> run) {
    CLI::App& command = add_command(journal, given, name, what, std::move(run));
    add_settings(command, given, {"data", "journal"});
    return &command;
  };
  add("verify", "Check every checksum, body and sequence",
      [](const ResolvedSettings& settings) { return verify_journal(settings.values); });
  add("stats", "Count entities, entries, snapshots, effects and timers",
      [](const ResolvedSettings& settings) { return print_journal_stats(settings.values); });
  CLI::App* dump =
      add("dump",
          "Print entries, oldest first, one JSON object a line, with secrets: those of mails, QR codes and payments",
          [&given](const auto& settings) { return dump_journal(settings.values, given.dump); });
  dump->add_option("--entity", given.dump.entity, "Only this one, such as trip/0190…, its track too")
      ->type_name("ENTITY");
  dump->add_option("--after", given.dump.after, "Only after this position (with --entity: this sequence)")
      ->type_name("POSITION");
  dump->add_option("--limit", given.dump.limit, "At most so many")->type_name("COUNT");
}

void add_import_commands(CLI::App& app, Given& given) {
  CLI::App& import = *app.add_subcommand("import", "Bring data of others in, while no node serves the data folder");
  import.allow_extras();
  CLI::App& trips =
      add_command(import, given, "trips", "Publish the flights of a file as trips; repeating it makes no doubles",
                  [&given](const auto& settings) { return import_trips_file(settings.values, given.import); });
  trips.add_option("file", given.import.file, "Tab-separated flights, plain or gzipped")->required()->type_name("FILE");
  trips.add_option("--first-day", given.import.first_day, "When the first trip departs; default: tomorrow")
      ->type_name("YYYY-MM-DD");
  trips
      .add_option_function<std::string>(
          "--bad-lines", [&given](const std::string& word) { given.import.refuse_bad_lines = word == "refuse"; },
          "What to do with lines that are not flights: skip them (default) or refuse the file")
      ->check(CLI::IsMember({"skip", "refuse"}));
  trips.add_option("--most", given.import.most, "Import so many flights at most")->type_name("COUNT");
  add_settings(trips, given, {"data", "journal", "shards"});
}

void add_backup_commands(CLI::App& app, Given& given) {
  CLI::App& backup = add_command(
      app, given, "backup",
      "Copy journal, keys and uploads, beside a running node too, into a new folder; again: what is new, as one more "
      "point to restore",
      [&given](const auto& settings) { return back_up_data(settings.values, given.folder); });
  backup.add_option("folder", given.folder, "A new folder, or that of an earlier backup")
      ->required()
      ->type_name("FOLDER");
  add_settings(backup, given, {"data", "journal"});
  CLI::App& restore =
      add_command(app, given, "restore", "Fill an empty data folder from a backup",
                  [&given](const auto& settings) { return restore_data(settings.values, given.folder, given.until); });
  restore.add_option("folder", given.folder, "The folder that `caravan backup` made")->required()->type_name("FOLDER");
  restore
      .add_option("--until", given.until,
                  "The newest point of the backup that is not after this time (2030-02-01T12:00:00Z) or position")
      ->type_name("TIME|POSITION");
  add_settings(restore, given, {"data"});
}

void add_migrate_command(CLI::App& app, Given& given) {
  CLI::App& migrate = add_command(
      app, given, "migrate",
      "Carry the data folder's journal into PostgreSQL, beside a running node until that stops; goes on where it ended",
      [&given](const auto& settings) { return migrate_journal(settings.values, given.target); });
  migrate.add_option("--to", given.target, "postgresql://user@host:5432/database, with no other journal in it")
      ->required()
      ->type_name("URL");
  add_settings(migrate, given, {"data"});
}

void add_json(CLI::App& command, Given& given) {
  command.add_flag("--json", given.cluster.json, "As JSON, an object a line");
}

void add_cluster_orders(CLI::App& cluster, Given& given, const auto& add) {
  CLI::App& drain = add("drain", "Move everything off a node, which can be stopped then", drain_cluster_node);
  drain.add_option("node", given.cluster.node, "Its name")->required()->type_name("NODE");
  CLI::App& move = add("move", "Move one shard to another node", move_cluster_shard);
  move.add_option("shard", given.cluster.shard, "Its number")->required()->type_name("SHARD");
  move.add_option("node", given.cluster.node, "The name of the node that gets it")->required()->type_name("NODE");
  CLI::App& rebalance =
      add("rebalance", "Even the loads out now, however small the need; also in a pause", rebalance_cluster);
  rebalance.add_flag("--dry-run", given.cluster.dry_run, "Only tell what would move first");
  for (CLI::App* order : {&drain, &move, &rebalance}) {
    add_json(*order, given);
    order
        ->add_option("--wait", given.cluster.wait_seconds,
                     "Seconds to wait until it is done; 0: not at all. Default: 60")
        ->check(CLI::Range(0, 3'600))
        ->type_name("SECONDS");
  }
  add("reset", "After the database was put back to an earlier moment, with all nodes stopped: free its shards",
      reset_cluster);
  for (const bool pauses : {true, false}) {
    CLI::App& command = add_command(
        cluster, given, pauses ? "pause" : "resume",
        pauses ? "Move no shards any more to even loads out" : "End the pause",
        [&given, pauses](const auto& settings) { return pause_cluster(settings.values, given.cluster, pauses); });
    add_settings(command, given, {"data", "journal"});
    add_json(command, given);
  }
}

void add_cluster_commands(CLI::App& app, Given& given) {
  CLI::App& cluster =
      *app.add_subcommand("cluster", "Look at a cluster and give it orders, in its store: nodes need not answer");
  cluster.allow_extras();
  const auto add = [&](const char* name, const char* what,
                       int (*run)(const Settings&, const ClusterWords&)) -> CLI::App& {
    CLI::App& command = add_command(cluster, given, name, what, [&given, run](const ResolvedSettings& settings) {
      return run(settings.values, given.cluster);
    });
    add_settings(command, given, {"data", "journal"});
    return command;
  };
  CLI::App* const looks[] = {
      &add("status", "Whether all is well: 0 where every shard has a living owner", print_cluster_status),
      &add("nodes", "A line a node, also those that left or died", print_cluster_nodes),
      &add("shards", "Owner, epoch, load and actors of each shard", print_cluster_shards)};
  for (CLI::App* look : looks) add_json(*look, given);
  add_cluster_orders(cluster, given, add);
  CLI::App& watch = add("watch", "Nodes and what changes, again and again, until Ctrl-C", watch_cluster);
  add_json(watch, given);
  watch.add_option("--every", given.cluster.every_seconds, "Seconds between two looks. Default: 1")
      ->check(CLI::Range(1, 3'600))
      ->type_name("SECONDS");
  watch.add_option("--looks", given.cluster.pictures, "End after so many")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("COUNT");
}

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// The innermost command that was named.
const CLI::App& chosen(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : chosen(*commands.front());
}

/// What the command line library could not read, in our words and with the remedy, since its own only count arguments.
std::string told(const CLI::ParseError& fault, const CLI::App& app) {
  std::string what = fault.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&fault)) what = what.substr(0, what.find(':')) + " needs a value";
  if (dynamic_cast<const CLI::RequiredError*>(&fault)) what = "missing: " + what;
  std::string command = app.get_name();
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    command += ' ' + at->get_name();
  }
  return what + ": `" + command + " --help` tells more";
}

/// Refuses words that no command took, and names the nearest word that one would have taken.
void refuse_extras(const CLI::App& app) {
  const CLI::App& command = chosen(app);
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) return;
  const std::string word = extras.front().substr(0, extras.front().find('='));
  const std::string near = nearest_word(word, names_of(command));
  throw SettingsError(
      "unknown " + std::string(word.starts_with('-') ? "flag " : "word ") + word +
      (near.empty() ? ": `" + app.get_name() + " --help` lists what there is" : ": did you mean " + near + "?"));
}

int run(CLI::App& app, Given& given) {
  refuse_extras(app);
  if (!given.run) {
    std::fputs(app.help().c_str(), stdout);
    return usage_fault;
  }
  const ResolvedSettings settings =
      resolve_settings({given.file, environment_settings(), {given.flags.begin(), given.flags.end()}});
  return given.run(settings);
}

}  // namespace

int run_command_line(int count, char** words) {
  CLI::App app("Caravan: a peer-to-peer delivery platform on durable actors.", "caravan");
  app.allow_extras();
  app.footer(
      "Each command tells more with --help. Settings also come from a file (--config) and from CARAVAN_…\n"
      "variables; `caravan config` shows them all.");
  Given given;
  add_plain_commands(app, given);
  add_journal_commands(app, given);
  add_import_commands(app, given);
  add_backup_commands(app, given);
  add_migrate_command(app, given);
  add_cluster_commands(app, given);
  try {
    app.parse(count, words);
    return run(app, given);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "caravan: %s\n", told(error, app).c_str());
    return usage_fault;
  } catch (const SettingsError& error) {
    std::fprintf(stderr, "caravan: %s\n", error.what());
    return usage_fault;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "caravan: %s\n", error.what());
    return 1;
  }
}

}  // namespace caravan
