#include "http/providers/payments/sandbox_payments.hpp"

#include <array>

namespace caravan {

namespace {

// Beyond these what comes is dropped: the runtime asks again later.
constexpr std::size_t max_queue = 10'000;
constexpr std::size_t max_waiting = 10'000;

struct KnownToken {
  std::string_view token;
  std::string_view last4;
};
constexpr auto known_tokens = std::to_array<KnownToken>({{"tok_ok", "4242"},
                                                         {"tok_declined", "0002"},
                                                         {"tok_insufficient", "9995"},
                                                         {"tok_slow", "5005"},
                                                         {"tok_timeout", "0408"},
                                                         {"tok_error", "0500"},
                                                         {"tok_lapses", "0069"}});

constexpr std::int64_t stuck_amount = 1'337;

Time wall_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

/// A request in the terms of the book, and the token that says how to behave.
struct Asked {
  PaymentBook::Entry entry;
  std::string token;
  std::optional<Uuid> voids = {};  // one authorisation
};

Asked read(const AnyRecord& request) {
  Asked asked;
  PaymentBook::Entry& entry = asked.entry;
  if (const auto* it = request.get_if<Authorize>()) {
    entry = {it->operation_id, PaymentOperation::authorize, it->intent_id, it->amount, {}, {}, true, {}};
    asked.token = it->token;
  } else if (const auto* taken = request.get_if<Capture>()) {
    entry = {taken->operation_id, PaymentOperation::capture, taken->intent_id, taken->amount, {}, {}, true, {}};
  } else if (const auto* undone = request.get_if<Void>()) {
    entry = {undone->operation_id, PaymentOperation::cancel, undone->intent_id, {}, {}, {}, true, {}};
    asked.voids = undone->authorisation_id;
  } else if (const auto* back = request.get_if<Refund>()) {
    entry = {back->operation_id, PaymentOperation::refund, back->intent_id, back->amount, {}, {}, true, {}};
  } else if (const auto* out = request.get_if<PayOut>()) {
    entry = {out->operation_id, PaymentOperation::pay_out, {}, out->amount, {}, {}, true, {}};
    asked.token = out->account;
  } else if (const auto* account = request.get_if<VerifyAccount>()) {
    entry = {account->operation_id, PaymentOperation::verify_account, {}, {}, {}, {}, true, {}};
    asked.token = account->account;
  }
  entry.outcome = PaymentOutcome::done;
  entry.at = wall_now();
  return asked;
}

void decline(PaymentBook::Entry& entry, std::string code) {
  entry.outcome = PaymentOutcome::declined;
  entry.code = std::move(code);
}

/// How an operation with a token behaves.
void behave(PaymentBook::Entry& entry, std::string_view token) {
  const bool card = entry.operation == PaymentOperation::authorize;
  if (token == "tok_declined") return decline(entry, card ? "card_declined" : "account_closed");
  if (token == "tok_insufficient") return decline(entry, card ? "insufficient_funds" : "account_closed");
  // An account that was good when it was added, and is closed by the time of the payout.
  if (token == "tok_closed" && entry.operation == PaymentOperation::pay_out) return decline(entry, "account_closed");
  if (token == "tok_error") {
    entry.outcome = PaymentOutcome::failed;
    entry.code = "provider_error";
  } else if (token == "tok_timeout") {
    entry.answers = false;
  } else if (card && !sandbox_card(token)) {
    decline(entry, "unknown_token");
  }
}

/// What comes of an operation that the book does not have yet.
void decide_outcome(PaymentBook& book, Asked& asked) {
  PaymentBook::Entry& entry = asked.entry;
  const auto standing = book.standing(entry.intent_id);
  const bool is_of_intent = entry.operation == PaymentOperation::authorize ||
                            entry.operation == PaymentOperation::capture || entry.operation == PaymentOperation::refund;
  if (is_of_intent && standing.currency && *standing.currency != entry.amount.currency)
    return decline(entry, "wrong_currency");
  switch (entry.operation) {
    case PaymentOperation::capture:
      if (entry.amount.amount == stuck_amount) {
        entry.outcome = PaymentOutcome::failed;
        entry.code = "provider_error";
      } else if (standing.captured > 0 || entry.amount.amount > standing.reserved) {
        decline(entry, "not_reserved");
      }
      break;
    case PaymentOperation::cancel:
      if (standing.captured > 0 && !asked.voids)
        decline(entry, "already_captured");
      else
        book.let_go(entry.intent_id, asked.voids);
      break;
    case PaymentOperation::refund:
      if (entry.amount.amount > standing.captured - standing.refunded) decline(entry, "nothing_to_refund");
      break;
    default:
      behave(entry, asked.token);
  }
}

PaymentAnswer answer_of(const PaymentBook::Entry& entry) {
  PaymentAnswer answer{entry.operation, entry.operation_id, entry.outcome, entry.code, {}, {}};
  if (entry.outcome == PaymentOutcome::done)
    answer.reference = "sandbox_" + entry.operation_id.text();
  else
    answer.detail = "The sandbox's payment provider said: " + entry.code;
  return answer;
}

}  // namespace

std::optional<SandboxCard> sandbox_card(std::string_view token) {
  for (const KnownToken& known : known_tokens)
    if (known.token == token) return SandboxCard{"visa", std::string(known.last4)};
  return std::nullopt;
}

SandboxPayments::SandboxPayments(const std::string& path, std::chrono::milliseconds slow, sqlite::Sharing sharing)
    : book_(path, sharing), slow_(slow) {
  worker_.start({.name = "payments",
                 .doing = "doing the sandbox's payments",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{}});
}

void SandboxPayments::handle(const EffectKey&, const AnyRecord& request, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < max_queue) {
      queue_.push_back({request, std::move(done)});
      woken_.notify_one();
      return;
    }
  }
  done(ProviderReply::failed("too many requests wait"));
}

/// Does and answers what waits. Where it fails nothing was recorded and nobody is answered: the runtime asks again.
bool SandboxPayments::step(const std::stop_token& stop) {
  std::deque<Job> jobs;
  {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return !queue_.empty(); };
    if (waiting_.empty())
      woken_.wait(lock, stop, ready);
    else
      woken_.wait_until(lock, stop, waiting_.begin()->first, ready);
    if (stop.stop_requested()) return false;
    jobs.swap(queue_);
  }
  while (!waiting_.empty() && waiting_.begin()->first <= Clock::now()) {
    const Outgoing outgoing = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    outgoing.done(AnyRecord(outgoing.answer));
  }
  if (!jobs.empty()) take(std::move(jobs));
  return true;
}

void SandboxPayments::take(std::deque<Job> jobs) {
  std::vector<Asked> asked;
  book_.in_one_transaction([&] {
    for (const Job& job : jobs) {
      Asked one = read(job.request);
      // Earlier builds kept what failed, too.
      if (auto known = book_.find(one.entry.operation_id); known && known->outcome != PaymentOutcome::failed) {
        one.entry = *known;
      } else {
        decide_outcome(book_, one);
        // What failed is no decision: the next try may succeed.
        if (one.entry.outcome != PaymentOutcome::failed) book_.record(one.entry);
        if (one.token == "tok_lapses" && one.entry.operation == PaymentOperation::authorize)
          book_.let_go(one.entry.intent_id, one.entry.operation_id);
      }
      asked.push_back(std::move(one));
    }
  });
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& [entry, token, voids] = asked[i];
    if (!entry.answers) continue;
    if (entry.outcome == PaymentOutcome::failed) {
      jobs[i].done(ProviderReply::failed(entry.code));
      continue;
    }
    const auto wait = token == "tok_slow" ? entry.at + slow_ - wall_now() : std::chrono::milliseconds{0};
    if (wait.count() <= 0)
      jobs[i].done(AnyRecord(answer_of(entry)));
    else if (waiting_.size() < max_waiting)
      waiting_.emplace(Clock::now() + std::min(wait, slow_), Outgoing{answer_of(entry), std::move(jobs[i].done)});
  }
}

}  // namespace caravan
