#include "http/understood.hpp"

#include "actors/request/resources.hpp"
#include "actors/trip/resources.hpp"

namespace caravan::http {

namespace {

template <class Resource>
AnyRecord with(const Resource& shown, const std::vector<UnderstoodAddress>& understood) {
  Resource out = shown;
  out.understood = understood;
  return AnyRecord(std::move(out));
}

}  // namespace

AnyRecord with_understood(AnyRecord record, const std::vector<UnderstoodAddress>& understood) {
  if (understood.empty()) return record;
  if (const auto* trip = record.get_if<TripResource>()) return with(*trip, understood);
  if (const auto* request = record.get_if<RequestResource>()) return with(*request, understood);
  return record;
}

}  // namespace caravan::http
