#include "http/access/tokens.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>

#include "http/json/read.hpp"
#include "http/json/write.hpp"
#include "storage/codec/base64.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t max_token_bytes = 4'096;
constexpr std::chrono::seconds clock_leeway{60};

/// The payload of a token.
struct Claims {
  static constexpr std::string_view record_name = "AccessTokenClaims";
  std::string iss, sub;
  Uuid sid;
  std::string utype;
  std::int64_t permissions = 0;
  std::vector<std::string> roles;
  std::int64_t iat = 0, exp = 0;
  static constexpr auto fields() {
    return std::array{field<&Claims::iss>(1, "iss"),           field<&Claims::sub>(2, "sub"),
                      field<&Claims::sid>(3, "sid"),           field<&Claims::utype>(4, "utype"),
                      field<&Claims::permissions>(5, "perms"), field<&Claims::roles>(6, "roles"),
                      field<&Claims::iat>(7, "iat"),           field<&Claims::exp>(8, "exp")};
  }
};

struct Header {
  static constexpr std::string_view record_name = "AccessTokenHeader";
  std::string alg, typ, kid;
  static constexpr auto fields() {
    return std::array{field<&Header::alg>(1, "alg"), field<&Header::typ>(2, "typ"), field<&Header::kid>(3, "kid")};
  }
};

template <class T>
std::optional<T> read_part(std::string_view part) {
  const auto text = from_base64(part, Base64::url);
  std::string error;
  const auto json = text ? parse_json(*text, error) : std::nullopt;
  if (!json) return std::nullopt;
  T value;
  std::vector<FieldError> errors;
  read_json(*json, schema::type_of<T>(), &value, errors);
  if (!errors.empty()) return std::nullopt;
  return value;
}

std::int64_t to_seconds(Time at) { return to_millis(at) / 1'000; }

}  // namespace

/// Tokens that were checked lately: a signature costs more than all else of a small request.
struct TokenAuthority::Cache {
  static constexpr std::size_t part_count = 16, tokens_a_part = 1'024;
  struct Part {
    std::mutex mutex;
    std::unordered_map<std::string, Identity> tokens;
  };
  std::array<Part, part_count> parts;
  Part& part_of(std::size_t hash) { return parts[hash % part_count]; }
};

TokenAuthority::TokenAuthority(Settings settings, Clock clock)
    : settings_(std::move(settings)),
      keys_({.folder = settings_.folder,
             .rotate_after = settings_.rotate_after,
             .use_after = settings_.token_lifetime + clock_leeway},
            std::move(clock)),
      cache_(std::make_unique<Cache>()) {}

TokenAuthority::~TokenAuthority() = default;

std::string TokenAuthority::issue(Identity identity) {
  const SigningKeyPtr key = keys_.newest();
  const std::int64_t issued_at = to_seconds(now());
  const Claims claims{settings_.issuer,
                      identity.caller.user.text(),
                      identity.session,
                      identity.user_type,
                      identity.caller.permissions,
                      identity.roles,
                      issued_at,
                      issued_at + settings_.token_lifetime.count()};
  std::string token =
      to_base64(to_json(Header{"EdDSA", "JWT", key->id}), Base64::url) + '.' + to_base64(to_json(claims), Base64::url);
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                       reinterpret_cast<const unsigned char*>(token.data()), token.size(), key->secret.data());
  return token + '.' + to_base64(signature, Base64::url);
}

Identity TokenAuthority::check(std::string_view token) {
  const Problem invalid{"invalid_token"};
  const auto first = token.find('.'), last = token.rfind('.');
  if (token.size() > max_token_bytes || first == std::string_view::npos || first == last) throw invalid;
  const auto header = read_part<Header>(token.substr(0, first));
  const auto signature = from_base64(token.substr(last + 1), Base64::url);
  if (!header || header->alg != "EdDSA" || !signature || signature->size() != crypto_sign_BYTES) throw invalid;
  const auto key = keys_.find([&](const SigningKey& each) { return each.id == header->kid; });
  if (!key || crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature->data()),
                                          reinterpret_cast<const unsigned char*>(token.data()), last,
                                          key->public_key.data()) != 0)
    throw invalid;
  const auto claims = read_part<Claims>(token.substr(first + 1, last - first - 1));
  const auto user = claims ? Uuid::parse(claims->sub) : std::nullopt;
  if (!user || claims->iss != settings_.issuer) throw invalid;
  Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = UserId{*user};
  identity.caller.permissions = static_cast<std::uint32_t>(claims->permissions);
  identity.user_type = claims->utype;
  identity.session = claims->sid;
  identity.roles = claims->roles;
  identity.issued_at = from_millis(claims->iat * 1'000);
  identity.expires_at = from_millis(claims->exp * 1'000);
  return identity;
}

Identity TokenAuthority::verify(std::string_view token) {
  const std::size_t hash = std::hash<std::string_view>{}(token);
  Cache::Part& part = cache_->part_of(hash);
  std::optional<Identity> identity;
  {
    const std::lock_guard lock(part.mutex);
    if (auto found = part.tokens.find(std::string(token)); found != part.tokens.end()) identity = found->second;
  }
  if (!identity) {
    identity = check(token);
    const std::lock_guard lock(part.mutex);
    if (part.tokens.size() >= Cache::tokens_a_part) part.tokens.clear();
    part.tokens.emplace(token, *identity);
  }
  if (identity->expires_at <= now()) throw Problem{"token_expired"};
  return *std::move(identity);
}

std::string TokenAuthority::jwks() {
  keys_.newest();  // makes the next key where it is due, so that it is among those shown
  std::string out = "{\"keys\":[";
  const auto keys = keys_.all();
  for (const SigningKeyPtr& key : *keys) {
    if (out.back() == '}') out += ',';
    out += R"({"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":")" + key->id + R"(","x":")" +
           to_base64({reinterpret_cast<const char*>(key->public_key.data()), key->public_key.size()}, Base64::url) +
           "\"}";
  }
  return out + "]}";
}

}  // namespace caravan::http
