#include "http/providers/signed_posts.hpp"

#include <httplib.h>
#include <sodium.h>

#include "http/providers/traces/trace_headers.hpp"
#include "storage/codec/digest.hpp"

namespace caravan {

namespace {

using Clock = http::CircuitBreaker::Clock;

constexpr std::size_t senders = 4;
constexpr std::size_t most_of_name = 9;  // in a thread's
constexpr std::size_t most_waiting = 1'000;
constexpr std::size_t most_answer = 64U << 10;  // bytes
// Whoever asked may have given up by then, and what is posted later could overtake what undoes it.
constexpr std::chrono::seconds longest_wait{20};

/// "https://host:port" of a URL.
std::string origin_of(const std::string& url) {
  const std::size_t host = url.find("://");
  return url.substr(0, url.find('/', host == std::string::npos ? 0 : host + 3));
}

/// True for an answer that says that the server is unwell, and so leaves open what became of the post.
bool is_no_decision(int status) { return status == 408 || status == 429 || status < 200 || status >= 500; }

}  // namespace

std::string post_signature(const std::string& secret, std::int64_t seconds, const std::string& identity,
                           const std::string& body) {
  const std::string text = std::to_string(seconds) + '.' + identity + '.' + body;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return "t=" + std::to_string(seconds) + ",v1=" + hex_text(mac);
}

SignedPosts::SignedPosts(std::string name, PostTarget target, http::CircuitBreaker::Settings breaker)
    : target_(std::move(target)), breaker_(std::move(name), breaker), workers_(senders) {
  const std::string origin = origin_of(target_.url);
  path_ = target_.url.size() > origin.size() ? target_.url.substr(origin.size()) : "/";
  for (std::size_t i = 0; i < senders; ++i) {
    auto client = std::make_unique<httplib::Client>(origin);
    client->set_connection_timeout(target_.deadline);
    client->set_read_timeout(target_.deadline);
    client->set_write_timeout(target_.deadline);
    client->set_keep_alive(true);
    clients_.push_back(std::move(client));
  }
  for (std::size_t i = 0; i < senders; ++i)
    workers_[i].start(
        {.name = "posts-" + breaker_.name().substr(0, most_of_name),
         .doing = "posting to the provider " + breaker_.name(),
         .step = [this, &client = *clients_[i]](const std::stop_token& stop) { return step(client, stop); },
         .on_failure = Worker::Retry{}});
}

SignedPosts::~SignedPosts() {
  for (Worker& worker : workers_) worker.request_stop();
  for (const auto& client : clients_) client->stop();
}

void SignedPosts::post(std::string identity, std::string body, Heard heard) {
  const TraceAtHand trace = trace_at_hand();
  Job job{std::move(identity),
          std::move(body),
          std::move(heard),
          std::string(trace.trace_id),
          std::string(trace.traceparent),
          Clock::now()};
  std::unique_lock lock(mutex_);
  if (queue_.size() < most_waiting) {
    queue_.push_back(std::move(job));
    woken_.notify_one();
    return;
  }
  lock.unlock();
  job.heard({.failure = "too many requests to the provider wait"});
}

bool SignedPosts::step(httplib::Client& client, const std::stop_token& stop) {
  Job job;
  {
    std::unique_lock lock(mutex_);
    if (!woken_.wait(lock, stop, [&] { return !queue_.empty(); }) || stop.stop_requested()) return false;
    job = std::move(queue_.front());
    queue_.pop_front();
  }
  if (Clock::now() - job.since > longest_wait)
    job.heard({.failure = "the request waited for too long for its turn"});
  else if (!breaker_.allow(Clock::now()))
    job.heard({.failure = "the provider's circuit is open"});
  else
    job.heard(send(client, job));
  return true;
}

SignedPosts::Answer SignedPosts::send(httplib::Client& client, const Job& job) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  httplib::Request request;
  request.method = "POST";
  request.path = path_;
  request.headers = {{"Idempotency-Key", job.identity},
                     {"X-Caravan-Signature", post_signature(target_.secret, seconds, job.identity, job.body)},
                     {"Content-Type", "application/json"}};
  for (const auto& header : trace_headers({job.trace_id, job.traceparent})) request.headers.insert(header);
  request.body = job.body;
  Answer answer;
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    answer.body.append(data, size);
    return answer.body.size() <= most_answer;
  };
  const auto result = client.send(request);
  if (!result || is_no_decision(result->status)) {
    breaker_.failed(Clock::now());
    return {.failure = result ? "status " + std::to_string(result->status) : httplib::to_string(result.error())};
  }
  breaker_.succeeded();
  answer.status = result->status;
  return answer;
}

}  // namespace caravan
