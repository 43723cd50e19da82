//: # Temperature and top-k
//:
//: Our GPT of section 5.7 gives every character of its vocabulary some probability, at every place.
//: After `The hacke` it is nearly sure of an "r", but it does not say that a "%" is impossible: a
//: softmax of finite scores has no zeros (section 2.1). A thousandth here, a ten-thousandth there.
//: Section 5.5 drew from these numbers as they are, and got texts in which most words are right and
//: some are broken. How much of the damage is done by characters that the model itself held to be
//: nearly impossible? And could we not forbid them?

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chapters/06_scaling/trained_model.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/machine.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"
#include "common/scaling/sampling/sampling.hpp"
#include "common/sequence/softmax.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: ## The tail
//:
//: The model is the one that section 5.7 trained and saved; `trained_model` reads it back. We let
//: it write, at temperature 1, and look over its shoulder. A sampler is a function from a row of
//: logits to a token (section 5.5), so we can put one around `sample_token` that takes notes: at
//: each place, how much probability lies on characters that have less than a hundredth each, and
//: whether it was one of those that came.

struct Speaker {
  Model model;
  TrainingText text;
};

std::string shown(const Speaker& speaker, Token token) {
  const std::string text = speaker.model.tokenizer->decode({&token, 1});
  return text == "\n" ? "newline" : text == " " ? "space" : text;
}

/// A text on one line.
std::string line_of(const Speaker& speaker, std::span<const Token> tokens) {
  std::string text = speaker.model.tokenizer->decode(tokens);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

void look_at_the_tail(const Speaker& speaker) {
  Generator generator(2);
  constexpr Index count = 5000;
  double tail = 0, members = 0;
  Index slips = 0;
  std::string marks;
  const Sampler watched = [&](const VectorRef& logits) {
    const Vector probabilities = softmax_rows(logits);
    const Token token = sample_token(logits, 1, generator);
    tail += double{(probabilities.array() < Real(0.01)).select(probabilities.array(), 0).sum()};
    members += static_cast<double>((probabilities.array() < Real(0.01)).count());
    const bool slip = probabilities(token) < Real(0.01);
    slips += slip;
    marks += slip ? '^' : ' ';
    return token;
  };
  const std::vector<Token> prompt = speaker.model.tokenizer->encode("\n");
  const std::vector<Token> tokens = generate(speaker.model.gpt, prompt, count, watched);
  const std::string text = line_of(speaker, std::span(tokens).subspan(1, count));
  for (std::size_t line = 0; line < 4; ++line) {
    print("{}", text.substr(80 * line, 80));
    print("{}", marks.substr(80 * line, 80));
  }
  print("on average {:.0f} of {} characters have less than a hundredth, and together {:.1f} %",
        members / count, speaker.model.tokenizer->size(), 100 * tail / count);
  print("of {} characters that were drawn, {} were of these", count, slips);
  record("vocabulary", "{}", speaker.model.tokenizer->size());
  record("tail_members", "{:.0f}", members / count);
  record("tail_share", "{:.1f}", 100 * tail / count);
  record("tail_every", "{:.0f}", static_cast<double>(count) / static_cast<double>(slips));
}
//: ```{output}
//: ```
//:
//: Of the {value}`vocabulary` characters, {value}`tail_members` have less than a hundredth at a
//: usual place. None of them is likely. But all of them together have {value}`tail_share` %, and
//: that is about how often one of them comes: every {value}`tail_every` characters, marked in the
//: text above. This is the {term}`tail` of the distribution. A few of the marks stand where
//: something unusual was due, a headword's first letter perhaps; many stand where a word breaks.
//: And a mistake does not stay alone, because the model reads it when it writes on (section 5.5).
//:
//: Is the tail wrong, then? Taken as a prediction it is not. A model is graded by its surprise at
//: what people write, and people write rare things; a model that put 0 on a character that then
//: came would be infinitely surprised. So training never lets a probability go to 0, and spreads a
//: little over all that it knows nothing about. A predictor is right to hedge. A writer has to
//: choose, and a character that would be right once in a thousand times is the wrong choice 999
//: times.
//:
//: A lower temperature makes the tail smaller. It also makes the second-best choice rarer where
//: five are nearly as good as the best, which is how texts get dull. What we want is a knife and
//: not a thermostat: leave the good choices as they are, and make the others impossible. There are
//: three well-known ways to say where to cut.
//:
//: ## By hand
//:
//: Five tokens have the probabilities 0.4, 0.3, 0.15, 0.1 and 0.05.
//:
//: - {term}`Top-k` keeps a fixed number of them. With $k = 2$ there remain 0.4 and 0.3, and we
//:   divide by their sum: $0.4/0.7 = 0.571$ and $0.3/0.7 = 0.429$.
//: - {term}`Top-p` keeps as many of the likeliest as it takes to have a given share of the
//:   probability. With $p = 0.8$: the first has 0.4, the first two have 0.7, which is too little,
//:   the first three have 0.85, which is enough. The third stays, although it carries the sum
//:   beyond 0.8; without it there would be less than we asked for.
//: - {term}`Min-p` keeps what is not too much less likely than the best. With 0.3 the bar is at
//:   $0.3 \cdot 0.4 = 0.12$, and again three pass it: 0.4, 0.3 and 0.15.
//:
//: For comparison, temperature $\tfrac12$ squares the odds, and keeps all five. The squares are
//: 0.16, 0.09, 0.0225, 0.01 and 0.0025, their sum 0.285, and so the first has 0.561.
//: (`cut_logits` makes the cuts; we write it below. Its second argument, empty here, is for later.)

/// The probabilities of the hand's five tokens, as logits.
Vector five_logits() {
  Vector probabilities(5);
  probabilities << Real(0.4), Real(0.3), Real(0.15), Real(0.1), Real(0.05);
  return probabilities.array().log();
}

void by_hand() {
  Matrix rows(5, 5);
  rows.row(0) = five_logits();
  rows.row(1) = cut_logits(five_logits(), {}, {.top_k = 2});
  rows.row(2) = cut_logits(five_logits(), {}, {.top_p = 0.8});
  rows.row(3) = cut_logits(five_logits(), {}, {.min_p = 0.3});
  rows.row(4) = five_logits() / Real(0.5);
  show("probabilities", softmax_rows(rows), 3,
       {"as they are", "top-k 2", "top-p 0.8", "min-p 0.3", "temperature 0.5"});
}
//: ```{output}
//: ```
//:
//: ## The cuts
//:
//: In formulas, let $p_1 \ge p_2 \ge \dots \ge p_V$ be the probabilities in falling order. Each cut
//: keeps the first $n$ of them, and they differ in what $n$ is:
//:
//: $$n = k, \qquad n = \min\Big\{ m : \sum_{i=1}^{m} p_i \ge p \Big\}, \qquad
//: n = \max\{ m : p_m \ge p_{\min}\, p_1 \} .$$
//:
//: In words: a number, a share, and a distance from the best. What is kept is divided by its sum.
//:
//: How do we forbid a token? Section 3.4 has shown it, for words that must not be looked at: its
//: logit becomes $-\infty$, the softmax makes a weight of exactly 0 of it, and shares what is left
//: among the others in their old proportions. So a cut is a function that writes $-\infty$ into a
//: row of logits, and all the rest of the machine stays as it is; the division by the sum is the
//: one that the softmax does anyway.
//:
//: Top-k asks for the $k$ likeliest tokens, in no particular order. To sort all of them would be a
//: waste. The standard library's `nth_element` does no more than it must: it moves the elements
//: around until the first $k$ are those that a sort would put there, in a time that is proportional
//: to $V$.
//:
//: ```{listing} llm::keep_top_k
//: ```
//: ```{listing} llm::all_tokens
//: :folded:
//: ```
//: ```{listing} llm::impossible
//: :folded:
//: ```
//:
//: (A `VectorOut` is a view of a row that someone else owns, section 1.2. It is handed on by value,
//: and writes into the row itself.) When two logits are equal, who comes first? To leave that to
//: the algorithm would mean that another standard library writes another text. We decide it: the
//: lower number comes first, as in `greedy_token`.
//:
//: ```{listing} llm::Likelier
//: ```
//:
//: Top-p has to go through the tokens in order, but only as far as it takes. A heap does that: to
//: make it takes $V$ steps, and each time that we take the likeliest token off its top costs
//: $\log_2 V$ more. We take tokens off until they have what was asked for. Whoever is still in the
//: heap then is the tail:
//:
//: ```{listing} llm::keep_top_p
//: ```
//:
//: The loop takes at least one token off, so a $p$ of 0 leaves the likeliest alone. And the last
//: one that it takes is the one with which the sum is reached.
//:
//: Min-p needs neither an order nor a sum. Compare $p_i \ge p_{\min}\, p_1$ in logarithms:
//: probabilities have the odds $e^{z_i - z_1}$, so the condition is $z_i \ge z_1 + \ln p_{\min}$, a
//: comparison with one number. Not even the softmax is needed:
//:
//: ```{listing} llm::keep_min_p
//: ```
//:
//: ## One row, cut in every way
//:
//: What does our model expect after the words `The hacker wrote a `, and what is left of that?

/// What the model says about the next token after a text, (V).
Vector next_logits(const Speaker& speaker, const std::string& text) {
  const std::vector<Token> tokens = speaker.model.tokenizer->encode(text);
  return forward(speaker.model.gpt, last_window(speaker.model.gpt, tokens)).bottomRows(1);
}

Index count_possible(const VectorRef& logits) {
  return (logits.array() > -std::numeric_limits<Real>::infinity()).count();
}

void cut_one_row(const Speaker& speaker) {
  const std::string prompt = "The hacker wrote a ";
  const std::vector<Token> recent = speaker.model.tokenizer->encode(prompt);
  const Vector logits = next_logits(speaker, prompt);
  std::vector<std::pair<std::string, Vector>> ways = {
      {"temperature 0.5", logits / Real(0.5)},
      {"temperature 2", logits / 2},
      {"top-k 5", cut_logits(logits, {}, {.top_k = 5})},
      {"top-p 0.8", cut_logits(logits, {}, {.top_p = 0.8})},
      {"min-p 0.1", cut_logits(logits, {}, {.min_p = 0.1})},
      {"penalty 1.5", penalize_repetition(logits, recent, 1.5)}};
  std::vector<Token> order(static_cast<std::size_t>(logits.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Token>(i);
  std::sort(order.begin(), order.end(), [&](Token a, Token b) { return logits(a) > logits(b); });
  const auto first_of = [&](const Vector& row) {
    const Vector probabilities = softmax_rows(row);
    std::vector<double> result;
    for (std::size_t i = 0; i < 20; ++i) result.push_back(probabilities(order[i]));
    return result;
  };
  std::vector<std::string> labels, names;
  for (std::size_t i = 0; i < 20; ++i) labels.push_back(shown(speaker, order[i]));
  record_data("sampling_cuts", "labels", labels);
  record_data("sampling_cuts", "believed", first_of(logits));
  print("{:18} {:>3} tokens   first {:.3f}   twelfth {:.3f}", "as it is", logits.size(),
        first_of(logits)[0], first_of(logits)[11]);
  for (const auto& [name, row] : ways) {
    names.push_back(name);
    record_data("sampling_cuts", name, first_of(row));
    print("{:18} {:>3} tokens   first {:.3f}   twelfth {:.3f}", name, count_possible(row),
          first_of(row)[0], first_of(row)[11]);
  }
  record_data("sampling_cuts", "names", names);
}
//: ```{output}
//: ```
//: ```{figure-from} sampling_cuts
//: :alt: Six panels with the probabilities of the twenty likeliest characters after "The hacker
//:   wrote a ", as hollow bars, and as filled bars what each way makes of them. Low temperature
//:   raises the first bars and lowers the rest, high temperature evens them out; the three cuts
//:   leave the first five, thirteen and sixteen bars, all raised in proportion, and nothing beyond;
//:   the penalty lowers some bars and leaves others.
//: One row of the trained model after `The hacker wrote a `. Hollow: what the model believes.
//: Filled: what the sampler draws from. (The repetition penalty has its turn below.)
//: ```
//:
//: Look at the shapes. The temperature changes every bar, and none to 0. A cut has an edge: what
//: lies left of it grows by one factor, what lies right of it is gone.
//:
//: ## A sure row and an open one
//:
//: On this row the three cuts look much alike; one could replace another by turning its number a
//: little. The difference shows when the row changes. After `The hacke` there is one good choice,
//: and after a space there may be fifteen. Top-k keeps the same number both times. We go through
//: 4,000 places of the validation text and ask of each cut three things. How many characters does
//: it keep where the model is sure, and how many where it is not? How much of the probability does
//: it throw away? And how often does it forbid the character that people really wrote there? To
//: tell sure rows from open ones we take their entropy, the surprise that the model itself expects
//: (section 3.2): below half a nat, and above two.

struct CutCount {
  std::string name;
  SamplingSettings settings;
  double sure = 0, open = 0, lost = 0, wrong = 0;
};

void count_what_stays(const Speaker& speaker) {
  std::vector<CutCount> cuts = {{"top-k 10", {.top_k = 10}},
                                {"top-p 0.95", {.top_p = 0.95}},
                                {"min-p 0.05", {.min_p = 0.05}}};
  const Gpt& gpt = speaker.model.gpt;
  const std::span<const Token> tokens = speaker.text.split.validation;
  const Index window = gpt.config.context, half = window / 2;
  Index places = 0, sure = 0, open = 0;
  std::vector<double> entropies;
  std::vector<std::vector<double>> kept(cuts.size());
  for (Index first = 0; places < 4000; first += window) {
    const auto read = tokens.subspan(static_cast<std::size_t>(first));
    const Matrix logits = forward(gpt, read.first(static_cast<std::size_t>(window)));
    for (Index t = half; t < window; ++t, ++places) {
      const Vector probabilities = softmax_rows(logits.row(t));
      double entropy = 0;
      for (const Real p : probabilities) entropy -= p > 0 ? p * std::log(p) : 0;
      sure += entropy < 0.5;
      open += entropy > 2;
      entropies.push_back(entropy);
      for (std::size_t i = 0; i < cuts.size(); ++i) {
        const Vector row = cut_logits(logits.row(t), {}, cuts[i].settings);
        const auto stay = static_cast<double>(count_possible(row));
        kept[i].push_back(stay);
        cuts[i].sure += entropy < 0.5 ? stay : 0;
        cuts[i].open += entropy > 2 ? stay : 0;
        for (Index token = 0; token < row.size(); ++token) {
          cuts[i].lost += std::isfinite(row(token)) ? 0 : double{probabilities(token)};
        }
        cuts[i].wrong += !std::isfinite(row(read[static_cast<std::size_t>(t) + 1]));
      }
    }
  }
  print("{} places, of which {} are sure and {} open", places, sure, open);
  for (const CutCount& cut : cuts) {
    print("{:10} keeps {:4.1f} where sure, {:4.1f} where open; loses {:.1f} %, forbids {:.1f} %",
          cut.name, cut.sure / static_cast<double>(sure), cut.open / static_cast<double>(open),
          100 * cut.lost / static_cast<double>(places),
          100 * cut.wrong / static_cast<double>(places));
    record(cut.name + " sure", "{:.1f}", cut.sure / static_cast<double>(sure));
    record(cut.name + " open", "{:.1f}", cut.open / static_cast<double>(open));
    record(cut.name + " lost", "{:.1f}", 100 * cut.lost / static_cast<double>(places));
    record(cut.name + " wrong", "{:.1f}", 100 * cut.wrong / static_cast<double>(places));
  }
  record_data("sampling_kept", "entropy", entropies);
  for (std::size_t i = 0; i < cuts.size(); ++i) record_data("sampling_kept", cuts[i].name, kept[i]);
}
//: ```{output}
//: ```
//: ```{figure-from} sampling_kept
//: :alt: Number of characters kept, on a logarithmic axis, against the entropy of the row. Top-k is
//:   a flat line at 10; top-p and min-p rise from 1 at entropy 0 to about 50 at entropy 3.9, min-p
//:   below top-p nearly everywhere.
//: How many characters each cut keeps at places of real text, on average, against the entropy of
//: the model's row. Top-k keeps ten everywhere.
//: ```
//:
//: Top-k keeps ten where one is right, and the nine others are the tail that we wanted to be rid
//: of; and yet it throws away more than the other two, {value}`top-k 10 lost` %, nearly all of it
//: where the row is open. Top-p and min-p keep {value}`top-p 0.95 sure` and
//: {value}`min-p 0.05 sure` where the model is sure, and {value}`top-p 0.95 open` and
//: {value}`min-p 0.05 open` where the row is open. This is the argument with which
//: {cite:t}`holtzman2020curious` brought top-p, under the name of *nucleus sampling*, against the
//: top-k of {cite:t}`fan2018hierarchical`.
//:
//: The last two columns are the price. Whatever forbids anything, forbids what somebody wrote:
//: top-p at 0.95 in {value}`top-p 0.95 wrong` % of all places, and min-p at 0.05 in
//: {value}`min-p 0.05 wrong` %. If the model's probabilities are right, the share of the characters
//: that are forbidden must be the share of the probability that is lost, and the two columns are
//: indeed close. That is what "calibrated" means, and it is why no cut is free: a distribution that
//: lacks some of what people do cannot write all that people write.
//:
//: A share $p$ has a weakness of its own. On an open row it goes on until 95 % are reached, and
//: where the tail is fat it must go deep into it to get there. Min-p asks another question: not
//: "have we enough?" but "is this one good enough, beside the best?" {cite}`nguyen2025turning`.
//:
//: ## Not again
//:
//: There is another kind of mistake, and no cut helps against it. A text that walks in a circle
//: (section 5.5) consists of likely tokens only. The {term}`repetition penalty` of
//: {cite:t}`keskar2019ctrl` makes tokens that have just come less likely: their logits are divided
//: by a number $\theta > 1$. The paper writes just that. But many logits are negative, and a
//: division would bring those *nearer* to 0, that is, up. Programs therefore multiply a negative
//: one:
//:
//: $$z_i' = \begin{cases} z_i / \theta & z_i > 0 \\ z_i \cdot \theta & z_i \le 0 \end{cases}
//: \qquad \text{for each } i \text{ among the recent tokens.}$$
//:
//: ```{listing} llm::penalize_repetition
//: ```
//:
//: The penalty is read from the old row and written to the new one, so that a token that came five
//: times is penalized once. By hand, with $\theta = 2$: of the logits 2, 1 and −1, let the first
//: and the last be recent. They become 1, 1 and −2. Now add 10 to all three. To a softmax that is
//: no change at all. But the penalty makes $12 / 2 = 6$, 11 and $9 / 2 = 4.5$ of it:

void penalty_by_hand() {
  const std::vector<Token> recent = {0, 2};
  Vector logits(3), higher(3);
  logits << 2, 1, -1;
  higher << 12, 11, 9;
  Matrix rows(4, 3);
  rows << logits, penalize_repetition(logits, recent, 2), higher,
      penalize_repetition(higher, recent, 2);
  const Matrix probabilities = softmax_rows(rows);
  show("probabilities", probabilities, 3, {"2, 1, -1", "penalized", "12, 11, 9", "penalized"});
}
//: ```{output}
//: ```
//:
//: The same distribution before, and two different ones after. Where a model puts the zero of its
//: logits is an accident of its training, since no loss ever sees it; and yet the penalty depends
//: on it. This is a flaw of the formula, and a reason why a penalty that suits one model does not
//: suit the next. (Later programs offer to *subtract* a number, as exercise 5.5d did, which has no
//: such trouble.) Here is what it does to greedy decoding:

std::string spoken(const Speaker& speaker, const SamplingSettings& settings, Index count,
                   const std::string& prompt = "The hacker ", std::uint64_t seed = 1) {
  Generator generator(seed);
  const std::vector<Token> tokens = speaker.model.tokenizer->encode(prompt);
  return line_of(speaker, generate(speaker.model.gpt, tokens, count,
                                   make_sampler(settings, tokens, generator)));
}

void break_the_circle(const Speaker& speaker) {
  for (const double penalty : {1.0, 1.1, 1.3, 2.0}) {
    const SamplingSettings settings{.temperature = 0, .repetition_penalty = penalty};
    print("{:.1f}: {}", penalty, spoken(speaker, settings, 90).substr(0, 90));
  }
}
//: ```{output}
//: ```
//:
//: At 1.1 the model leaves the circle after some rounds, at 1.3 it does not enter it. At 2 the
//: model is driven into whatever it has not used in the last 64 characters, a colon, a slash, a
//: bracket. But characters *must* repeat, since there are only so many. {cite:t}`keskar2019ctrl`
//: found 1.2 a good balance. Their tokens are words and parts of words, of which the next section
//: makes some thousands, and for these a penalty is the better tool.
//:
//: ## One sampler
//:
//: Now all of this in one place. The settings, each with the value that switches it off:
//:
//: ```{listing} llm::SamplingSettings
//: ```
//: ```{listing} llm::checked_sampling
//: :folded:
//: ```
//: ```{listing} llm::require
//: :folded:
//: ```
//:
//: The cuts come one after another on one copy of the row:
//:
//: ```{listing} llm::cut_logits
//: ```
//:
//: and a token is drawn from what they leave. For that there is nothing to write. `sample_token` of
//: section 5.5 gives a forbidden token a piece of length $e^{-\infty} = 0$ on its line, which no
//: point can hit; it divides by the temperature; and at temperature 0 it takes the largest logit.
//: What is new is that the sampler remembers the text, for the penalty, so what we return is a
//: lambda that owns it:
//:
//: ```{listing} llm::make_sampler
//: ```
//:
//: ## The order
//:
//: Do the cuts commute? Not quite, since each looks at what the one before has left. With the five
//: tokens of above, take top-k 2 and top-p 0.55. First top-k: the two have 0.571 and 0.429 of what
//: is left, so the first alone reaches 0.55. First top-p: 0.4 is too little, so two stay, and top-k
//: has nothing to do. The second still draws, the first has become greedy.
//:
//: What matters more is the place of the temperature. If it comes first, the cuts see the bent
//: probabilities; if it comes last, they see what the model believes. Min-p as a comparison of
//: logits shows how much that is: $z_i / \tau \ge z_1 / \tau + \ln p_{\min}$ is
//: $z_i \ge z_1 + \tau \ln p_{\min}$, so a temperature of 2 in front squares the bar, and 0.1
//: becomes 0.01.

void the_order(const Speaker& speaker) {
  Vector k_first = five_logits(), p_first = five_logits();
  keep_top_k(k_first, 2);
  keep_top_p(k_first, 0.55);
  keep_top_p(p_first, 0.55);
  keep_top_k(p_first, 2);
  print("five tokens: top-k first leaves {}, top-p first leaves {}", count_possible(k_first),
        count_possible(p_first));
  const Vector logits = next_logits(speaker, "The hacker wrote a ");
  for (const SamplingSettings& settings :
       {SamplingSettings{.top_p = 0.9}, SamplingSettings{.min_p = 0.1}}) {
    const std::string name = settings.top_p < 1 ? "top-p 0.9" : "min-p 0.1";
    for (const Real temperature : {Real(0.5), Real(1), Real(2)}) {
      const Vector first = cut_logits(logits / temperature, {}, settings),
                   last = cut_logits(logits, {}, settings);
      print("{}, temperature {:3}:  before the cut leaves {:2}, after it {:2}", name, temperature,
            count_possible(first), count_possible(last));
    }
  }
  for (const bool first : {true, false}) {
    Generator generator(3);
    const Sampler sampler = [&](const VectorRef& row) {
      const Vector bent = row / Real(first ? 2 : 1);
      return sample_token(cut_logits(bent, {}, {.min_p = 0.1}), first ? 1 : 2, generator);
    };
    const std::vector<Token> prompt = speaker.model.tokenizer->encode("The hacker ");
    const std::string text = line_of(speaker, generate(speaker.model.gpt, prompt, 90, sampler));
    print("2 {}: {}", first ? "before" : "after ", text.substr(0, 90));
  }
}
//: ```{output}
//: ```
//:
//: Both orders are in use. llama.cpp takes the penalties, then top-k, top-p and min-p, and the
//: temperature last; the library transformers takes the penalty, the temperature, and then top-k,
//: top-p and min-p. So the same four numbers mean two different things there, and differ the more
//: the further the temperature is from 1. We take llama.cpp's order. The cuts then decide what is
//: *possible* by what the model believes, and the temperature only how to choose among the
//: possible; it can be turned up without letting the tail back in, as the last two texts show. And
//: the order lets us hand the row to `sample_token` as it is. Whoever wants the other order divides
//: the logits first, as the program did.
//:
//: ## Seeds
//:
//: A sampler draws one number from its generator for each token, whatever the settings (and none at
//: temperature 0). So the same seed gives the same text again, which one needs in order to find
//: a mistake or to compare two models:

/// How many characters two texts have in common at their beginning.
std::size_t common_start(const std::string& a, const std::string& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                  a.begin());
}

void seeds(const Speaker& speaker) {
  const auto text = [&](double top_p, std::uint64_t seed) {
    return spoken(speaker, {.top_p = top_p}, 400, "The hacker ", seed).substr(11);
  };
  const std::string reference = text(1, 1);
  print("seed 1 again:     {:3} characters in common", common_start(reference, text(1, 1)));
  print("seed 2:           {:3}", common_start(reference, text(1, 2)));
  for (const double top_p : {0.999, 0.99, 0.95, 0.9}) {
    print("seed 1, top-p {:.3f}: {:3}", top_p, common_start(reference, text(top_p, 1)));
  }
}
//: ```{output}
//: ```
//:
//: With the same seed a slightly different setting gives the same text for a while: the same point
//: on nearly the same line. Then a point falls on the other side of an edge, one character differs,
//: the model reads it, and the texts have nothing more in common. For the same reason a seed
//: promises nothing across programs. Another order of the tokens on the line, another generator, or
//: logits that differ in the last bit once in a long text are enough.
//:
//: ## At the edges
//:
//: A sampler stands in a loop that runs for hours, on models that we have not trained. What happens
//: at the edges should be decided, and not happen. Here they are. The tests
//: hold them fast, and compare all cuts, on 3,000 random rows full of equals, with a second
//: implementation that sorts everything.

void at_the_edges() {
  constexpr Real none = -std::numeric_limits<Real>::infinity();
  Vector ties(4), forbidden(4), broken(4);
  ties << 1, 3, 3, 3;
  forbidden << none, none, none, none;
  broken << 1, std::numeric_limits<Real>::quiet_NaN(), 1, 1;
  const auto left = [](const Vector& logits, const SamplingSettings& settings) {
    std::string tokens;
    const Vector row = cut_logits(logits, {}, settings);
    for (Index token = 0; token < row.size(); ++token) {
      if (row(token) > none) tokens += fmt::format(" {}", token);
    }
    return tokens;
  };
  print("logits 1 3 3 3, top-k 2:    tokens{}", left(ties, {.top_k = 2}));
  print("logits 1 3 3 3, top-k 100:  tokens{}", left(ties, {.top_k = 100}));
  print("logits 1 3 3 3, top-p 0:    tokens{}", left(ties, {.top_p = 0}));
  print("logits 1 3 3 3, min-p 1:    tokens{}", left(ties, {.min_p = 1}));
  for (const Vector& logits : {forbidden, broken}) {
    try {
      left(logits, {});
    } catch (const std::invalid_argument& error) {
      print("{}", error.what());
    }
  }
}
//: ```{output}
//: ```
//:
//: Top-k holds a number of tokens and top-p a sum, so they have to divide equals, by number. Min-p
//: compares each with the best, and equals pass together. A row in which nothing is possible is an
//: error of whoever forbade everything, and a logit that is not a number means that the model is
//: broken; to return token 0 would hide both.
//:
//: ```{listing} llm::check_logits
//: :folded:
//: ```
//:
//: ## Quality against diversity
//:
//: Which setting is best? A text should be *good* and it should not be always the *same*, and each
//: of these can be had by giving up the other. So we need two measurements.
//:
//: Diversity is easy to count. We take all pairs of neighboring words, and ask which share of
//: them is different. A text that walks in a circle has few.
//:
//: Quality is harder. The surprise of a model at the text seems to measure it, since nonsense is
//: surprising. But the model that wrote the text cannot be its judge: where it puts too much
//: probability on a wrong character, it draws that character too often, and is not surprised by it.
//: Somebody else has to grade, who makes other mistakes. We have one: the tables of section 5.7,
//: which count what follows the last characters in the training text. Here they are once more, with
//: five characters, made to grade any text:

/// How often each run of up to six characters stands in a text.
struct ContextTables {
  static constexpr Index longest = 5;
  std::uint64_t base;
  std::unordered_map<std::uint64_t, double> counts;

  /// The number of the run of `length` tokens that ends before `end`: its tokens as digits.
  std::uint64_t run(std::span<const Token> tokens, Index end, Index length) const {
    std::uint64_t number = 0;
    for (const Token token :
         tokens.subspan(static_cast<std::size_t>(end - length), static_cast<std::size_t>(length))) {
      number = number * base + static_cast<std::uint64_t>(token) + 1;
    }
    return number;
  }

  double count(std::uint64_t number) const {
    const auto found = counts.find(number);
    return found == counts.end() ? 0 : found->second;
  }

  /// The mean surprise at a text, in bits a character.
  double surprise(std::span<const Token> tokens) const {
    double total = 0;
    for (Index i = longest; i < std::ssize(tokens); ++i) {
      double p = 1 / static_cast<double>(base - 1);
      for (Index n = 0; n <= longest; ++n) {
        p = (count(run(tokens, i + 1, n + 1)) + 5 * p) / (count(run(tokens, i, n)) + 5);
      }
      total -= std::log2(p);
    }
    return total / static_cast<double>(std::ssize(tokens) - longest);
  }
};

ContextTables count_contexts(const Speaker& speaker) {
  ContextTables tables{static_cast<std::uint64_t>(speaker.model.tokenizer->size()) + 1, {}};
  const std::span<const Token> tokens = speaker.text.split.training;
  for (Index end = ContextTables::longest + 1; end <= std::ssize(tokens); ++end) {
    for (Index length = 0; length <= ContextTables::longest + 1; ++length) {
      tables.counts[tables.run(tokens, end, length)] += 1;
    }
  }
  return tables;
}

//: As a second opinion on quality there is the share of the words that occur in the training text,
//: from section 5.7, too.

struct Grades {
  double own = 0;       ///< surprise of the model that wrote it, bits a character
  double judge = 0;     ///< surprise of the tables
  double known = 0;     ///< share of the words of three letters or more that are words
  double distinct = 0;  ///< share of the pairs of words that are different
};

Grades grade(const Speaker& speaker, const ContextTables& tables,
             const std::set<std::string>& dictionary, const std::vector<Token>& tokens) {
  Grades grades;
  const Gpt& gpt = speaker.model.gpt;
  const auto window = static_cast<std::size_t>(gpt.config.context);
  double places = 0;
  for (std::size_t first = 0; first + window < tokens.size(); first += window / 2) {
    Matrix logits = forward(gpt, std::span(tokens).subspan(first, window));
    for (std::size_t t = window / 2; t < window; ++t, ++places) {
      const auto row = logits.row(static_cast<Index>(t));
      grades.own += (log_sum_exp(row) - row(tokens[first + t + 1])) / std::log(2.0);
    }
  }
  grades.own /= places;
  grades.judge = tables.surprise(tokens);
  const std::vector<std::string> words = split_words(speaker.model.tokenizer->decode(tokens));
  std::set<std::pair<std::string, std::string>> pairs;
  double long_words = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) pairs.insert({words[i - 1], words[i]});
    long_words += words[i].size() >= 3;
    grades.known += words[i].size() >= 3 && dictionary.contains(words[i]);
  }
  grades.known /= long_words;
  grades.distinct = static_cast<double>(pairs.size()) / static_cast<double>(words.size() - 1);
  return grades;
}

//: For each setting the model writes 6,000 characters from the same seed. The last line grades as
//: many characters of the validation text, which neither the model nor the judge has seen.

void measure_the_trade(const Speaker& speaker) {
  const ContextTables tables = count_contexts(speaker);
  const std::vector<std::string> all =
      split_words(speaker.model.tokenizer->decode(speaker.text.split.training));
  const std::set<std::string> dictionary(all.begin(), all.end());
  const auto say = [](const std::string& name, const Grades& grades) {
    print("{:28} itself {:.2f}   judge {:.2f}   words {:3.0f} %   pairs {:3.0f} %", name,
          grades.own, grades.judge, 100 * grades.known, 100 * grades.distinct);
  };
  const auto measure = [&](const std::string& family, const std::vector<double>& numbers,
                           const std::function<void(SamplingSettings&, double)>& set) {
    std::vector<double> judged, distinct, known;
    for (const double number : numbers) {
      SamplingSettings settings;
      set(settings, number);
      Generator generator(4);
      const std::vector<Token> prompt = speaker.model.tokenizer->encode("The hacker ");
      const std::vector<Token> tokens =
          generate(speaker.model.gpt, prompt, 6000, make_sampler(settings, prompt, generator));
      const Grades grades = grade(speaker, tables, dictionary, tokens);
      const std::string name = fmt::format("{} {}", family, number);
      say(name, grades);
      record(name + " own", "{:.2f}", grades.own);
      record(name + " judge", "{:.2f}", grades.judge);
      record(name + " known", "{:.0f}", 100 * grades.known);
      record(name + " distinct", "{:.0f}", 100 * grades.distinct);
      judged.push_back(grades.judge);
      distinct.push_back(grades.distinct);
      known.push_back(grades.known);
    }
    record_data("sampling_trade", family, numbers);
    record_data("sampling_trade", family + " judged", judged);
    record_data("sampling_trade", family + " distinct", distinct);
    record_data("sampling_trade", family + " known", known);
  };
  measure("temperature", {0, 0.5, 0.7, 0.85, 1, 1.2},
          [](SamplingSettings& settings, double number) { settings.temperature = number; });
  measure("top-k", {3, 5, 10, 20}, [](SamplingSettings& settings, double number) {
    settings.top_k = static_cast<Index>(number);
  });
  measure("top-p", {0.3, 0.5, 0.7, 0.9, 0.95},
          [](SamplingSettings& settings, double number) { settings.top_p = number; });
  measure("min-p", {0.3, 0.2, 0.1, 0.05, 0.02},
          [](SamplingSettings& settings, double number) { settings.min_p = number; });
  measure("min-p 0.1 at temperature", {1.5, 2}, [](SamplingSettings& settings, double number) {
    settings = {.temperature = number, .min_p = 0.1};
  });
  const std::span<const Token> real = std::span(speaker.text.split.validation).first(6000);
  const Grades people = grade(speaker, tables, dictionary, {real.begin(), real.end()});
  say("people", people);
  record("people own", "{:.2f}", people.own);
  record("people judge", "{:.2f}", people.judge);
  record("people known", "{:.0f}", 100 * people.known);
  record("people distinct", "{:.0f}", 100 * people.distinct);
  record_data("sampling_trade", "people",
              std::vector<double>{people.judge, people.distinct, people.known});
}
//: ```{output}
//: ```
//: ```{figure-from} sampling_trade
//: :alt: Two panels over the share of different word pairs, from 60 to 100 percent. Left, the
//:   surprise of the judge: all curves rise; from 80 percent on those of top-p and min-p lie
//:   lowest, and the star of the people lies near their ends. Right, the share of known words: all
//:   curves fall, that of top-k lies lowest, and the star lies far above all.
//: What variety costs, by two measures. Left, lower is less surprising; right, higher is better.
//: The settings with less than 60 % different pairs are left of the picture.
//: ```
//:
//: First the line of greedy decoding. It has the lowest surprise in its own eyes,
//: {value}`temperature 0 own` bits, and in those of the judge, {value}`temperature 0 judge`, and
//: {value}`temperature 0 known` % of its words are words. By every measure of quality it wins, and
//: it says one sentence for 6,000 characters: {value}`temperature 0 distinct` % of its pairs are
//: different. Any likelihood, whoever computes it, rewards the expected. That is why one number
//: cannot decide, and why the aim is not the least surprise but that of people,
//: {value}`people judge`.
//:
//: Then temperature 1, which draws from what the model believes. In its own eyes the text is as
//: surprising as that of people, {value}`temperature 1 own` bits against {value}`people own`, as it
//: must be if it has learned well. The judge sees {value}`temperature 1 judge`, and only
//: {value}`temperature 1 known` % of the words are words. Part of the difference is the damage of
//: the tail, and none of it can a model see in its own work.
//:
//: Now compare settings that have about the variety of people, {value}`people distinct` % different
//: pairs. Temperature 0.85 comes to {value}`temperature 0.85 distinct` %, with
//: {value}`temperature 0.85 known` % of the words; top-k 10 to {value}`top-k 10 distinct` % and
//: {value}`top-k 10 known` %; top-p 0.9 to {value}`top-p 0.9 distinct` % and
//: {value}`top-p 0.9 known` %; min-p 0.05 to {value}`min-p 0.05 distinct` % and
//: {value}`min-p 0.05 known` %. The judge's surprise is {value}`temperature 0.85 judge`,
//: {value}`top-k 10 judge`, {value}`top-p 0.9 judge` and {value}`min-p 0.05 judge`. At nearly the
//: same variety the two cuts that look at the row surprise the judge least and break the fewest
//: words. Top-k does not break fewer words than a plain temperature, though the judge finds it less
//: surprising: it cuts deep into open rows. (Exercise 6.1e asks how large a difference must be; two
//: or three points of a share and some hundredths of a bit are luck.) Between top-p and min-p there
//: is hardly anything to choose. The last two settings turn the temperature up *behind* a cut, and
//: get variety back at the price in broken words that min-p 0.05 pays for it.
//:
//: Is the problem solved, then? Look at top-p 0.95: {value}`top-p 0.95 judge` bits and
//: {value}`top-p 0.95 distinct` % different pairs, where people have {value}`people judge` and
//: {value}`people distinct`. By these two measures it writes as people do. But of its words
//: {value}`top-p 0.95 known` % are words, and of those of people {value}`people known` %. The judge
//: sees five characters at a time, and there a broken word looks like a rare one. A measure, too,
//: can be satisfied without what it was meant to measure, and the remedy is another one beside it.
//: No sampler reaches the star in the right panel: a cut can keep a model from saying what it holds
//: to be nearly impossible; it cannot tell it anything that it does not know.
//:
//: ## What it costs
//:
//: A cut looks at every logit of the vocabulary, and is made once for every token that is written.
//: With {value}`vocabulary` characters nobody would notice it. Llama 3 has 128,256 tokens. A pass
//: over as many logits of four bytes reads half a megabyte, which is some hundredth of a
//: millisecond; the exponentials that drawing and top-p need are dearer, one of some nanoseconds
//: for each token. On rows of random logits of that size:

void cost() {
  constexpr Index vocabulary = 128256;
  Generator generator(5);
  const Vector logits = random_normal(1, vocabulary, generator, 4);
  Vector row(vocabulary);
  const auto milliseconds = [&](const std::function<void()>& work) {
    return 1e3 * fastest_seconds([&] {
             row = logits;
             work();
           });
  };
  print_timing("copying the row       {:6.2f} ms", milliseconds([] {}));
  print_timing("drawing a token       {:6.2f} ms",
               milliseconds([&] { sample_token(row, 1, generator); }));
  print_timing("min-p 0.05            {:6.2f} ms", milliseconds([&] { keep_min_p(row, 0.05); }));
  print_timing("top-k 40              {:6.2f} ms", milliseconds([&] { keep_top_k(row, 40); }));
  print_timing("top-p 0.9             {:6.2f} ms", milliseconds([&] { keep_top_p(row, 0.9); }));
  const double sorting = milliseconds(
      [&] { std::sort(row.begin(), row.end(), [](Real a, Real b) { return a > b; }); });
  print_timing("sorting the whole row {:6.2f} ms", sorting);
}
//: ```{output}
//: ```
//:
//: A comparison with one number is nearly free. An order costs more than all the exponentials of a
//: draw, though `nth_element` takes a fraction of the sort's time. Llama 3 8B has that vocabulary.
//: At one byte a parameter, a machine that reads 30 GB in a second needs a quarter of a second for
//: a token of it (section 5.6), and a cut costs a hundredth of that. On a GPU, which reads a
//: hundred times as fast, a cut is no longer nothing.
//:
//: ## In the wild
//:
//: Drawing at a temperature is older than language models: {cite:t}`ackley1985learning` let the
//: units of their Boltzmann machines be on or off by chance, with a temperature that they lowered
//: as the network settled. Top-k came into use with the stories of {cite:t}`fan2018hierarchical`,
//: who took the ten likeliest words, and GPT-2 wrote its summaries with $k = 2$, to repeat itself
//: less than greedy decoding did {cite}`radford2019language`. Today's services offer temperature
//: and top-p, and some offer top-k; programs that run on one's own machine have these, min-p, and a
//: dozen more. llama.cpp starts with temperature 0.8, top-k 40, top-p 0.95 and min-p 0.05, one
//: after the other; the first cut spares the second most of its work.
//:
//: What is measured here on a model of characters, {cite:t}`holtzman2020curious` measured on GPT-2
//: Large: greedy and beam search far below the surprise of human text, plain drawing above it,
//: top-p close to it. The authors of min-p report better texts at high temperatures
//: {cite}`nguyen2025turning`. Their models are a thousand times as large as ours and more.
//:
//: ## Exercises
//:
//: ````{exercise} 6.1a
//: :title: Who stays?
//: :kind: paper
//:
//: Five tokens have the probabilities 0.5, 0.2, 0.2, 0.06 and 0.04. How many of them stay with
//: top-k 2, with top-p 0.65, and with min-p 0.2? And how many if the probabilities are first bent
//: by a temperature of 2?
//:
//: ```{hint}
//: A temperature of 2 takes the square root of each probability; then divide by the sum.
//: ```
//: ```{hint}
//: The roots are 0.707, 0.447, 0.447, 0.245 and 0.2, and their sum is 2.046.
//: ```
//: ```{solution}
//: Top-k 2 keeps two in both cases, the first and, of the two equals, the one with the lower
//: number. Top-p 0.65: $0.5 + 0.2 = 0.7$ is enough, so two. Bent, the probabilities are 0.346,
//: 0.219, 0.219, 0.120 and 0.098; two have 0.565 and three have 0.784, so three. Min-p 0.2: the bar
//: is at 0.1, so three. Bent, it is at $0.2 \cdot 0.346 = 0.069$, and all five stay.
//: ```
//: ````
//:
//: ````{exercise} 6.1b
//: :title: The nucleus
//: :kind: code
//: :function: nucleus
//:
//: Write `nucleus(probabilities, p)`: the probabilities (V) after a top-p cut. Those of the
//: likeliest tokens that together have at least `p` are divided by their sum; all others are 0. At
//: least one token stays, even for a `p` of 0, and of equals those with the lower numbers.
//:
//: ```{hint}
//: Sort the numbers of the tokens by their probabilities, and walk from the likeliest downward.
//: ```
//: ```{hint}
//: Keep the token first, and ask afterward whether the sum has reached `p`.
//: ```
//: ```{solution}
//: Sort, add up, stop behind the token with which the sum reaches `p`, divide.
//: ```
//: ````
//:
//: ````{exercise} 6.1c
//: :title: Not again
//: :kind: code
//: :function: penalized
//:
//: Write `penalized(logits, recent, penalty)`: the logits (V), in which those of the `recent`
//: tokens are divided by the penalty where they are positive, and multiplied by it where they are
//: not. A token may stand in `recent` more than once and is penalized once.
//:
//: ```{hint}
//: Which of the two makes −4 smaller: to divide it by 2, or to multiply it by 2?
//: ```
//: ```{hint}
//: Read from the logits that you were given, and write into a copy.
//: ```
//: ```{solution}
//: As `llm::penalize_repetition`: since each result is computed from the old logit, to write it
//: twice does no harm.
//: ```
//: ````
//:
//: ````{exercise} 6.1d
//: :title: Cut first, then bend
//: :kind: code
//: :function: cut_and_bent
//:
//: Write `cut_and_bent(logits, share, temperature)`: the probabilities (V) with which a token is
//: drawn, if those that are less likely than `share` times the likeliest are cut off, and *then*
//: the temperature, which is positive, bends what is left. Logits may be as large as 2000.
//:
//: ```{hint}
//: The odds of a token and the best are $e^{z_i - z_1}$, without any softmax.
//: ```
//: ```{hint}
//: A token stays if $z_i \ge z_1 + \ln(\text{share})$. Its weight is $e^{(z_i - z_1)/\tau}$.
//: ```
//: ```{solution}
//: Compare the logits with the bar, take the exponentials of those that stay, divide by their sum.
//: The largest exponent is 0, so nothing overflows.
//: ```
//: ````
//:
//: ````{exercise} 6.1e
//: :title: Two cuts at once
//: :kind: experiment
//:
//: Programs often combine cuts. Add a line to `measure_the_trade` with top-k 40, top-p 0.95 and
//: min-p 0.05 together, as llama.cpp has them, and another with only one of the three that comes
//: out nearly the same. Which one decides? Then measure any one setting with five seeds. How large
//: must a difference be before you believe it?
//:
//: ```{hint}
//: A setting that forbids what another has already forbidden changes nothing.
//: ```
//: ```{hint}
//: Look at "One row" and "A sure row": how many characters does each of the three keep?
//: ```
//: ```{solution}
//: The three together come to 2.05 bits, 86 % words and 91 % different pairs at temperature 1;
//: min-p 0.05 alone to 2.14, 85 and 94, while top-p 0.95 alone has 2.46 and top-k 40 alone 2.88.
//: Min-p decides on sure rows and on most others, top-p on some, and top-k 40 on hardly any of 96
//: characters. Over five seeds, min-p 0.05 varies from 2.14 to 2.25 bits, from 84 to 86 % words,
//: and from 91 to 94 % pairs: a difference of two or three points says nothing.
//: ```
//: ````

}  // namespace

void temperature_and_top_k() {
  Model model = trained_model();
  TrainingText text = training_text(read_corpus(), model.gpt.config.context, model.tokenizer);
  const Speaker speaker{std::move(model), std::move(text)};
  look_at_the_tail(speaker);
  by_hand();
  cut_one_row(speaker);
  count_what_stays(speaker);
  penalty_by_hand();
  break_the_circle(speaker);
  the_order(speaker);
  seeds(speaker);
  at_the_edges();
  measure_the_trade(speaker);
  cost();
}
