#include <sys/random.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "config/commands/commands.hpp"
#include "config/commands/demo_market.hpp"

namespace caravan::demo {

namespace {

constexpr int journeys = 7;
constexpr auto ready_poll = std::chrono::milliseconds(100);

void heading(int journey, const char* title) { std::printf("\n[%d/%d] %s\n", journey, journeys, title); }

/// Other people in each run, so that the market can be played again on the same data.
std::string fresh_suffix() {
  unsigned int bits = 0;
  if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits)) std::abort();
  char text[16];
  std::snprintf(text, sizeof(text), "%08x", bits);
  return text;
}

void wait_until_ready(Client& client, int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!client.is_ready()) {
    if (std::chrono::steady_clock::now() >= until)
      throw Failure("no node is ready at " + client.url() + ": start one with `caravan serve`");
    std::this_thread::sleep_for(ready_poll);
  }
}

void play(Market& market) {
  const std::string suffix = fresh_suffix();
  const auto email = [&](const char* name) { return std::string(name) + '.' + suffix + "@example.org"; };
  Person ana{"Ana", "Rivera", email("ana"), "customer"};
  Person ben{"Ben", "Okafor", email("ben"), "traveler"};
  Person cem{"Cem", "Yilmaz", email("cem"), "traveler"};
  const Place new_york{"New York, NY", 40.7484, -73.9857};
  const Place boston{"Boston, MA", 42.3584, -71.0598};
  const Place chicago{"Chicago, IL", 41.8786, -87.6251};
  const Place detroit{"Detroit, MI", 42.3314, -83.0458};
  Parcel camera{"A camera for my sister", "electronics", "2.5", "300.00", new_york, boston, "35.00", &ana, &ben};
  Parcel kettle{"Grandmother's kettle", "household", "3.2", "90.00", chicago, detroit, "42.50", &ana, &cem};
  Parcel books{"Four books", "books", "2.0", "60.00", new_york, boston, "20.00", &ana, &ben};

  heading(1, "Registration");
  for (Person* person : {&ana, &ben, &cem}) market.register_person(*person);
  heading(2, "Trips");
  for (Parcel* parcel : {&camera, &kettle}) market.publish_trip(*parcel);
  market.search_trips(camera);
  books.trip = camera.trip;
  heading(3, "Requests and matching");
  for (Parcel* parcel : {&camera, &kettle, &books}) market.post_request(*parcel);
  heading(4, "Offers and acceptance");
  for (Parcel* parcel : {&camera, &kettle, &books}) market.offer(*parcel);
  market.accept_with_declined_card(camera);
  for (Parcel* parcel : {&camera, &kettle, &books}) market.accept(*parcel);
  market.cancel(books);
  heading(5, "Carrying");
  for (Parcel* parcel : {&camera, &kettle}) {
    market.pick_up(*parcel);
    market.drive(*parcel);
    market.deliver(*parcel);
  }
  heading(6, "Reviews");
  market.review(camera);
  heading(7, "A dispute, and the payout");
  market.dispute(kettle);
  market.pay_out(camera);
  market.check_ledger();
}

}  // namespace

}  // namespace caravan::demo

namespace caravan {

int play_demo(const Settings& settings, const std::string& url, int wait_seconds) {
  using namespace demo;
  std::string admin = settings.bootstrap_admin;
  if (admin.empty()) admin = "admin@caravan.example:caravan-sandbox";
  const std::size_t colon = admin.find(':');
  try {
    Client client(url.empty() ? url_of(settings.http) : url);
    wait_until_ready(client, wait_seconds);
    std::printf("The demo market, on %s\n", client.url().c_str());
    const auto started = std::chrono::steady_clock::now();
    Market market(client, admin.substr(0, colon), admin.substr(colon + 1));
    play(market);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    std::printf("\nThree parcels, seven journeys, %.1f s.\n", took.count());
    return 0;
  } catch (const Failure& failure) {
    std::fflush(stdout);
    std::fprintf(stderr, "\ndemo: %s\n", failure.what());
    return 1;
  }
}

}  // namespace caravan
