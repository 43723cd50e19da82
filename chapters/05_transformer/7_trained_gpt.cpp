//: # A trained GPT
//:
//: Everything is in place: text and tokens, blocks and norms, loss and optimizer, a loop that
//: trains and a loop that speaks. What comes of it? This page trains one model, from random numbers
//: to the end of its schedule, and then asks it four questions. What does it say, and when in its
//: training did it learn to say it? How good is it, compared with the simplest things that could do
//: the same? What happens inside it at a single character? And what can it not do?

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/attention/masks.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/words.hpp"
#include "common/harness/recorder.hpp"
#include "common/sequence/softmax.hpp"
#include "common/transformer/generation/kv_cache.hpp"
#include "common/transformer/model/loss.hpp"
#include "common/transformer/storage/progress.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: The settings are those of `./learn gpt train --tokenizer characters`, the text is the Jargon File:

TrainingSettings settings_of_the_book(const TrainingText& text) {
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = text.tokenizer->size();
  const Index characters = settings.sequences * settings.model.context;
  print("{} parameters, {} steps of {} characters, from a text of {}",
        parameter_count(settings.model), settings.schedule.steps, characters,
        text.split.training.size());
  record("context", "{}", settings.model.context);
  record("vocabulary", "{}", settings.model.vocabulary);
  record("parameters", "{}", parameter_count(settings.model));
  record("passes", "{:.1f}",
         static_cast<double>(settings.schedule.steps * characters) /
             static_cast<double>(text.split.training.size()));
  record("characters_a_parameter", "{:.1f}",
         static_cast<double>(settings.schedule.steps * characters) /
             static_cast<double>(parameter_count(settings.model)));
  return settings;
}
//: ```{output}
//: ```
//:
//: ```{listing} llm::default_settings
//: ```
//: ```{listing} llm::TrainingText
//: :folded:
//: ```
//: ```{listing} llm::training_text
//: :folded:
//: ```
//:
//: ## Why these settings
//:
//: The size follows from time. A reader should not wait longer than for a cup of tea, and section
//: 5.3 has said what a step costs: six operations for each parameter and character. That leaves a
//: model of {value}`parameters` parameters and a schedule that reads the text {value}`passes` times
//: over, too little to learn it by heart. The rule that a model should see about twenty tokens for
//: each parameter {cite}`hoffmann2022training` would ask for far more: ours sees
//: {value}`characters_a_parameter`. With more patience, or more threads, one would begin there.
//:
//: The window of {value}`context` characters is some twenty words. Attention's share of the work
//: grows with it (section 5.2), and what the model is to keep in mind, an open bracket, what the
//: entry is about, cannot be further away. Width and depth are then what fits into the minutes: a
//: block costs the square of the width, so that twice as many blocks or a width larger by four
//: tenths cost the same.
//:
//: The rest are choices of kind: which norm, which non-linearity, biases or not, which optimizer
//: for the weights. Section 5.4 measured such choices on a smaller model. Which of several good
//: ones is best depends on the size of the model and on how long it trains, so one asks again where
//: one is going to train. Before we spend minutes on the whole schedule, a rehearsal: the same
//: schedule squeezed into 200 steps, once as it is, and then with one choice turned around at a
//: time. The second line changes nothing but the seed, and so says how much of a difference is
//: luck.

double rehearse(const std::string& name, const TrainingSettings& changed,
                const TrainingText& text) {
  TrainingSettings settings = changed;
  settings.model.vocabulary = text.tokenizer->size();
  settings.schedule.steps = 800 / settings.sequences;
  settings.schedule.warm_up = settings.schedule.steps / 20;
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  while (trainer.optimizer.steps() < settings.schedule.steps) trainer.step();
  const double loss = trainer.validation_loss();
  print("{:36} {:7} parameters   validation loss {:.3f}", name, trainer.gpt.buffer.size(), loss);
  return loss;
}

void rehearse_each_choice(const TrainingText& text) {
  const TrainingSettings book = default_settings();
  const bool rms = book.model.norm == Norm::rms;
  const bool swiglu = book.model.feed_forward == FeedForward::swiglu;
  const bool muon = book.optimizer.weights == WeightOptimizer::muon;
  TrainingSettings seed = book, norm = book, activation = book, bias = book, optimizer = book;
  TrainingSettings batch = book;
  seed.seed = book.seed + 1;
  norm.model.norm = rms ? Norm::layer : Norm::rms;
  activation.model.feed_forward = swiglu ? FeedForward::gelu : FeedForward::swiglu;
  activation.model.hidden = swiglu ? book.model.hidden * 3 / 2 : book.model.hidden * 2 / 3;
  bias.model.bias = !book.model.bias;
  batch.sequences = 2 * book.sequences;
  optimizer.optimizer.weights = muon ? WeightOptimizer::adamw : WeightOptimizer::muon;
  record("rehearsed", "{:.3f}", rehearse("as the book trains it", book, text));
  record("rehearsed_seed", "{:.3f}", rehearse("with another seed", seed, text));
  record("rehearsed_norm", "{:.3f}", rehearse(rms ? "with LayerNorm" : "with RMSNorm", norm, text));
  record("rehearsed_activation", "{:.3f}",
         rehearse(swiglu ? "with GELU" : "with SwiGLU", activation, text));
  record("rehearsed_bias", "{:.3f}",
         rehearse(book.model.bias ? "without biases" : "with biases", bias, text));
  record(
      "rehearsed_optimizer", "{:.3f}",
      rehearse(muon ? "with AdamW for the weights" : "with Muon for the weights", optimizer, text));
  record("rehearsed_batch", "{:.3f}", rehearse("half the steps, of twice the size", batch, text));
}
//: ```{output}
//: ```
//:
//: The first line is at {value}`rehearsed`, and two hundred steps from another seed end at
//: {value}`rehearsed_seed`. Read the other lines with that in mind. The optimizer turned around
//: gives {value}`rehearsed_optimizer`, the non-linearity {value}`rehearsed_activation`, the norm
//: {value}`rehearsed_norm`, the biases {value}`rehearsed_bias`. (The hidden width is changed with
//: the non-linearity, so that the number of weights stays: SwiGLU has three matrices where GELU has
//: two.) The last line reads as many characters in half as many steps: the gradient of a larger
//: batch is more exact, but one step is all that is made of it, and it ends at
//: {value}`rehearsed_batch`. So we take small batches, four sequences, although a step then spends
//: a larger share of its time in Muon, whose work does not depend on the batch.
//:
//: Where a line lies as near to the first as the seed does, the choice does not matter here, and
//: one takes what is less work. Where a line is clearly behind, the choice is made. And where one
//: is ahead, there may still be a reason to stay: RMSNorm and SwiGLU make the shape of a Llama,
//: which other programs run as it lies on the disk (page 5.9), and a rehearsal is not the
//: performance. What is ahead after 200 steps can fall behind after 3,600. It is what one can
//: afford, and it finds the large mistakes.
//:
//: ## Watch it learn to spell
//:
//: The same seed and the same prompt, a new line, at four moments of training: before the first
//: step, after 100, after 1,000, and at the end. It speaks as in sections 5.5 and 5.6, at a
//: temperature of 0.8, each time with the same random numbers, so that nothing changes but the
//: model.

std::string speak(const Gpt& gpt, const Tokenizer& tokenizer, Index count,
                  const std::string& prompt = "\n") {
  Generator generator(5);
  const Sampler sampler = temperature_sampler(0.8, generator);
  return tokenizer.decode(generate(gpt, tokenizer.encode(prompt), count, sampler));
}

/// A text as lines of at most 80 characters, broken between words, without empty lines in a row.
std::string wrapped(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line); result += line + '\n') {
    while (line.size() > 80) {
      const std::size_t space = line.rfind(' ', 80), end = std::min<std::size_t>(space, 80);
      result += line.substr(0, end) + '\n';
      line.erase(0, end + (end == space));
    }
    if (line.empty() && result.ends_with("\n\n")) result.pop_back();
  }
  return result;
}

//: One can judge such a sample by its looks. We also want a number, and the first thing that a
//: model of characters can get right is a word. So we take 3,000 characters of what it says, and
//: count which share of the words of three letters or more occurs anywhere in the training text:

/// The words of three letters or more.
std::vector<std::string> long_words(const std::string& text) {
  std::vector<std::string> words = split_words(text);
  std::erase_if(words, [](const std::string& word) { return word.size() < 3; });
  return words;
}

using WordSet = std::unordered_set<std::string>;

/// Which share of a text's long words is known.
double known_share(const WordSet& known, const std::string& text) {
  const std::vector<std::string> words = long_words(text);
  const auto is_known = [&](const std::string& word) { return known.contains(word); };
  return static_cast<double>(std::count_if(words.begin(), words.end(), is_known)) /
         static_cast<double>(words.size());
}

double listen(const Trainer& trainer, const TrainingText& text, const WordSet& known) {
  const std::string said =
      speak(trainer.gpt, *text.tokenizer, 3000).substr(1);  // without the prompt
  const double share = known_share(known, said);
  print("step {}: {:.0f} % of the words are words", trainer.optimizer.steps(), 100 * share);
  print("{}", wrapped(said.substr(0, 240)));
  return share;
}

//: Then the run itself. Every hundred steps it looks at the validation loss, on the first eight
//: batches only, and at the four moments it stops to listen:

void train_and_listen(Trainer& trainer, const TrainingText& text, const WordSet& known) {
  std::vector<double> training, validation, validation_steps;
  double seconds = 0;
  const Index steps = trainer.settings.schedule.steps;
  Progress progress(0, steps);
  record("words_fresh", "{:.0f}", 100 * listen(trainer, text, known));
  while (trainer.optimizer.steps() < steps) {
    const auto begin = std::chrono::steady_clock::now();
    StepReport report = trainer.step();
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    training.push_back(report.loss);
    if (report.step % 100 == 0) {
      report.validation_loss = trainer.validation_loss(8);
      validation.push_back(report.validation_loss);
      validation_steps.push_back(static_cast<double>(report.step));
    }
    progress.show(report);
    if (report.step == 100) record("words_100", "{:.0f}", 100 * listen(trainer, text, known));
    if (report.step == 1000) record("words_1000", "{:.0f}", 100 * listen(trainer, text, known));
  }
  record("words_end", "{:.0f}", 100 * listen(trainer, text, known));
  record("seconds", "{:.0f}", seconds);
  record("tokens_per_second", "{:.0f}",
         static_cast<double>(steps * trainer.batch.sequences * trainer.batch.length) / seconds);
  record_data("gpt_loss", "training", training);
  record_data("gpt_loss", "validation", validation);
  record_data("gpt_loss", "validation_steps", validation_steps);
}
//: ```{output}
//: ```
//:
//: Nobody told it what a word is. Before the first step it draws characters, all of them about
//: equally often. After 100 steps it knows which are common and how long words are, and that vowels
//: and consonants take turns: you can pronounce it. After 1,000 an entry begins like an entry, with
//: its headword between colons and its part of speech, and most of the short words are right. At
//: the end most of the long ones are, too, and three or four words in a row go together. The order
//: is that of the price. Spelling is the cheapest way to lower the surprise at the next character,
//: so it comes first; meaning is dearer, and comes later, in models larger than this one.
//:
//: The count says the same. The share of real words goes from {value}`words_fresh` % over
//: {value}`words_100` % and {value}`words_1000` % to {value}`words_end` %. (The fresh model's few
//: are short runs of letters that happen to stand somewhere in the text.) Here is how a text does
//: that people wrote, and then what the model writes instead of words:

void look_at_the_words(const Gpt& gpt, const TrainingText& text, const WordSet& known) {
  const std::string validation = text.tokenizer->decode(text.split.validation);
  print("of the validation text: {:.1f} % of the words are words",
        100 * known_share(known, validation));
  record("words_validation", "{:.1f}", 100 * known_share(known, validation));
  std::string invented;
  for (const std::string& word : long_words(speak(gpt, *text.tokenizer, 3000))) {
    const bool is_new = !known.contains(word);
    if (is_new && invented.size() < 230) invented += word + " ";
  }
  print("{}", wrapped(invented));
}
//: ```{output}
//: ```
//:
//: People invent words, too: of the validation text {value}`words_validation` % would be the score
//: of somebody who makes no mistake. And the inventions are of the right make. Nearly all have
//: English syllables and English endings; some could be words that the dictionary forgot. The model
//: has not stored a list of words, of which it would pick one or another. It has learned how words
//: are built, and only who builds words can be wrong in this way.
//:
//: ## How good is it?
//:
//: A loss means something beside other losses. Section 5.3 built a ladder of simple predictors:
//: guess evenly, know how often each character occurs, know what tends to follow what. It can be
//: extended. A table may look at the last two characters, or at the last five, and count what
//: followed. Long contexts are mostly new, so such a table must fall back on a shorter one. Ours
//: blends: the share that followed a context is mixed with the expectation of the next shorter
//: context, as if that had been seen five times,
//:
//: $$p_n(c) = \frac{\text{times that } c \text{ followed the last } n + 5\, p_{n-1}(c)}
//: {\text{times that the last } n \text{ occurred} + 5},$$
//:
//: and an even guess stands at the bottom. Take a context that was seen once, with an "e" behind
//: it. The next shorter table gives "e" a tenth; then this one gives it $(1 + 0.5)/6 = 0.25$. Seen
//: a hundred times, with fifty times an "e", it gives $(50 + 0.5)/105 = 0.48$. And a context that
//: was never seen hands on what the shorter one expects, unchanged. All the tables are one map from
//: runs of characters to how often they occur, counted on the training text and graded on the
//: validation text:

/// The losses of tables that look at the last 0, 1, ... longest characters, in nats, and how many
/// runs the longest of them has counted.
std::pair<std::vector<double>, std::size_t> table_losses(const TrainingText& text, Index longest) {
  const auto base = static_cast<std::uint64_t>(text.tokenizer->size()) + 1;
  // The number of the run of `length` tokens that ends before `end`: its tokens as digits.
  const auto run = [&](std::span<const Token> tokens, Index end, Index length) {
    std::uint64_t number = 0;
    for (Index i = end - length; i < end; ++i) {
      number = number * base + static_cast<std::uint64_t>(tokens[static_cast<std::size_t>(i)]) + 1;
    }
    return number;
  };
  std::unordered_map<std::uint64_t, double> counts;
  const std::span<const Token> known = text.split.training, asked = text.split.validation;
  for (Index end = longest + 1; end <= std::ssize(known); ++end) {
    for (Index length = 0; length <= longest + 1; ++length) counts[run(known, end, length)] += 1;
  }
  const auto count = [&](std::uint64_t number) {
    const auto found = counts.find(number);
    return found == counts.end() ? 0 : found->second;
  };
  std::vector<double> losses(static_cast<std::size_t>(longest) + 1);
  const double places = static_cast<double>(std::ssize(asked) - longest);
  for (Index i = longest; i < std::ssize(asked); ++i) {
    double p = 1 / static_cast<double>(base - 1);
    for (Index n = 0; n <= longest; ++n) {
      p = (count(run(asked, i + 1, n + 1)) + 5 * p) / (count(run(asked, i, n)) + 5);
      losses[static_cast<std::size_t>(n)] -= std::log(p) / places;
    }
  }
  return {losses, counts.size()};
}

void climb_the_ladder(Trainer& trainer, const TrainingText& text) {
  const auto say = [&](const std::string& name, double loss) {
    print("{:28} {:.3f} nats   {:.2f} bits a character", name, loss,
          bits_a_byte(loss, text.bytes_a_token));
  };
  const double even = std::log(static_cast<double>(text.tokenizer->size()));
  const auto [tables, runs] = table_losses(text, 6);
  say("an even guess", even);
  for (std::size_t n = 0; n < tables.size(); ++n) {
    say(fmt::format("a table of the last {}", n), tables[n]);
  }
  const double loss = trainer.validation_loss();
  say("the GPT", loss);
  const auto best = std::min_element(tables.begin(), tables.end());
  record("bits", "{:.2f}", bits_a_byte(loss, text.bytes_a_token));
  record("perplexity", "{:.1f}", std::exp(loss));
  record("table_bits", "{:.2f}", bits_a_byte(*best, text.bytes_a_token));
  record("table_length", "{}", best - tables.begin());
  record("table_runs", "{:.1f}", static_cast<double>(runs) / 1e6);
  record_data("gpt_loss", "levels", std::vector<double>{even, tables[1], *best});
}
//: ```{output}
//: ```
//: ```{figure-from} gpt_loss
//: :alt: Training and validation loss in bits a character against the step. Both fall steeply, then
//:   slowly; they stay together. Dotted lines mark an even guess, a table of the last character, and
//:   the best of the tables.
//: The loss in bits a character. The dotted lines are an even guess, a table of the last character,
//: and the best of the tables. The points are means over the first 8,192 characters of the
//: validation text; the number above is that of all of it.
//: ```
//:
//: On text that it has never seen the model needs {value}`bits` bits for a character: a perplexity
//: of {value}`perplexity`, as if it had that many equally likely characters to choose from, of
//: {value}`vocabulary`. That took {value}`seconds` seconds, at {value}`tokens_per_second`
//: characters a second.
//:
//: The tables are not to be laughed at. Each character of context helps, up to
//: {value}`table_length` of them; a longer context is too seldom found again to teach more. The
//: best table needs {value}`table_bits` bits. Claude Shannon drew up such tables in 1948 to measure
//: English {cite}`shannon1948mathematical`, and some seconds of counting are a rival that a network
//: must be compared with before one believes in it. But look at what each has to keep: the tables
//: hold {value}`table_runs` million counts, and the model has {value}`parameters` numbers. A larger
//: model that trains for longer has somewhere to go, where the tables have read everything there
//: is. And a table knows nothing of a context that it has not seen letter by letter, where the
//: model, for which similar characters and similar pasts are near each other, still has an opinion.
//:
//: ## One character, there and back
//:
//: All that this chapter has built happens at every character. Let us follow one. The model has
//: read "on a com", and the next character is a "p", of "computer". Everything on the way is a
//: row of numbers, of which we print the first four.

void print_row(const char* name, const VectorRef& row) {
  print("{:34} {:8.4f} {:8.4f} {:8.4f} {:8.4f}  ...", name, row(0), row(1), row(2), row(3));
}

void follow_a_character(const Trainer& trainer, const TrainingText& text) {
  const Gpt& gpt = trainer.gpt;
  const std::vector<Token> tokens = text.tokenizer->encode("on a com");
  const Token last = tokens.back(), target = text.tokenizer->encode("p")[0];
  print("the last character, m, is token {}, and p is token {}", last, target);
  print_row("row of m in the embedding table", gpt.parameters.token_embedding.row(last));
  BlockWorkspace workspace{AttentionWorkspace(gpt.config.context)};
  const Matrix stream = run_blocks(gpt, tokens, workspace).bottomRows(1);
  print_row("the stream after the blocks", stream);
  Matrix normed(1, gpt.config.width), logits(1, gpt.config.vocabulary);
  output_forward(gpt, stream, normed, logits);
  print_row("after the last norm", normed);
  const Matrix probabilities = softmax_rows(logits);
  std::vector<Token> order(static_cast<std::size_t>(logits.cols()));
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + 5, order.end(),
                    [&](Token a, Token b) { return logits(a) > logits(b); });
  for (const Token token : std::span(order).first(5)) {
    print("next '{}':  logit {:6.3f}   probability {:.3f}", text.tokenizer->decode({&token, 1}),
          logits(token), probabilities(token));
  }
  print("surprise at p: -ln {:.3f} = {:.3f} nats", probabilities(target),
        -std::log(probabilities(target)));
  record("trace_gradient", "{:.3f}", probabilities(target) - 1);
  record("trace_normed", "{:.4f}", normed(0));
  record("trace_row", "{:.3f}", (probabilities(target) - 1) * normed(0));
}
//: ```{output}
//: ```
//:
//: So a token is a number of a row, and the row is all that the model knows of "m" by itself. Eight
//: characters went through the blocks together, and attention has mixed the other seven into the
//: eighth: the stream at "m" no longer says "m" but what the model expects behind "on a com". The
//: last norm gives it its size, and its dot product with the row of each character in the output
//: table, which is tied, is that character's logit.
//:
//: And back. The surprise has a gradient with respect to the logits, which is the probabilities,
//: with 1 taken off at the character that came (section 5.3): $p - 1 =$ {value}`trace_gradient` at
//: "p", and the probability itself at all others. The logit of "p" is its row times the normed
//: stream, so the row of "p" gets $p - 1$ times that stream; the first number must be
//: {value}`trace_gradient` times {value}`trace_normed`, which is {value}`trace_row`. The rest of
//: the gradient goes on into the stream and takes the long way through the blocks, down to the row
//: of "m" where it began. (Our table is tied, section 5.2: the same row serves at both ends. So
//: that of "m" gets a second part, since "m" is also one of the characters that might have come.)
//: `Backpropagation` computes the gradients of a whole sequence. For those of the last character
//: alone we take the sum of eight surprises and subtract that of the first seven; under a causal
//: mask the first seven do not know of the eighth:

void follow_it_back(Trainer& trainer, const TrainingText& text, ThreadTeam& team) {
  OwnedGpt& gpt = trainer.gpt;
  const std::vector<Token> tokens = text.tokenizer->encode("on a comp");
  const std::span<const Token> inputs = std::span(tokens).first(8),
                               targets = std::span(tokens).last(8);
  Backpropagation eight(gpt, 1, 8, team), seven(gpt, 1, 7, team);
  const auto surprise = [&] {
    return 8 * eight.loss(inputs, targets) - 7 * seven.loss(inputs.first(7), targets.first(7));
  };
  eight.loss_and_gradients(inputs, targets, 8);
  seven.loss_and_gradients(inputs.first(7), targets.first(7), 7);
  const auto gradient = [&](auto row_of) -> Vector { return row_of(eight) - row_of(seven); };
  const Vector of_p = gradient([&](const Backpropagation& passes) -> Vector {
    return passes.views.output.weight.row(tokens[8]);
  });
  const Vector of_m = gradient([&](const Backpropagation& passes) -> Vector {
    return passes.views.token_embedding.row(tokens[7]);
  });
  print_row("gradient of the row of p", of_p);
  print_row("gradient of the row of m", of_m);
  const double before = surprise();
  gpt.parameters.token_embedding.row(tokens[7]) -= Real(1e-3) * of_m;
  print("the row of m moved by -0.001 of its gradient:");
  print("  surprise {:.6f} -> {:.6f}; predicted {:.6f}", before, surprise(),
        before - 1e-3 * of_m.squaredNorm());
  gpt.parameters.token_embedding.row(tokens[7]) += Real(1e-3) * of_m;
}
//: ```{output}
//: ```
//:
//: The row of "p" has the number that we computed by hand (the two gradients stand at the end of
//: the output further up). And the gradient of the row of "m" keeps its promise: moved a thousandth
//: of it the other way, the surprise falls by nearly a thousandth of the gradient's square, as the
//: derivative says for small steps. That is one character. A step of training does this for all
//: characters of its batch and moves all parameters at once.
//:
//: ## What the heads look at
//:
//: Each head of each block has its own habit. Here are all sixteen on one line of text: row $t$
//: shows from where the character at $t$ took its values. And to name a few habits, we ask which
//: head puts the largest share of its weight on the two characters before, on spaces, and on the
//: letter with which the word began.

/// Whether a head's look from the character at t to that at j is of a certain kind.
using Look = std::function<bool(Index t, Index j)>;

/// The head with the largest mean share of its weight on such looks, from the fifth character on.
void print_best_head(const char* name, const std::vector<Matrix>& heads, const Look& counts) {
  std::vector<double> shares(heads.size());
  const Index length = heads[0].rows();
  for (std::size_t head = 0; head < heads.size(); ++head) {
    for (Index t = 4; t < length; ++t) {
      for (Index j = 0; j <= t; ++j) shares[head] += counts(t, j) ? heads[head](t, j) : 0;
    }
  }
  const auto best = std::max_element(shares.begin(), shares.end());
  print("{:26} block {}, head {}: {:.2f} of its weight", name, (best - shares.begin()) / 4 + 1,
        (best - shares.begin()) % 4 + 1, *best / static_cast<double>(length - 4));
}

//: The attention that the GPT runs with keeps no weights (section 4.3). So we go through the blocks
//: as its forward pass does, and in each compute the weights once more, with the attention of
//: section 3.3 and the mask of section 3.4, from the queries, keys and values that lie side by side
//: in `projected`:

void look_at_the_heads(const Trainer& trainer, const TrainingText& text) {
  const std::string line = "the hacker hacked";
  const std::vector<Token> tokens = text.tokenizer->encode(line);
  const auto length = static_cast<Index>(tokens.size());
  const Gpt& gpt = trainer.gpt;
  const HeadLayout layout = head_layout(gpt.config);
  BlockActivations activations(gpt.config, length);
  BlockWorkspace workspace{AttentionWorkspace(length)};
  embed_tokens(gpt, tokens, 0, activations.input);
  std::vector<Matrix> heads;
  std::vector<std::string> characters;
  for (const char character : line) characters.emplace_back(1, character);
  record_data("gpt_attention", "characters", characters);
  for (std::size_t block = 0; block < gpt.parameters.blocks.size(); ++block) {
    attention_forward(gpt, gpt.parameters.blocks[block], {0, length, length}, activations,
                      workspace);
    const Matrix& projected = activations.projected;
    const Matrix queries = projected.leftCols(layout.width());
    const Matrix keys = projected.middleCols(layout.width(), layout.key_value_width());
    const Matrix values = projected.rightCols(layout.key_value_width());
    const auto seen = attend_heads(queries, keys, values, causal_mask(length), layout);
    for (const Matrix& weights : seen.weights) {
      const std::size_t head = heads.size() % seen.weights.size();
      record_data("gpt_attention", fmt::format("block_{}_head_{}", block, head), weights);
      heads.push_back(weights);
    }
    feed_forward_forward(gpt, gpt.parameters.blocks[block], {0, length, length}, activations,
                         activations.input, workspace);
  }
  const auto place = [](Index i) { return static_cast<std::size_t>(i); };
  print_best_head("the two characters before", heads,
                  [](Index t, Index j) { return j == t - 1 || j == t - 2; });
  print_best_head("spaces", heads, [&](Index, Index j) { return line[place(j)] == ' '; });
  print_best_head("the first letter", heads,
                  [&](Index t, Index j) { return place(j) == line.rfind(' ', place(t) - 1) + 1; });
}
//: ```{output}
//: ```
//: ```{figure-from} gpt_attention
//: :alt: Sixteen lower triangular heat maps, four blocks by four heads, of attention weights on the
//:   line "the hacker hacked". In the first row most lie near the diagonal; further down vertical
//:   bars mark places that many letters look at.
//: Attention in the trained model, blocks from top to bottom. A line beside the diagonal is a head
//: that looks a fixed number of characters back; a vertical bar is a place that many characters
//: look at, such as a space or the first letter of a word.
//: ```
//:
//: ## What it cannot do
//:
//: It spells. Does it also say something? Three measurements where a reader of English would be far
//: ahead. First, what does it make of text whose *words* are in a wrong order? We take 20,000
//: characters of the validation text, once as they are, once with all words shuffled, once with the
//: letters shuffled inside each word:

/// The sum of the surprises at the characters of a text, read in windows of the context's length.
double surprise_at(const Gpt& gpt, std::span<const Token> tokens) {
  double total = 0;
  for (std::size_t first = 0, count = 0; first + 1 < tokens.size(); first += count) {
    count = std::min(static_cast<std::size_t>(gpt.config.context), tokens.size() - 1 - first);
    total +=
        cross_entropy(forward(gpt, tokens.subspan(first, count)), tokens.subspan(first + 1, count));
  }
  return total;
}

template <class Sequence>
void shuffle(Sequence& sequence, Generator& generator) {
  for (Index i = std::ssize(sequence) - 1; i > 0; --i) {
    std::swap(sequence[static_cast<std::size_t>(i)],
              sequence[static_cast<std::size_t>(uniform_index(i + 1, generator))]);
  }
}

void shuffle_the_text(const Gpt& gpt, const TrainingText& text) {
  const std::string original =
      text.tokenizer->decode(std::span(text.split.validation).first(20'000));
  std::vector<std::string> words;
  std::istringstream stream(original);
  for (std::string word; std::getline(stream, word, ' ');) words.push_back(word);
  Generator generator(1);
  std::string other_order, other_letters;
  for (std::string word : words) {
    shuffle(word, generator);
    other_letters += word + " ";
  }
  shuffle(words, generator);
  for (const std::string& word : words) other_order += word + " ";
  const auto measure = [&](const char* name, const char* value, const std::string& shuffled) {
    const std::vector<Token> tokens = text.tokenizer->encode(shuffled);
    const double loss = surprise_at(gpt, tokens) / static_cast<double>(tokens.size() - 1);
    print("{:24} {:.2f} bits a character", name, bits_a_byte(loss, text.bytes_a_token));
    record(value, "{:.2f}", bits_a_byte(loss, text.bytes_a_token));
  };
  measure("as it is", "order_kept", original);
  measure("words shuffled", "words_shuffled", other_order);
  measure("letters shuffled", "letters_shuffled", other_letters);
}
//: ```{output}
//: ```
//:
//: Shuffled letters cost it dearly: {value}`letters_shuffled` bits and not {value}`order_kept`.
//: Shuffled words, which leave nothing of what the text says, cost it far less, at
//: {value}`words_shuffled`. To a reader the second text is as good as gone. To the model it is a
//: slightly odd one: nearly all that it knows is inside words, and of how words follow each other
//: it knows what the difference is worth.
//:
//: Second, brackets. A cross-reference opens with a brace and closes with one, and a remark in
//: parentheses has to end. Of those that are opened, how many are closed before the paragraph ends?

/// How many brackets of a kind are opened in a text, and how many of them are closed before the
/// paragraph ends.
std::pair<Index, Index> brackets(std::string_view text, char open, char close) {
  Index opened = 0, closed = 0;
  for (std::size_t i = text.find(open); i != text.npos; i = text.find(open, i + 1)) {
    ++opened;
    closed += text.find(close, i) < text.find("\n\n", i);
  }
  return {opened, closed};
}

void count_brackets(const Gpt& gpt, const TrainingText& text) {
  const std::string said = speak(gpt, *text.tokenizer, 10'000);
  const std::string written =
      text.tokenizer->decode(std::span(text.split.validation).first(50'000));
  const auto count = [&](const char* name, const std::string& of, const std::string& pair) {
    const auto [opened, closed] = brackets(of, pair[0], pair[1]);
    print("{} {}   {:3} opened, {:3} closed", name, pair, opened, closed);
    return 100.0 * static_cast<double>(closed) / static_cast<double>(opened);
  };
  record("braces_closed", "{:.0f}", count("the model", said, "{}"));
  record("parentheses_closed", "{:.0f}", count("the model", said, "()"));
  count("the text ", written, "{}");
  record("parentheses_of_people", "{:.0f}", count("the text ", written, "()"));
}
//: ```{output}
//: ```
//:
//: What stands in braces is a word or two, and the model closes {value}`braces_closed` % of them. A
//: parenthesis can be a sentence long; of these it closes {value}`parentheses_closed` %, where
//: people close {value}`parentheses_of_people` %. All that while something must remember that one
//: is open, and what was opened more than {value}`context` characters ago the model cannot see at
//: all.
//:
//: Third, facts. Both of these stand in the Jargon File: Dennis Ritchie designed C, and Donald
//: Knuth wrote TeX. To ask whether the model knows it, its surprise at "Ritchie" is not enough,
//: since some words surprise it less than others wherever they stand. So we take two facts and
//: exchange their ends. Who knows both is less surprised by the right pair than by the exchanged
//: one, and how common the words are makes no difference, because the same words occur in both:

struct Facts {
  std::array<std::string, 2> begins, ends;
};

void ask_for_facts(const Gpt& gpt, const TrainingText& text) {
  const std::vector<Facts> all = {
      {{"C was designed by Dennis ", "TeX was written by Donald "}, {"Ritchie", "Knuth"}},
      {{"The PDP-10 was a machine of ", "The 360 was a machine of "}, {"DEC", "IBM"}},
      {{"Unix was written at ", "ITS was written at "}, {"Bell Labs", "MIT"}},
      {{"The opposite of big-endian is ", "The opposite of upload is "},
       {"little-endian", "download"}},
      {{"A byte has eight ", "A kilobyte has 1024 "}, {"bits", "bytes"}}};
  int right = 0;
  for (const Facts& facts : all) {
    const auto& begins = facts.begins;
    const auto& ends = facts.ends;
    const auto surprise = [&](std::size_t begin, std::size_t end) {
      return surprise_at(gpt, text.tokenizer->encode(begins[begin] + ends[end]));
    };
    const double kept = surprise(0, 0) + surprise(1, 1), swapped = surprise(0, 1) + surprise(1, 0);
    print("{:32} {:14} {:4.1f} nats, exchanged {:4.1f}", begins[0], ends[0], kept, swapped);
    right += kept < swapped;
  }
  record("facts_right", "{}", right);
  record("facts", "{}", all.size());
}
//: ```{output}
//: ```
//:
//: It prefers the right pair in {value}`facts_right` of {value}`facts` cases, where tossing a coin
//: gives about half. Look at the margins, too: nearly all are a fraction of a nat, on sums of 60
//: and more, and could as well have fallen out the other way. And where the margin is larger, a
//: word may call up the word that stands beside it everywhere in the text: that is company and not
//: knowledge. What a text says in passing is a handful of characters among more than a million, and
//: to know it would lower the mean surprise by next to nothing. Spelling pays at every character.
//:
//: ## The program to keep
//:
//: The same parts make the program `gpt`, which trains on any text you give it, survives a Ctrl-C
//: or a power cut, and samples:
//:
//: ```
//: ./learn gpt train --data my_letters.txt --run runs/letters
//: ./learn gpt train --run runs/letters --resume
//: ./learn gpt sample --run runs/letters --prompt "Dear " --temperature 0.7
//: ```
//:
//: What such a program needs besides, which runs for hours on a machine that we don't know, is on
//: page 5.9, behind the chapter: the files of a run and how they survive, threads, settings. The
//: program itself is listed behind chapter 6, which gives it more to do. At the end of a run it
//: says what became of it:
//:
//: ```{listing} llm::RunResult
//: :folded:
//: ```
//:
//: The model of this page is kept, too, as a folder that other programs can read (page 5.9): chapter
//: 6 begins with it.

void keep(const Trainer& trainer, const TrainingText& text) {
  const std::string folder = "build/models/chapter_5";
  std::filesystem::create_directories(folder);
  save_model(folder, trainer.gpt, *text.tokenizer);
  print("kept in {}", folder);
}
//: ```{output}
//: ```
//:
//: What is still missing for a model that says something is what chapter 6 brings: tokens longer
//: than a character, samplers that know where to cut, weights from the models of the world, and the
//: question of what changes when all the numbers on this page are multiplied by ten thousand.
//:
//: ## Exercises
//:
//: ````{exercise} 5.7a
//: :title: How often does it see each character?
//: :kind: paper
//:
//: Training draws $3{,}600 \cdot 4$ sequences of 128 characters, each from a random place of a text
//: of $n = 1{,}273{,}932$. How often is a character predicted on average, and which share of them
//: is never predicted at all?
//:
//: ```{hint}
//: One sequence misses a given character with a probability of $1 - 128/n$.
//: ```
//: ```{hint}
//: For small $x$, $(1 - x)^m$ is nearly $e^{-mx}$.
//: ```
//: ```{solution}
//: $14{,}400 \cdot 128 / 1{,}273{,}932 = 1.45$ times. All sequences miss it with a probability of
//: $e^{-1.45} = 0.23$: nearly a quarter of the text is never a target. No wonder that training and
//: validation loss stay together.
//: ```
//: ````
//:
//: ````{exercise} 5.7b
//: :title: Bits of a whole text
//: :kind: code
//: :function: bits_per_character
//:
//: Write `bits_per_character(model, tokens, context)`, the number that the model is judged by, for
//: any text. `model` is a function from at most `context` tokens to logits (T, V), as in exercise
//: 5.5c. Cut what the model reads into windows of `context` tokens, one after the other, the last
//: as short as it comes. Each token but the first is predicted once, also the one behind the end of
//: a window. Return the mean surprise in bits. Logits may be as large as 1000.
//:
//: ```{hint}
//: The last token is never read, and the first is never predicted: in a text of $n$ tokens there
//: are $n - 1$ surprises. Which tokens does the window read that begins at token $k$, and which
//: does it predict?
//: ```
//: ```{hint}
//: The windows are not equally long, so a mean of their means is not the mean. And the surprise at
//: a logit $z_y$ is $\ln \sum_k e^{z_k} - z_y$ (section 5.3), in which the largest logit can be
//: taken off everywhere.
//: ```
//: ```{solution}
//: One sum over all windows, divided once, by the number of surprises and by $\ln 2$. Note what the
//: windows cost: the first character of each is predicted from a single one. The library's
//: `validation_loss` cuts the text in the same way. Windows that overlap by half would give each
//: character at least half a window to be predicted from, and a slightly better number, for twice
//: the work.
//: ```
//: ````
//:
//: ````{exercise} 5.7c
//: :title: A voice of your choice
//: :kind: experiment
//:
//: Train the same model for 300 steps on another text of a megabyte or so: your letters, a novel,
//: the source code of a project. Before you do, guess: will it need more bits for a character than
//: it needs for the Jargon File after 300 steps, or fewer? What decides it?
//:
//: ```{hint}
//: `./learn gpt train --tokenizer characters --steps 300 --data FILE`; `cat *.cpp > FILE` makes a
//: text of a folder.
//: ```
//: ```{hint}
//: Which text repeats itself more? Count its different characters, too; the program prints them.
//: ```
//: ```{solution}
//: The sources of this book's library and chapters, 1.39 million characters, 147 different ones,
//: took the model to a validation loss of 2.23 nats, where the Jargon File took it to 2.30. In
//: source code, indentation, keywords and names come again and again, so it needs fewer nats, and
//: as a bit is always the same number of nats, fewer bits. The number of different characters
//: decides where the loss begins, and says little about where it ends. A text that is short is
//: learned by heart: its training loss falls on while its validation loss turns up, as in section
//: 5.3.
//: ```
//: ````

}  // namespace

void trained_gpt() {
  const TrainingText text = training_text(read_corpus(), default_settings().model.context);
  const TrainingSettings settings = settings_of_the_book(text);
  rehearse_each_choice(text);
  const auto words = long_words(text.tokenizer->decode(text.split.training));
  const WordSet known(words.begin(), words.end());
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  train_and_listen(trainer, text, known);
  keep(trainer, text);
  look_at_the_words(trainer.gpt, text, known);
  climb_the_ladder(trainer, text);
  follow_a_character(trainer, text);
  follow_it_back(trainer, text, team);
  look_at_the_heads(trainer, text);
  shuffle_the_text(trainer.gpt, text);
  count_brackets(trainer.gpt, text);
  ask_for_facts(trainer.gpt, text);
}
