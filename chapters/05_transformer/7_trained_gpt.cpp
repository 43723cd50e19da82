//: # A trained GPT
//:
//: Everything is in place: text and tokens, blocks and norms, loss and optimizer, a loop that trains
//: and a loop that speaks. This page puts it together into one program and runs it once. It trains
//: the default GPT of this book on the Jargon File, from random numbers to the end of its schedule,
//: and looks over its shoulder while it learns.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "common/attention/masks.hpp"
#include "common/foundations/corpus.hpp"
#include "common/foundations/recorder.hpp"
#include "common/sequence/softmax.hpp"
#include "common/transformer/kv_cache.hpp"
#include "common/transformer/loss.hpp"
#include "common/transformer/progress.hpp"
#include "common/transformer/training_run.hpp"

using namespace llm;

namespace {

//: The model has four blocks of 128 features with four heads and a window of 128 characters, and it
//: makes the choices of Llama: rotary positions, RMSNorm, SwiGLU, no biases. Its settings are those of
//: `./learn gpt train` without options:

TrainingSettings settings_of_the_book(const TrainingText& text) {
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = text.tokenizer->size();
  print("{} parameters, {} steps of {} characters, from a text of {}",
        parameter_count(settings.model), settings.schedule.steps,
        settings.sequences * settings.model.context, text.split.training.size());
  return settings;
}
//: ```{output}
//: ```
//:
//: Beside the model they fix how it is trained. The learning rate of section 5.3 climbs to its peak in
//: 100 steps and comes down to a thirtieth of it in the other 1,900, and each step sees eight windows:
//:
//: ```{listing} llm::default_settings
//: ```
//:
//: These are not all the choices that section 5.3 found best. There, on a smaller model, LayerNorm,
//: GELU and biases ended at {value}`5.3:choices_all` nats, and the three choices of Llama at
//: {value}`5.3:choices_llama`; and Muon, which trained both, did better than AdamW, at
//: {value}`5.3:choices_adamw`. The trainer of this book steps with AdamW, for all parameters. Before
//: we spend minutes on the whole schedule, a rehearsal: the same schedule squeezed into 300 steps,
//: once with each set of choices. GELU gets a hidden width of 512 for SwiGLU's 336, so that both have
//: nearly the same number of weights.

void rehearse(const char* name, const char* value, const GptConfig& model,
              const TrainingText& text) {
  TrainingSettings settings = default_settings();
  settings.model = model;
  settings.model.vocabulary = text.tokenizer->size();
  settings.schedule.steps = 300;
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  while (trainer.optimizer.steps() < settings.schedule.steps) trainer.step();
  const double loss = trainer.validation_loss();
  print("{:28} {:7} parameters   validation loss {:.3f}", name, parameter_count(settings.model),
        loss);
  record(value, "{:.2f}", loss);
}

void rehearse_both(const TrainingText& text) {
  const GptConfig llama = default_settings().model;
  GptConfig other = llama;
  other.norm = Norm::layer;
  other.feed_forward = FeedForward::gelu;
  other.hidden = 512;
  other.bias = true;
  rehearse("RMSNorm, SwiGLU, no biases", "rehearsed_llama", llama, text);
  rehearse("LayerNorm, GELU, biases", "rehearsed_other", other, text);
}
//: ```{output}
//: ```
//:
//: Here Llama's choices are ahead: {value}`rehearsed_llama` against {value}`rehearsed_other`. That
//: is no contradiction. The model is larger than that of section 5.3, and another optimizer steps;
//: which of several good choices is best depends on both, so one asks again where one is going to
//: train. We keep them, and with them the shape that most models have whose weights one can
//: download. Muon is the one choice of section 5.3 that this page leaves untried.
//:
//: ## Watch it learn to spell
//:
//: The same seed and the same prompt, a new line, at several moments of training. Look for the order
//: in which things appear. Beside what the model says we keep its loss, and two landmarks to read the
//: curve by: an even guess among all characters, and the table of pairs of section 5.3, which knows
//: only what tends to follow what. It is counted on the training text and graded on the validation
//: text:

/// The mean surprise, in nats, of the validation text to a table of pairs (section 5.3).
double pair_loss(const TrainingText& text) {
  const Index vocabulary = text.tokenizer->size();
  Eigen::MatrixXd counts = Eigen::MatrixXd::Constant(vocabulary, vocabulary, 0.1);
  const std::span<const Token> known = text.split.training, asked = text.split.validation;
  for (std::size_t i = 1; i < known.size(); ++i) counts(known[i - 1], known[i]) += 1;
  const Eigen::VectorXd totals = counts.rowwise().sum();
  double loss = 0;
  for (std::size_t i = 1; i < asked.size(); ++i) {
    loss -= std::log(counts(asked[i - 1], asked[i]) / totals(asked[i - 1]));
  }
  return loss / static_cast<double>(asked.size() - 1);
}

//: The model speaks as in sections 5.5 and 5.6, at a temperature of 0.8, and each time with the same
//: random numbers, so that nothing changes from sample to sample but the model:

std::string speak(const Trainer& trainer, const Tokenizer& tokenizer, Index count,
                  const std::string& prompt = "\n", std::uint64_t seed = 5) {
  Generator generator(seed);
  return tokenizer.decode(
      generate(trainer.gpt, tokenizer.encode(prompt), count, temperature_sampler(0.8, generator)));
}

/// A text as lines of at most 80 characters, broken between words; its own line breaks stay, but of
/// several empty lines one.
std::string wrapped(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line); result += '\n') {
    if (line.empty() && result.ends_with("\n\n")) {
      result.pop_back();
      continue;
    }
    for (constexpr std::size_t width = 80; line.size() > width;) {
      const std::size_t space = line.rfind(' ', width);
      const std::size_t end = space == 0 || space == std::string::npos ? width : space;
      result += line.substr(0, end) + '\n';
      line.erase(0, end + (end == space));
    }
    result += line;
  }
  return result;
}

//: Then the run itself. Every hundred steps it looks at the validation loss, on the first eight
//: batches only, and at six moments on the way it stops to listen:

void train_and_listen(Trainer& trainer, const TrainingText& text) {
  const Index steps = trainer.settings.schedule.steps;
  std::vector<double> training, validation, validation_steps;
  double seconds = 0;
  Progress progress(0, steps);
  const auto listen = [&] {
    print("step {}", trainer.optimizer.steps());
    print("{}", wrapped(speak(trainer, *text.tokenizer, 150).substr(1)));  // without the prompt
  };
  listen();
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
    for (const Index moment : {20, 100, 200, 400, 800, 1400}) {
      if (report.step == moment) listen();
    }
  }
  listen();
  record("seconds", "{:.0f}", seconds);
  record("tokens_per_second", "{:.0f}",
         static_cast<double>(steps * trainer.batch.sequences * trainer.batch.length) / seconds);
  record_data(
      "gpt_loss", "levels",
      std::vector<double>{std::log(static_cast<double>(text.tokenizer->size())), pair_loss(text)});
  record_data("gpt_loss", "training", training);
  record_data("gpt_loss", "validation", validation);
  record_data("gpt_loss", "validation_steps", validation_steps);
}
//: ```{output}
//: ```
//:
//: First it learns which characters are common, spaces above all; then that words are a few letters
//: long and that vowels and consonants take turns; then short words, endings and the look of an entry
//: with its colons and braces; then longer words, and which words keep company. Nobody told it what a
//: word is. Spelling is the cheapest way to lower the surprise at the next character, so it comes
//: first; meaning is dearer and comes later, in models larger than this one.
//:
//: ```{figure-from} gpt_loss
//: :alt: Training and validation loss in bits a character against the step. Both fall steeply, then
//:   slowly; they stay together. Two dotted lines mark an even guess, at the top, and a table of
//:   pairs, which both curves cross early.
//: The loss in bits a character. The dotted lines are an even guess among all characters, at the
//: top, and a table of pairs (section 5.3), which needs {value}`5.3:pair_bits`. The points are means
//: over the first 8,192 characters of the validation text; the number below is that of all of it.
//: ```

void examine(Trainer& trainer, const TrainingText& text) {
  const double loss = trainer.validation_loss();
  print("validation: {:.3f} nats, {:.2f} bits a character, perplexity {:.1f}", loss,
        bits_a_byte(loss, text.bytes_a_token), std::exp(loss));
  record("bits", "{:.2f}", bits_a_byte(loss, text.bytes_a_token));
  print("{}", wrapped(speak(trainer, *text.tokenizer, 600, ":hacker: n.\n\n")));
}
//: ```{output}
//: ```
//:
//: On text that it has never seen, the model needs {value}`bits` bits for a character, where the
//: table of pairs needs {value}`5.3:pair_bits`. Training took {value}`seconds` seconds here, at
//: {value}`tokens_per_second` characters a second.
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

//: The attention that the GPT runs with keeps no weights (section 4.3). So we go through the blocks as
//: its forward pass does, and in each compute the weights once more, with the formula of section 3.2
//: and the mask of section 3.4, from the queries and keys that lie side by side in `projected`:

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
    for (Index head = 0; head < layout.heads; ++head) {
      const Matrix queries =
          activations.projected.middleCols(head * layout.head_width, layout.head_width);
      const Matrix keys = activations.projected.middleCols(
          layout.width() + layout.key_value_head(head) * layout.head_width, layout.head_width);
      const Matrix weights = softmax_rows(queries * keys.transpose() /
                                              std::sqrt(static_cast<Real>(layout.head_width)) +
                                          causal_mask(length));
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
//: ## The program to keep
//:
//: The same parts make the program `gpt`, which trains on any text you give it, survives a Ctrl-C or
//: a power cut, and samples:
//:
//: ```
//: ./learn gpt train --data my_letters.txt --run runs/letters
//: ./learn gpt train --run runs/letters --resume
//: ./learn gpt sample --run runs/letters --prompt "Dear " --temperature 0.7
//: ```
//:
//: What else such a program needs, which runs for hours on a machine that we don't know, is in section
//: 5.9: the files of a run and how they survive, threads, settings, the command line.
//:
//: ```{listing} llm::TrainingText
//: :folded:
//: ```
//: ```{listing} llm::training_text
//: :folded:
//: ```
//: ```{listing} llm::RunResult
//: :folded:
//: ```
//:
//: What is still missing is what chapter 6 brings: tokens longer than a character, samplers that know
//: where to cut, weights from the models of the world, and the question of what changes when all the
//: numbers on this page are multiplied by ten thousand.
//:
//: ## Exercises
//:
//: ````{exercise} 5.7a
//: :title: How often does it see each character?
//: :kind: paper
//:
//: Training draws $2{,}000 \cdot 8$ sequences of 128 characters, each from a random place of a text
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
//: $16{,}000 \cdot 128 / 1{,}273{,}932 = 1.61$ times. All sequences miss it with a probability of
//: $e^{-1.61} = 0.20$: a fifth of the text is never a target. No wonder that training and
//: validation loss stay together.
//: ```
//: ````
//:
//: ````{exercise} 5.7b
//: :title: Bits of a whole text
//: :kind: code
//: :function: bits_per_character
//:
//: Write `bits_per_character(model, tokens, context)`, the number that `examine` prints, for any
//: text. `model` is a function from at most `context` tokens to logits (T, V), as in exercise 5.5c.
//: Cut what the model reads into windows of `context` tokens, one after the other, the last as short
//: as it comes. Each token but the first is predicted once, also the one behind the end of a window.
//: Return the mean surprise in bits. Logits may be as large as 1000.
//:
//: ```{hint}
//: The last token is never read, and the first is never predicted: in a text of $n$ tokens there are
//: $n - 1$ surprises. Which tokens does the window read that begins at token $k$, and which does it
//: predict?
//: ```
//: ```{hint}
//: The windows are not equally long, so a mean of their means is not the mean. And the surprise at a
//: logit $z_y$ is $\ln \sum_k e^{z_k} - z_y$ (section 5.3), in which the largest logit can be taken
//: off everywhere.
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
//: Train the same model for 300 steps, as in the rehearsal, on another text of a megabyte or so: your
//: letters, a novel, the source code of a project. Before you do, guess: will it need more bits for a
//: character than the Jargon File, or fewer? What decides it?
//:
//: ```{hint}
//: `./learn gpt train --steps 300 --data FILE --run build/runs/other`; `cat *.cpp > FILE` makes a text
//: of a folder.
//: ```
//: ```{hint}
//: Which text repeats itself more? Count its different characters, too; the program prints them.
//: ```
//: ```{solution}
//: The sources of this book's library and chapters, 0.88 million characters, 143 different ones, took
//: the model to a validation loss of 1.82 nats, where the Jargon File took it to
//: {value}`rehearsed_llama`. In source code, indentation, keywords and names come again and again, so it needs fewer nats, and as a bit is always the same number of nats, fewer bits. The number of different characters decides where the loss begins, and says little about where it ends. A text
//: that is short is learned by heart: its training loss falls on while its validation loss turns up,
//: as in section 5.3.
//: ```
//: ````

}  // namespace

void trained_gpt() {
  const TrainingText text = training_text(read_corpus(), default_settings().model.context);
  const TrainingSettings settings = settings_of_the_book(text);
  rehearse_both(text);
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  train_and_listen(trainer, text);
  examine(trainer, text);
  look_at_the_heads(trainer, text);
}
