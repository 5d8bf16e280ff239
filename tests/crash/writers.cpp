#include <algorithm>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/crash/writer.hpp"

namespace caravan::testing {

namespace {

using nlohmann::json;

/// Compares what is there with what must be; `underway` may be there too, once.
void compare(const std::string& what, const std::vector<std::string>& there, const std::vector<std::string>& expected,
             const std::string& underway, Faults& faults) {
  std::map<std::string, int> count;
  for (const std::string& one : there) ++count[one];
  for (const std::string& one : expected)
    if (const int times = std::exchange(count[one], 0); times != 1)
      faults.add(what + ", acknowledged, is there " + std::to_string(times) + " times: " + one);
  for (const auto& [one, times] : count)
    if (times > 0 && (one != underway || times > 1))
      faults.add(what + ", not acknowledged, is there " + std::to_string(times) + " times: " + one);
}

/// Sends messages, to a new delivery now and then.
class Talker : public Writer {
 public:
  using Writer::Writer;

  void write() override {
    for (int number = 0;; ++number) {
      if (number % texts_a_delivery == 0) {
        Conversation next{accepted_delivery().delivery, {}};
        talks_.push_back(std::move(next));
      }
      underway_ = name_ + '-' + std::to_string(number);
      market_.call("POST", "/deliveries/" + talks_.back().delivery + "/messages", customer_.token,
                   json{{"text", underway_}}.dump());
      talks_.back().texts.push_back(std::exchange(underway_, {}));
    }
  }

  void check(Market& market, Faults& faults, bool all) override {
    for (auto talk = talks_.rbegin(); talk != talks_.rend(); ++talk) {
      const std::string path = "/deliveries/" + talk->delivery + "/messages?limit=200";
      const HttpAnswer page = market.call("GET", path, traveler_.token);
      compare("a message", json_column(page.body, "text"), talk->texts, talk == talks_.rbegin() ? underway_ : "",
              faults);
      if (!all) return;
    }
  }

 private:
  static constexpr int texts_a_delivery = 150;
  struct Conversation {
    std::string delivery;
    std::vector<std::string> texts;  // acknowledged
  };
  std::vector<Conversation> talks_;
  std::string underway_;
};

/// Reports positions, one by one and in batches. The n-th is so far north that it can be told from the others.
class Tracker : public Writer {
 public:
  using Writer::Writer;

  void write() override {
    while (true) {
      const MarketDelivery delivery = accepted_delivery();
      pick_up(delivery);
      market_.call("POST", "/location/tracking/start", traveler_.token, json{{"deliveryId", delivery.delivery}}.dump());
      tracks_.push_back({delivery.delivery, 0});
      while (tracks_.back().points < points_a_delivery) {
        const bool batch = tracks_.back().points % 5 == 4;
        underway_ = batch ? points_a_batch : 1;
        json body = {{"deliveryId", delivery.delivery}};
        if (batch)
          for (int i = 0; i < points_a_batch; ++i) body["points"].push_back(point(tracks_.back().points + i));
        else
          body.update(point(tracks_.back().points));
        const std::string taken = market_
                                      .call("POST", batch ? "/location/tracking/batch" : "/location/tracking/update",
                                            traveler_.token, body.dump())
                                      .body;
        if (json_at(taken, "accepted") != std::to_string(underway_)) throw std::runtime_error("points: " + taken);
        tracks_.back().points += std::exchange(underway_, 0);
      }
    }
  }

  void check(Market& market, Faults& faults, bool all) override {
    for (auto track = tracks_.rbegin(); track != tracks_.rend(); ++track) {
      const int more = track == tracks_.rbegin() ? underway_ : 0;
      const HttpAnswer shown =
          market.call("GET", "/location/tracking/" + track->delivery + "/history", customer_.token);
      const json line = json::parse(shown.body)["geometry"]["coordinates"];
      const int count = static_cast<int>(line.size());
      if (count != track->points && count != track->points + more)
        faults.add(std::to_string(count) + " points of a track are there, not " + std::to_string(track->points) +
                   " or " + std::to_string(more) + " more");
      for (int i = 0; i < count; ++i)
        if (std::abs(line[static_cast<std::size_t>(i)][1].get<double>() - latitude(i)) > step / 2)
          faults.add("point " + std::to_string(i) + " of a track is another one: " + line.dump());
      if (!all) return;
    }
  }

 private:
  static constexpr int points_a_delivery = 200, points_a_batch = 10;
  static constexpr double step = 0.001;
  static double latitude(int number) { return 41.0 + step * number; }
  json point(int number) const {
    const std::time_t at = began_ - points_a_delivery * 2 + number;
    std::tm parts{};
    gmtime_r(&at, &parts);
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {{"location", {{"lat", latitude(number)}, {"lng", -72.5}}}, {"accuracy", 10}, {"timestamp", text}};
  }
  struct Track {
    std::string delivery;
    int points;  // acknowledged
  };
  const std::time_t began_ = std::time(nullptr);
  std::vector<Track> tracks_;
  int underway_ = 0;
};

/// Carries parcels all the way, from the request to the money; every fourth is cancelled before its pickup.
class Carrier : public Writer {
 public:
  using Writer::Writer;

  void write() override {
    for (int number = 0;; ++number) {
      if (number % parcels_a_trip == 0) trip_ = market_.trip(traveler_);
      MarketDelivery parcel;
      parcel.trip = trip_;
      requesting_ = true;
      parcel.request = market_.request(customer_);
      requests_.push_back(parcel.request);
      requesting_ = false;
      parcel.offer = market_.offer(traveler_, parcel.request, trip_);
      accepting_ = true;
      accept(parcel);
      deliveries_.push_back({parcel.delivery, {"accepted"}});
      accepting_ = false;
      if (number % 4 == 3) {
        step({"cancelled"}, [&] { cancel(parcel); });
        continue;
      }
      step({"picked_up"}, [&] { pick_up(parcel); });
      step({"picked_up", "in_transit"}, [&] {  // set off, once a position says so
        const std::string of = json{{"deliveryId", parcel.delivery}}.dump();
        market_.call("POST", "/location/tracking/start", traveler_.token, of);
      });
      step({"delivered"}, [&] { hand_over(parcel); });
    }
  }

  void check(Market& market, Faults& faults, bool all) override {
    check_list(market, "/delivery-requests", "requestId", requests_, requesting_, faults);
    std::vector<std::string> ids;
    for (const Parcel& parcel : deliveries_) ids.push_back(parcel.delivery);
    check_list(market, "/deliveries", "deliveryId", ids, accepting_, faults);
    for (std::size_t i = 0; i < deliveries_.size(); ++i) {
      if (!all && i + 3 < deliveries_.size()) continue;
      const HttpAnswer shown = market.call("GET", "/deliveries/" + deliveries_[i].delivery, customer_.token);
      const std::string status = json_at(shown.body, "status");
      if (!deliveries_[i].may_be.contains(status))
        faults.add("a delivery should be " + *deliveries_[i].may_be.begin() + ": " + shown.body);
      const HttpAnswer timeline =
          market.call("GET", "/deliveries/" + deliveries_[i].delivery + "/timeline", customer_.token);
      for (const char* once : {"accepted", "picked_up", "delivered", "cancelled"}) {
        std::vector<std::string> kinds = json_column(timeline.body, "type");
        if (std::ranges::count(kinds, once) > 1) faults.add("twice " + std::string(once) + ": " + timeline.body);
      }
    }
  }

 private:
  static constexpr int parcels_a_trip = 90;
  static constexpr std::size_t newest = 20;
  struct Parcel {
    std::string delivery;
    std::set<std::string> may_be;
  };

  void step(const std::set<std::string>& next, const std::function<void()>& work) {
    deliveries_.back().may_be.insert(next.begin(), next.end());
    work();
    deliveries_.back().may_be = next;
  }

  /// The newest of a list are those that were acknowledged, in their order, and besides only what is under way.
  void check_list(Market& market, const std::string& path, const std::string& id, const std::vector<std::string>& known,
                  bool underway, Faults& faults) {
    std::vector<std::string> expected(known.rbegin(),
                                      known.rbegin() + static_cast<std::ptrdiff_t>(std::min(newest, known.size())));
    std::string shown;
    if (!soon([&] {
          shown = market.call("GET", path + "?limit=" + std::to_string(newest + 1), customer_.token).body;
          std::vector<std::string> there = json_column(shown, id);
          if (underway && there.size() > 0 && (known.empty() || there.front() != known.back()))
            there.erase(there.begin());
          if (known.size() >= newest) there.resize(std::min(there.size(), newest));
          return there == expected;
        }))
      faults.add(path + " does not show what was acknowledged, once each: " + shown);
  }

  std::string trip_;
  std::vector<std::string> requests_;
  std::vector<Parcel> deliveries_;
  bool requesting_ = false, accepting_ = false;
};

/// Fills its wallet with cards and accounts, and takes them out again.
class Payer : public Writer {
 public:
  using Writer::Writer;

  void write() override {
    methods_.push_back(customer_.card);
    accounts_.push_back(customer_.account);
    while (true) {
      add("/payments/methods", "methodId", methods_, 12);
      add("/payments/payout-accounts", "accountId", accounts_, 6);
    }
  }

  void check(Market& market, Faults& faults, bool) override {
    check_list(market, "/payments/methods", "methodId", methods_, faults);
    check_list(market, "/payments/payout-accounts", "accountId", accounts_, faults);
  }

 private:
  void add(const std::string& path, const std::string& id, std::vector<std::string>& known, std::size_t most) {
    adding_ = path;
    known.push_back(
        json_at(market_.call("POST", path, customer_.token, R"({"provider":"sandbox","token":"tok_ok"})").body, id));
    adding_.clear();
    if (known.size() < most) return;
    removing_ = known.front();
    market_.call("DELETE", path + '/' + removing_, customer_.token);
    known.erase(known.begin());
    removing_.clear();
  }

  void check_list(Market& market, const std::string& path, const std::string& id, const std::vector<std::string>& known,
                  Faults& faults) {
    const std::string shown = market.call("GET", path + "?limit=50", customer_.token).body;
    std::vector<std::string> there = json_column(shown, id);
    std::vector<std::string> expected = known;
    if (std::erase(expected, removing_) > 0) std::erase(there, removing_);
    std::string underway;
    if (adding_ == path)
      for (const std::string& one : there)
        if (std::ranges::find(expected, one) == expected.end()) underway = one;
    compare("in " + path, there, expected, underway, faults);
  }

  std::vector<std::string> methods_, accounts_;
  std::string adding_, removing_;  // under way
};

}  // namespace

std::vector<std::unique_ptr<Writer>> make_writers(int port, Gate& gate, int crews) {
  std::vector<std::unique_ptr<Writer>> writers;
  for (int crew = 0; crew < crews; ++crew) {
    const std::string number = std::to_string(crew);
    writers.push_back(std::make_unique<Talker>(port, gate, "talker" + number));
    writers.push_back(std::make_unique<Tracker>(port, gate, "tracker" + number));
    writers.push_back(std::make_unique<Carrier>(port, gate, "carrier" + number));
    writers.push_back(std::make_unique<Payer>(port, gate, "payer" + number));
  }
  return writers;
}

}  // namespace caravan::testing
