#include "actors/values/currency.hpp"

#include <algorithm>

namespace caravan {

namespace {

// ISO 4217, list one: active codes of money that people pay with.
constexpr std::string_view two_digit_codes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
    "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";
constexpr std::string_view no_digit_codes = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
constexpr std::string_view three_digit_codes = "BHD IQD JOD KWD LYD OMR TND";

bool listed(std::string_view codes, std::string_view code) {
  for (std::size_t at = codes.find(code); at != std::string_view::npos; at = codes.find(code, at + 1))
    if (at % 4 == 0) return true;
  return false;
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  if (!listed(two_digit_codes, text) && !listed(no_digit_codes, text) && !listed(three_digit_codes, text))
    return std::nullopt;
  Currency out;
  std::copy_n(text.begin(), 3, out.code.begin());
  return out;
}

int Currency::digits() const {
  if (listed(no_digit_codes, text())) return 0;
  return listed(three_digit_codes, text()) ? 3 : 2;
}

}  // namespace caravan
