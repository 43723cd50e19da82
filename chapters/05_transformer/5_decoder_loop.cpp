//: # The decoder loop
//:
//: A trained GPT answers one question: given these tokens, how likely is each token to come next?
//: It gives a row of numbers. That is not yet a text. To make it speak we have to choose one token
//: from the row, write it down, and ask again. The loop has four lines; but how to choose is a
//: question with teeth. Take the likeliest token each time, and a model that can spell English will
//: tell you that the stand the stand the stand. Why does the best choice at every step make such a
//: bad text?

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <numeric>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/random.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/softmax.hpp"
#include "common/transformer/generation/generation.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: ## One row at a time
//:
//: In training, a sequence of $T$ tokens is $T$ exercises that are done at once, because all the
//: tokens are known (section 4.1). In generation only the past is known. The model is run on it; of
//: its $T$ rows of logits the last one speaks about what has not happened yet; a token is chosen,
//: joins the past, and the model is run again. This is the *{term}`decoder loop`*, and a model used in
//: this way is called *{term}`autoregressive`*: it predicts from its own output.
//:
//: Two things are left open in the loop, and the caller fills them in with functions. A *sampler*
//: gets the last row of logits and returns a token: all of this page is about what to put there. An
//: *observer*, if there is one, sees each token as it comes and may end the loop.
//:
//: ```{listing} llm::Sampler
//: :folded:
//: ```
//: ```{listing} llm::TokenObserver
//: :folded:
//: ```
//: ```{listing} llm::generate_recomputing
//: ```
//:
//: (`last_window` cuts off what is too long for the model; we come to it below.)
//:
//: We need a model that has learned something. This one trains for a few seconds, on the same text
//: and with the same trainer as in section 5.3. The trainer holds more than we need, so we copy the
//: parameters, one buffer as in section 5.2, into a GPT of their own:

struct SmallModel {
  TrainingText text;
  OwnedGpt gpt;
};

SmallModel small_model() {
  TrainingText text = training_text(read_corpus(), 64);
  TrainingSettings settings;
  settings.model = {.vocabulary = text.tokenizer->size(),
                    .context = 64,
                    .width = 96,
                    .heads = 4,
                    .key_value_heads = 4,
                    .layers = 3,
                    .hidden = 384,
                    .position = Position::rotary};
  settings.schedule = {.peak = 4e-3, .final = 2e-4, .warm_up = 30, .steps = 700};
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  while (trainer.optimizer.steps() < settings.schedule.steps) trainer.step();
  print("{} parameters, validation loss {:.2f} nats after {} steps",
        parameter_count(settings.model), trainer.validation_loss(16), trainer.optimizer.steps());
  OwnedGpt gpt(settings.model);
  gpt.buffer = trainer.gpt.buffer;
  return {std::move(text), std::move(gpt)};
}
//: ```{output}
//: ```
//:
//: Let us do the first turns of the loop by hand. After `The hack` the model names its favorites; we
//: take the first, and ask again. Two helpers make this readable, one that names a character, and one
//: that runs the model on a text and turns its last row of logits into probabilities:

/// A character as it can be shown on a line.
std::string shown(const SmallModel& model, Token token) {
  const std::string text = model.text.tokenizer->decode({&token, 1});
  return text == "\n" ? "newline" : text == " " ? "space" : text;
}

/// The probabilities of the next token after a text, (V).
Vector next_probabilities(const SmallModel& model, const std::string& text) {
  const std::vector<Token> tokens = model.text.tokenizer->encode(text);
  return softmax_rows(forward(model.gpt, last_window(model.gpt, tokens)).bottomRows(1));
}

//: We sort the characters by probability as far as the fourth, print these, and append the first:

void turns_by_hand(const SmallModel& model) {
  std::string text = "The hack";
  for (int turn = 0; turn < 5; ++turn) {
    const Vector probabilities = next_probabilities(model, text);
    std::vector<Token> order(static_cast<std::size_t>(probabilities.size()));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Token>(i);
    std::partial_sort(order.begin(), order.begin() + 4, order.end(),
                      [&](Token a, Token b) { return probabilities(a) > probabilities(b); });
    std::string line;
    for (std::size_t i = 0; i < 4; ++i) {
      line += fmt::format("   {:>7} {:.2f}", shown(model, order[i]), probabilities(order[i]));
    }
    print("{:14}{}", text, line);
    text += model.text.tokenizer->decode({order.data(), 1});
  }
}
//: ```{output}
//: ```
//:
//: ## The best choice, again and again
//:
//: *{term}`Greedy decoding`* takes the most probable token each time. Here are 70 characters of it,
//: and beside it what we get when each token is *drawn*, with the probabilities that the model gives.
//: (One number, the temperature, tells the sampler which: 0 is greedy, 1 draws. What lies between
//: comes further down.)

std::string continued(const SmallModel& model, const std::string& prompt, Index count,
                      double temperature, std::uint64_t seed = 1) {
  Generator generator(seed);
  const std::vector<Token> tokens = generate(model.gpt, model.text.tokenizer->encode(prompt), count,
                                             temperature_sampler(temperature, generator));
  return model.text.tokenizer->decode(tokens);
}

void greedy_and_drawn(const SmallModel& model) {
  print("greedy:  {}", continued(model, "The hacker ", 70, 0));
  print("drawn:   {}", continued(model, "The hacker ", 70, 1));
}
//: ```{output}
//: ```
//:
//: (`generate` is `generate_recomputing` made fast; section 5.6 lists it. Up to the model's 64
//: characters both write the same.) The greedy text has walked into a circle. Is the model so sure
//: of it? We cut one round of it out of a longer text, and ask what the model gives to the letter with
//: which the round begins, after one round, two, and as many as the window holds:

/// What a text that has walked into a circle writes in one round, from the start of a word on.
std::string round_of(const std::string& text) {
  for (std::size_t length = 1; 2 * length < text.size(); ++length) {
    const std::string round = text.substr(text.size() - length);
    if (!text.ends_with(round + round) || round.find(' ') == std::string::npos) continue;
    const std::size_t word = round.rfind(' ') + 1;
    return round.substr(word) + round.substr(0, word);
  }
  return text;
}

void how_sure_is_the_circle(const SmallModel& model) {
  const std::string round = round_of(continued(model, "The hacker ", 300, 0));
  const Token first = model.text.tokenizer->encode(round.substr(0, 1))[0];
  for (const std::size_t rounds : {std::size_t(1), std::size_t(2), 64 / round.size()}) {
    std::string text = "The hacker ";
    for (std::size_t i = 0; i < rounds; ++i) text += round;
    print("after {:2} times \"{}\": {} with {:.2f}", rounds, round, shown(model, first),
          next_probabilities(model, text)(first));
  }
}
//: ```{output}
//: ```
//:
//: It is not sure at all, and with more rounds it grows a little less so. Most of the time the text
//: would go on in another way; but no other letter alone has as much, so this one wins every time.
//: And the choice depends on nothing but the characters in the window. Each round adds the same
//: once more, which changes little, as the three lines show; and once the window is full of it, the
//: model reads the same again, and all that follows is the same again. (In larger models a phrase
//: that repeats even becomes more probable each time it comes round {cite}`holtzman2020curious`.)
//: The text that was drawn has no circles and makes its mistakes elsewhere: again and again it
//: takes a character that deserved its small probability, and few of its words are words.
//:
//: A number makes the difference plain. Section 5.3 measured how much a text surprises the model. We
//: can measure that for the model's own texts, and set beside them a real one, from the part that it
//: has never seen:

/// The mean surprise of the model, in nats a character, at a text, each character after 33 to 64.
double surprise(const SmallModel& model, std::span<const Token> tokens) {
  double total = 0;
  Index count = 0;
  for (std::size_t start = 0; start + 64 < tokens.size(); start += 32) {
    const Matrix logits = forward(model.gpt, tokens.subspan(start, 64));
    total += cross_entropy(logits.bottomRows(32), tokens.subspan(start + 33, 32));
    count += 32;
  }
  return total / static_cast<double>(count);
}

void surprise_of_own_texts(const SmallModel& model) {
  const std::vector<double> temperatures = {0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.5};
  std::vector<double> surprises;
  for (const double temperature : temperatures) {
    Generator generator(3);
    const std::vector<Token> tokens = generate(model.gpt, model.text.tokenizer->encode("The "),
                                               1500, temperature_sampler(temperature, generator));
    surprises.push_back(surprise(model, tokens));
  }
  const double real = surprise(model, std::span(model.text.split.validation).first(6000));
  print(
      "greedy {:.2f}   T = 0.4 {:.2f}   T = 0.8 {:.2f}   T = 1 {:.2f}   T = 1.5 {:.2f}   real "
      "{:.2f}",
      surprises[0], surprises[2], surprises[4], surprises[5], surprises[7], real);
  record("greedy_surprise", "{:.2f}", surprises[0]);
  record("real_surprise", "{:.2f}", real);
  record_data("decoder_surprise", "temperatures", temperatures);
  record_data("decoder_surprise", "surprises", surprises);
  record_data("decoder_surprise", "real", std::vector<double>{real});
}
//: ```{output}
//: ```
//: ```{figure-from} decoder_surprise
//: :alt: The model's mean surprise at its own texts rises with the temperature and is lowest for
//:   greedy decoding and for temperatures near 0; a horizontal line marks its surprise at a real
//:   text, crossed near temperature 1.
//: How surprised the model is by what it wrote itself: least by greedy text and by text drawn at a
//: temperature near 0. The line is its surprise at a real text.
//: ```
//:
//: So that is what is wrong with the best choice: people do not write what is most expected. If
//: they did, there would be no reason to read it. A real text surprises our model by
//: {value}`real_surprise` nats a character, a greedy one by {value}`greedy_surprise`.
//: {cite:t}`holtzman2020curious` found the same with GPT-2 Large, two thousand times as large. The
//: likeliest *text* would be dull already; and greedy decoding does not even find it, because the
//: likeliest first word need not begin the likeliest sentence (exercise 5.5a).
//:
//: The *{term}`temperature`* $\tau$ (`T` in the output above) leads from the one to the other, and
//: beyond. The logits are divided by it before the softmax (section 2.1):
//:
//: $$p_i \propto e^{z_i/\tau} .$$
//:
//: Two tokens whose odds are $3 : 1$ have odds $3^{1/\tau} : 1$ at temperature $\tau$: $9:1$ at one
//: half, $\sqrt 3 : 1$ at two. Toward 0 it becomes greedy, at 1 it is what the model believes.
//:
//: How does one draw a token with such probabilities? Lay them side by side on a line, each as long
//: as it is probable, point at a random place, and see whose piece it is. The probabilities need not
//: be made for that: the weights $e^{(z_i - z_{\max})/\tau}$ are in the same proportion, and the
//: largest logit is taken off as in section 2.1, so that nothing overflows. At 0 there is nothing to
//: divide by, and the sampler is greedy:
//:
//: ```{listing} llm::greedy_token
//: :folded:
//: ```
//: ```{listing} llm::sample_token
//: :until: double total = 0;
//: ```
//:
//: Now the line is as long as the sum of the weights. We point at a place, take off one piece after
//: the other, and stop at the piece in which nothing is left. (The last line is for rounding: should
//: the place lie a hair beyond the last piece, the most probable token is the answer.)
//:
//: ```{listing} llm::sample_token
//: ```
//:
//: What `generate` asks for is a function of the logits alone. `temperature_sampler` makes one, which
//: remembers temperature and generator:
//:
//: ```{listing} llm::temperature_sampler
//: :folded:
//: ```
//:
//: Here is how the temperature bends the row after `The com`:

void bend_a_row(const SmallModel& model) {
  const Vector base = next_probabilities(model, "The com").array().log();
  std::vector<std::string> labels;
  std::vector<Index> order(static_cast<std::size_t>(base.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return base(a) > base(b); });
  Matrix rows(3, 12);
  const std::vector<Real> temperatures = {Real(0.5), 1, 2};
  for (Index row = 0; row < 3; ++row) {
    const Matrix bent = softmax_rows(base / temperatures[static_cast<std::size_t>(row)]);
    for (Index i = 0; i < 12; ++i) rows(row, i) = bent(0, order[static_cast<std::size_t>(i)]);
    print("temperature {:3}   first {:.2f}   second {:.2f}   all beyond the twelfth {:.2f}",
          temperatures[static_cast<std::size_t>(row)], rows(row, 0), rows(row, 1),
          1 - rows.row(row).sum());
  }
  for (std::size_t i = 0; i < 12; ++i) labels.push_back(shown(model, static_cast<Token>(order[i])));
  record_data("decoder_temperature", "labels", labels);
  record_data("decoder_temperature", "rows", rows);
}
//: ```{output}
//: ```
//: ```{figure-from} decoder_temperature
//: :alt: Bars of the probabilities of the twelve likeliest characters at temperatures one half, one
//:   and two. Low temperature raises the first bar, high temperature evens them out.
//: One row of logits at three temperatures.
//: ```
//:
//: Section 5.8 draws at 0.8, a little below where the curve of surprise crosses that of real text.
//: The temperature is a blunt tool: below 1 it makes *every* choice more careful, those that were
//: safe and those that were open; chapter 6 cuts off the unlikely tail instead.
//:
//: ## How long a mistake lasts
//:
//: Whatever is drawn becomes part of what the model reads, and a text that it wrote is not of the
//: kind that it was trained on. Section 4.1 gave this its name, {term}`exposure bias`, and saw the
//: surprise at the true text rise with the share of guesses in what was read. It left a question
//: open. A mistake, once made, stays in the window. Does it do harm for as long as it is read, or
//: does the model get over it? We take real text, replace *one* character by a random one, and ask
//: how the loss rises at the character right after it, two after it, and so on:

void how_long_a_mistake_lasts(const SmallModel& model) {
  constexpr std::size_t lessons = 600;
  const std::span<const Token> tokens = model.text.split.validation;
  std::vector<double> distances, rises;
  double clean = 0;
  for (const std::size_t distance : {0U, 1U, 2U, 3U, 4U, 8U, 16U}) {
    Generator generator(9);
    double total = 0;
    for (std::size_t start = 0; start < 64 * lessons; start += 64) {
      const auto window = tokens.subspan(start, 64);
      std::vector<Token> read(window.begin(), window.end());
      if (distance > 0) {
        read[64 - distance] =
            static_cast<Token>(uniform_index(model.text.tokenizer->size(), generator));
      }
      total += cross_entropy(forward(model.gpt, read).bottomRows(1), tokens.subspan(start + 64, 1));
    }
    const double loss = total / lessons;
    if (distance == 0) {
      clean = loss;
      print("no mistake in the last 64 characters   loss {:.2f}", loss);
      continue;
    }
    print("a mistake {:2} characters back           loss {:.2f}   {:+.2f}", distance, loss,
          loss - clean);
    record(fmt::format("mistake {}", distance), "{:.2f}", loss - clean);
  }
}
//: ```{output}
//: ```
//:
//: Right after the mistake the model is lost: what follows a character that should not be there? It
//: costs {value}`mistake 1` nats. Four characters on the rise is {value}`mistake 4`, after eight it is
//: {value}`mistake 8`, and then hardly anything is left of it. So a slip makes the next characters worse and
//: the next slip likelier, often the rest of a word, and then the model is back on its way: its
//: mistakes do not add up to ruin. That is the good side of a short memory. A model that makes use of
//: whole pages is also misled by them for longer.
//:
//: ## When to stop
//:
//: The loop has no end of its own. Models of whole documents are given a token that stands for the
//: end, `<|endoftext|>` in GPT-2, which they learn to predict like any other; when it is drawn, the
//: loop stops. A model of characters can use what the text itself offers. Here the program writes a
//: headword, lets the model define it, and an observer that sees each token stops at the first full
//: stop:

void stop_at_the_end(const SmallModel& model) {
  Generator generator(12);
  std::string text = ":hack attack: n.\n\n";
  const TokenObserver until_full_stop = [&](Token token) {
    text += model.text.tokenizer->decode({&token, 1});
    return text.back() != '.';
  };
  generate(model.gpt, model.text.tokenizer->encode(text), 1000, temperature_sampler(0.7, generator),
           until_full_stop);
  print("{}", text);
}
//: ```{output}
//: ```
//:
//: ## The end of the window
//:
//: Our model was built for 64 positions. What does it do with the sixty-fifth character? With learned
//: positions there is no row in the table for it; with rotations the angle exists, but nothing was
//: trained at that distance (section 2.3). The library refuses to guess:

void beyond_the_window(const SmallModel& model) {
  try {
    forward(model.gpt, std::vector<Token>(65, 1));
  } catch (const std::invalid_argument& error) {
    print("{}", error.what());
  }
}
//: ```{output}
//: ```
//:
//: What one does is forget. `generate_recomputing` shows the model the last 64 characters and
//: numbers them from 0 again.
//:
//: ```{listing} llm::last_window
//: :folded:
//: ```
//:
//: How much is lost? We let the model predict the same 1,000 characters, each time from fewer of
//: the characters before them:

void what_context_is_worth(const SmallModel& model) {
  const std::span<const Token> tokens = model.text.split.validation;
  std::vector<double> lengths, losses;
  for (const std::size_t length : {1U, 2U, 3U, 4U, 6U, 8U, 12U, 16U, 24U, 32U, 48U, 64U}) {
    double total = 0;
    for (std::size_t place = 64; place <= 64000; place += 64) {
      const Matrix logits = forward(model.gpt, tokens.subspan(place - length, length));
      total += cross_entropy(logits.bottomRows(1), tokens.subspan(place, 1));
    }
    lengths.push_back(static_cast<double>(length));
    losses.push_back(total / 1000);
    print("from {:2} characters: loss {:.2f}", length, losses.back());
  }
  record_data("decoder_context", "lengths", lengths);
  record_data("decoder_context", "losses", losses);
}
//: ```{output}
//: ```
//: ```{figure-from} decoder_context
//: :alt: Loss against the number of characters that the model reads, from 1 to 64 on a logarithmic
//:   axis. It falls steeply up to four characters and is nearly flat after eight.
//: What a character of context is worth to this model: the loss at the same 1,000 characters.
//: ```
//:
//: What lies more than eight characters back, a word or two, gains this small model hardly
//: anything. For it, forgetting costs next to nothing: from 32 characters it predicts as well as
//: from 64. A larger model that has learned to refer back over pages would lose its thread, and for
//: such models long windows were built.
//:
//: ## What it costs
//:
//: To write the token at position $t$ the loop runs the model on $t$ rows. For $n$ tokens that makes
//: $1 + 2 + \dots + n = n(n+1)/2$ rows. Of each run, all rows of logits but the last are thrown away,
//: and the next run will compute all of them again. So twice the text should take four times as long:

void cost(const SmallModel& model) {
  Generator generator(1);
  const auto seconds = [&](Index count) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      generate_recomputing(model.gpt, {1}, count, temperature_sampler(1, generator));
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
      best = std::min(best, time.count());
    }
    return best;
  };
  for (const Index count : {16, 32, 64}) {
    print_timing("{:2} characters: {:6.1f} ms", count, 1e3 * seconds(count));
  }
}
//: ```{output}
//: ```
//:
//: The next section is about not doing this.
//:
//: ## In the wild
//:
//: Translation systems used *beam search*, which keeps several continuations at a time and so finds
//: likelier texts than greedy decoding does; for open-ended text that turned out to be the wrong wish,
//: as the figure of surprises suggests. Chat models are sampled, with temperatures between 0.6 and 1
//: and a cut-off tail; for code and arithmetic, where one answer is right, the temperature goes down.
//: For texts longer than the window, {cite:t}`xiao2024efficient` keep the first few tokens for ever and
//: the last few thousand, and drop the middle.
//:
//: ## Exercises
//:
//: ````{exercise} 5.5a
//: :title: Greedy is not best
//: :kind: paper
//:
//: A model over the tokens A and B gives first A with 0.6, B with 0.4. After A it gives A with 0.55
//: and B with 0.45; after B it gives A with 0.1 and B with 0.9. Which two-token text does greedy
//: decoding write, which is the most probable, and what is the surprise of each in bits?
//:
//: ```{hint}
//: The probability of a text is the product of the probabilities of its tokens.
//: ```
//: ```{hint}
//: There are four texts: AA, AB, BA, BB.
//: ```
//: ```{solution}
//: AA has $0.33$, AB $0.27$, BA $0.04$ and BB $0.36$. Greedy takes A, then A again, and ends with
//: $0.33$, which is $-\log_2 0.33 = 1.60$ bits; the most probable text is BB with $1.47$ bits. The
//: best first step does not begin the best text.
//: ```
//: ````
//:
//: ````{exercise} 5.5b
//: :title: Draw a token
//: :kind: code
//: :function: draw_token
//:
//: Write `draw_token(logits, temperature, u)`: the token that softmax(logits / temperature) gives for a
//: number `u` from [0, 1). Lay the probabilities side by side on the unit interval in the order of the
//: tokens, and return the token in whose piece `u` lies. Temperature 0 means the largest logit.
//: Logits may be as large as 10,000.
//:
//: ```{hint}
//: Subtract the largest logit before you divide by the temperature and exponentiate.
//: ```
//: ```{hint}
//: The piece of token $i$ begins where the pieces of all tokens before it end. What is left of `u`
//: when their lengths have been taken off?
//: ```
//: ```{solution}
//: As `llm::sample_token`, with `u` given.
//: ```
//: ````
//:
//: ````{exercise} 5.5c
//: :title: The loop
//: :kind: code
//: :function: greedy_loop
//:
//: Write `greedy_loop(model, tokens, count, context)`, where `model` is a function from tokens to
//: logits (T, V) that accepts at most `context` tokens. It returns the prompt `tokens` with `count`
//: tokens appended, each the most probable one.
//:
//: ```{hint}
//: Each new token must be part of what the model reads in the next turn.
//: ```
//: ```{hint}
//: When there are more tokens than `context`, the model should read the *last* ones.
//: ```
//: ```{solution}
//: In each turn: cut the last window, run the model, take the largest entry of the last row, append.
//: ```
//: ````
//:
//: ````{exercise} 5.5d
//: :title: How to break a circle
//: :kind: experiment
//:
//: Greedy decoding repeats itself. Write a sampler (a function from logits to a token) that
//: remembers the last 32 tokens it gave, lowers the logit of a token by a penalty for each time it
//: is among them, and is greedy otherwise. Find a penalty at which the circle breaks. What does it
//: do to spaces?
//:
//: ```{hint}
//: A sampler may be a lambda with a `std::vector<Token>` that it captures by reference.
//: ```
//: ```{hint}
//: Try penalties between 0.02 and 3 for each time that a token occurred.
//: ```
//: ```{solution}
//: Without a penalty the text goes round the circle of the page. A small penalty makes the rounds
//: fewer, and a larger one breaks the circle. But letters *should* repeat: of the ten characters of
//: a round two are spaces, and the larger the penalty, the fewer spaces are left, until words run
//: together. On tokens that are words, repetition penalties make more sense, and many programs
//: offer one.
//: ```
//: ````

}  // namespace

void decoder_loop() {
  const SmallModel model = small_model();
  turns_by_hand(model);
  greedy_and_drawn(model);
  how_sure_is_the_circle(model);
  surprise_of_own_texts(model);
  bend_a_row(model);
  how_long_a_mistake_lasts(model);
  stop_at_the_end(model);
  beyond_the_window(model);
  what_context_is_worth(model);
  cost(model);
}
