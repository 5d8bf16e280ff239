#pragma once

#include <string>
#include <vector>

#include "tests/process/client.hpp"

/// People and deliveries on a test server, made over HTTP: what crash tests and benchmarks begin with.
namespace caravan::testing {

struct MarketPerson {
  std::string id, email, token;
  std::string card;     // payment method
  std::string account;  // payout account
};

struct MarketDelivery {
  std::string trip, request, offer, delivery;
};

/// Not thread-safe: one for each thread.
class Market {
 public:
  explicit Market(int port) : client_(port) {}
  virtual ~Market() = default;

  /// Below /api/v1, signed in as `token`. Throws std::runtime_error unless the status is 2xx.
  virtual HttpAnswer call(const std::string& method, const std::string& path, const std::string& token,
                          const std::string& body = {}, const std::string& idempotency_key = {});
  /// The same without throwing; status 0 where there was no answer.
  HttpAnswer attempt(const std::string& method, const std::string& path, const std::string& token,
                     const std::string& body = {}, const std::string& idempotency_key = {});

  /// Registers, verifies and signs in somebody who is customer and traveler, with a card and an account.
  MarketPerson person(const std::string& name);
  /// The test server's administrator.
  std::string admin_token();
  /// A trip from New York to Boston with room for many parcels; returns its id.
  std::string trip(const MarketPerson& traveler);
  /// A parcel to go from New York to Boston; returns the request's id.
  std::string request(const MarketPerson& customer);
  /// Offers to carry it on that trip; returns the offer's id.
  std::string offer(const MarketPerson& traveler, const std::string& request, const std::string& trip);
  /// A parcel requested and offered on that trip, not accepted yet.
  MarketDelivery offered(const MarketPerson& customer, const MarketPerson& traveler, const std::string& trip);
  /// Accepts the offer; sets and returns the delivery's id.
  std::string accept(const MarketPerson& customer, MarketDelivery& delivery);
  /// Has the traveler pick it up, so that tracking may begin.
  void pick_up(const MarketPerson& customer, const MarketPerson& traveler, const MarketDelivery& delivery);
  /// Has the traveler hand it over to the recipient, which releases the money.
  void hand_over(const MarketPerson& customer, const MarketPerson& traveler, const MarketDelivery& delivery);

 private:
  void scan(const MarketPerson& customer, const MarketPerson& traveler, const MarketDelivery& delivery,
            const std::string& type, double lat, double lng);
  HttpClient client_;
};

/// The text at a path of a JSON body ("items[0].text"), or empty.
std::string json_at(const std::string& body, const std::string& path);

/// All values of one field of the elements of `items`.
std::vector<std::string> json_column(const std::string& body, const std::string& field);

}  // namespace caravan::testing
