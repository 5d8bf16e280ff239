#pragma once

#include <string>

#include "config/commands/demo_client.hpp"

/// The demo market's people and parcels, and what they do in each of the seven journeys.
namespace caravan::demo {

struct Person {
  std::string name, family, email, type;  // type: customer or traveler
  std::string id = {}, token = {};
  std::string card = {};  // a customer's payment method
};

struct Place {
  std::string address;
  double lat, lng;
};

/// One thing that travels.
struct Parcel {
  std::string title, category, weight, value;
  Place from, to;
  std::string price;
  Person* customer;
  Person* traveler;
  std::string trip = {}, request = {}, offer = {}, delivery = {}, number = {}, escrow = {};
  std::string pickup_code = {}, delivery_code = {};  // ids of the QR codes
};

/// Plays on one node and tells each step in a line.
class Market {
 public:
  Market(Client& client, std::string admin_email, std::string admin_password)
      : client_(client),
        admin_{"The administrator", "", std::move(admin_email), "admin"},
        admin_password_(std::move(admin_password)) {}

  void register_person(Person& person);            // journey 1
  void publish_trip(Parcel& parcel);               // journey 2
  void search_trips(const Parcel& parcel);         // journey 2
  void post_request(Parcel& parcel);               // journey 3
  void offer(Parcel& parcel);                      // journey 4
  void accept_with_declined_card(Parcel& parcel);  // journey 4
  void accept(Parcel& parcel);                     // journey 4
  void cancel(Parcel& parcel);                     // what goes wrong
  void pick_up(Parcel& parcel);                    // journey 5
  void drive(Parcel& parcel);                      // journey 5
  void deliver(Parcel& parcel);                    // journey 5
  void review(Parcel& parcel);                     // journey 6
  void dispute(Parcel& parcel);                    // journey 7
  void pay_out(Parcel& parcel);                    // the clock moves two days
  void check_ledger();

 private:
  void sign_in(Person& person);
  void sign_in_admin();
  void scan(Parcel& parcel, const std::string& qr_code, const Place& place);
  std::string now();
  /// Asks until `path` of the answer is `wanted`, for at most 10 s.
  Answer wait_for(const std::string& what, const std::string& token, const std::string& path,
                  const std::string& wanted);

  Client& client_;
  Person admin_;
  std::string admin_password_;
};

/// One line of the story.
void tell(const std::string& line);

}  // namespace caravan::demo
