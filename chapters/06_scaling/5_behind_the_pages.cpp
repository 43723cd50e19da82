//: # Behind the pages
//:
//: Sections 6.1 and 6.2 have made samplers and tokenizers, and chapter 5 the model, its training
//: and its files. What does it take to make a program of them that somebody else can use? This page
//: lists `gpt`, the program that you keep when you close the book. Nothing here is about language
//: models, and no section relies on it; a reader may skip it.

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/harness/recorder.hpp"
#include "common/scaling/tokenization/text_stream.hpp"
#include "common/scaling/tokenization/tokenizers.hpp"
#include "common/transformer/storage/progress.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: ## A program and its commands
//:
//: *What does a program owe to the person who calls it?* That it says what it can do, that what
//: goes wrong is told in a sentence that one can act on, and that a script can tell from the exit
//: status what happened: 1 when it failed, 2 when the command line was wrong, 128 and the number of
//: the signal when a signal ended it. Output that could not be written is an error, too. These are
//: the commands; each has a `--help` of its own:
//:
//: ```
//: ./learn gpt train                           trains the model of section 6.2, on byte pairs
//: ./learn gpt train --tokenizer characters    the model of section 5.7 (with --run, elsewhere)
//: ./learn gpt sample --prompt "hacker" --top-p 0.95
//: ./learn gpt chat                            a line from you, a line from the model
//: ./learn gpt eval --data my_letters.txt      bits a byte of any text
//: ./learn gpt tokenize "The cat sat."         the tokens of a text
//: ./learn gpt info                            what the model is
//: ```
//:
//: `sample`, `eval`, `tokenize` and `info` take `--json` and then print one JSON object, for
//: scripts. What is not an answer, such as a prompt sign or a warning, goes to standard error,
//: where it does not mix with what was asked for.
//:
//: ```{listing} main
//: :folded:
//: ```
//: ```{listing} llm::run_program
//: :folded:
//: ```
//: ```{listing} llm::epilogue
//: :folded:
//: ```
//: ```{listing} llm::failure
//: :folded:
//: ```
//: ```{listing} llm::say
//: :folded:
//: ```
//: ```{listing} llm::remark
//: :folded:
//: ```
//: ```{listing} llm::add_run
//: :folded:
//: ```
//: ```{listing} llm::default_run
//: :folded:
//: ```
//: ```{listing} llm::add_seed
//: :folded:
//: ```
//: ```{listing} llm::seed_error
//: :folded:
//: ```
//: ```{listing} llm::open_standard_streams
//: :folded:
//: ```
//:
//: ## Training
//:
//: *When may a program that will run for an hour fail?* In its first second. So all that can be
//: asked is asked before a directory is made: whether the text can be read, whether the settings
//: make sense, whether there is memory enough.
//:
//: ```{listing} llm::train
//: :folded:
//: ```
//: ```{listing} llm::add_train
//: :folded:
//: ```
//: ```{listing} llm::TrainOptions
//: :folded:
//: ```
//: ```{listing} llm::new_settings
//: :folded:
//: ```
//: ```{listing} llm::resumed_settings
//: :folded:
//: ```
//: ```{listing} llm::settings_path
//: :folded:
//: ```
//: ```{listing} llm::print_result
//: :folded:
//: ```
//:
//: A run that goes on takes the tokenizer of its last checkpoint, whose tokens the model has
//: learned. A new one makes its own, by the name that `--tokenizer` gives:

void tokenizers_by_name() {
  const std::string text = "the cat sat on a mat, and the dog did not. ";
  for (const char* name : {"characters", "bytes", "bpe:260"}) {
    const SharedTokenizer tokenizer = make_tokenizer(name, text);
    print("{:10}  {:3} kinds of token, {:2} of them for this line", name, tokenizer->size(),
          tokenizer->encode(text).size());
  }
}
//: ```{output}
//: ```
//:
//: Four merges are enough to save a fifth of the tokens of a line that repeats itself. A name
//: that is none of these is refused with the list of those that are.
//:
//: ```{listing} llm::make_tokenizer
//: :folded:
//: ```
//: ```{listing} llm::number_of in common/scaling/tokenization/tokenizers.cpp
//: :folded:
//: ```
//: ```{listing} llm::tokenizer_of
//: :folded:
//: ```
//:
//: Ctrl-C does not kill the program: the handler sets a flag, the step is finished, a checkpoint is
//: written. A second Ctrl-C ends it at once. And that nobody reads any more what a run prints is no
//: reason to end it.
//:
//: ```{listing} llm::handle_stop_signals
//: :folded:
//: ```
//:
//: ## Text as it is made
//:
//: *When can a token be shown?* Sampling is `generate` of section 5.6, which hands on each token as
//: soon as it is drawn. A character's token can be printed at once. A byte pair's cannot: "é" is
//: two bytes in UTF-8, and a rare character can be cut into as many tokens as it has bytes. Printed
//: one by one, they are no characters, and a terminal shows a question mark for each. So a
//: `TextStream` holds back the first bytes of a character until its last one is there:

void hold_back_half_a_character() {
  const SharedTokenizer bytes = make_tokenizer("bytes", "");
  const std::vector<Token> tokens = bytes->encode("café ☕");
  TextStream stream(*bytes, tokens.front());
  std::string shown;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const std::string piece = stream.add(tokens[i]);
    shown += piece.empty() ? "· " : "'" + piece + "' ";
  }
  print("after each token: {}", shown);
  stream.add(tokens[tokens.size() - 3]);
  print("the first byte of a character, and then the text ends: '{}'", stream.rest());
}
//: ```{output}
//: ```
//:
//: A dot stands for a token after which there is nothing to show yet: one for "é", two for the
//: cup, which has three bytes. What a model writes need not be text at all, and a byte that belongs
//: to no character is shown as U+FFFD, the sign for that.
//:
//: ```{listing} llm::TextStream
//: ```
//: ```{listing} llm::TextStream::add
//: ```
//: ```{listing} llm::unfinished_bytes
//: :folded:
//: ```
//: ```{listing} llm::TextStream::rest
//: :folded:
//: ```
//:
//: The two commands that write text share all but what they do with it:
//:
//: ```{listing} llm::continue_text
//: :folded:
//: ```
//: ```{listing} llm::sample
//: :folded:
//: ```
//: ```{listing} llm::chat
//: :folded:
//: ```
//: ```{listing} llm::is_whole_line
//: :folded:
//: ```
//: ```{listing} llm::prompt_tokens
//: :folded:
//: ```
//: ```{listing} llm::first_text
//: :folded:
//: ```
//: ```{listing} llm::SampleOptions
//: :folded:
//: ```
//: ```{listing} llm::add_sampling
//: :folded:
//: ```
//: ```{listing} llm::add_sample
//: :folded:
//: ```
//: ```{listing} llm::add_chat
//: :folded:
//: ```
//: ```{listing} llm::model_folder
//: :folded:
//: ```
//: ```{listing} llm::model_of
//: :folded:
//: ```
//:
//: `chat` is a conversation in form only: our model has read a dictionary, and answers a line with
//: what could stand below it there. A model of the world's that was trained to answer has, in its
//: tokenizer's file, a template of how the turns are to be written; with it, the same loop is a
//: chat.
//:
//: ## Measuring
//:
//: *How good is this model on my text?* The question is that of exercise 5.7b, and the answer is
//: given in bits a byte, in which models with different tokens can be compared (section 6.2).
//:
//: ```{listing} llm::surprise_at_text
//: ```
//: ```{listing} llm::measure_text
//: :folded:
//: ```
//: ```{listing} llm::tokenize
//: :folded:
//: ```
//: ```{listing} llm::quoted
//: :folded:
//: ```
//: ```{listing} llm::describe
//: :folded:
//: ```
//: ```{listing} llm::MeasureOptions
//: :folded:
//: ```
//: ```{listing} llm::add_measure
//: :folded:
//: ```
//: ```{listing} llm::add_eval
//: :folded:
//: ```
//: ```{listing} llm::add_tokenize
//: :folded:
//: ```
//: ```{listing} llm::add_info
//: :folded:
//: ```
//:
//: ## The files of tokenizers
//:
//: *How do others write down what a tokenizer knows?* Section 6.2 names three ways, and the style
//: of SentencePiece, which starts from characters. Its texts become tokens like this:
//:
//: ```{listing} llm::SentencePieceTokenizer::encode
//: :folded:
//: ```
//:
//: ```{listing} llm::SentencePieceTokenizer
//: :folded:
//: ```
//: ```{listing} llm::SentencePieceVocabulary
//: :folded:
//: ```
//: ```{listing} llm::SentencePieceTokenizer::SentencePieceTokenizer
//: :folded:
//: ```
//: ```{listing} llm::check_merges in common/scaling/tokenization/sentence_piece.cpp
//: :folded:
//: ```
//: ```{listing} llm::is_text
//: :folded:
//: ```
//: ```{listing} llm::byte_of_piece
//: :folded:
//: ```
//: ```{listing} llm::SentencePieceTokenizer::decode
//: :folded:
//: ```
//: ```{listing} llm::add_merges_by_score
//: :folded:
//: ```
//: ```{listing} llm::append_splits
//: :folded:
//: ```
//:
//: The file of llama2.c:
//:
//: ```{listing} llm::read_llama2c_file
//: :folded:
//: ```
//: ```{listing} llm::read_piece
//: :folded:
//: ```
//: ```{listing} llm::Reader
//: :folded:
//: ```
//: ```{listing} llm::write_llama2c_file
//: :folded:
//: ```
//: ```{listing} llm::append_number
//: :folded:
//: ```
//: ```{listing} llm::scores_of
//: :folded:
//: ```
//:
//: The files of GPT-2:
//:
//: ```{listing} llm::read_gpt2_files
//: :folded:
//: ```
//: ```{listing} llm::read_encoder
//: :folded:
//: ```
//: ```{listing} llm::read_merges
//: :folded:
//: ```
//: ```{listing} llm::write_gpt2_files
//: :folded:
//: ```
//: ```{listing} llm::SortedJson
//: :folded:
//: ```
//: ```{listing} llm::words_by_number
//: :folded:
//: ```
//: ```{listing} llm::place_word
//: :folded:
//: ```
//: ```{listing} llm::numbers_of_words
//: :folded:
//: ```
//: ```{listing} llm::merge_of_words
//: :folded:
//: ```
//: ```{listing} llm::words_of_merge
//: :folded:
//: ```
//:
//: And `tokenizer.json`:
//:
//: ```{listing} llm::any_tokenizer_from_json
//: :folded:
//: ```
//: ```{listing} llm::check_model
//: :folded:
//: ```
//: ```{listing} llm::byte_pairs_in
//: :folded:
//: ```
//: ```{listing} llm::expression_in
//: :folded:
//: ```
//: ```{listing} llm::specials_in
//: :folded:
//: ```
//: ```{listing} llm::merges_in
//: :folded:
//: ```
//: ```{listing} llm::sentence_pieces_in
//: :folded:
//: ```
//: ```{listing} llm::field_of
//: :folded:
//: ```
//: ```{listing} llm::expect
//: :folded:
//: ```
//: ```{listing} llm::replaced
//: :folded:
//: ```
//: ```{listing} llm::BytePairTokenizer::to_json
//: :folded:
//: ```
//: ```{listing} llm::SentencePieceTokenizer::to_json
//: :folded:
//: ```
//: ```{listing} llm::tokenizer_file
//: :folded:
//: ```
//: ```{listing} llm::empty_model
//: :folded:
//: ```
//: ```{listing} llm::pre_tokenizer_json
//: :folded:
//: ```
//: ```{listing} llm::byte_level
//: :folded:
//: ```
//: ```{listing} llm::split
//: :folded:
//: ```
//: ```{listing} llm::special_json
//: :folded:
//: ```
//: ```{listing} llm::space_normalizer
//: :folded:
//: ```
//: ```{listing} llm::space_decoder
//: :folded:
//: ```
//:
//: ## Enough memory
//:
//: *Will it fit?* A program that runs out of memory is not always told so. Linux gives out more
//: than it has, and ends some process when the loan is called in, perhaps an hour into training. So
//: `gpt` asks before it makes a folder. What training needs follows from the settings. There are
//: four numbers for each parameter: itself, its gradient, and at most two averages. Two more are
//: needed for a moment when a run goes on, while its checkpoint is read, and a run that could not go
//: on should not begin. And there are, for each of the $n$ rows of a batch, the activations that the
//: backward pass needs (section 5.2), which is by far the larger part here. We count, and then we
//: ask the system by how much this program has grown, which has read no checkpoint:

/// The bytes of memory that this program holds.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void predict_memory() {
  const TrainingText text = training_text(read_corpus(), default_settings().model.context);
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = text.tokenizer->size();
  settings.sequences = 32;
  const double before = resident_bytes(), mebibyte = 1024.0 * 1024;
  ThreadTeam team(2);
  Trainer trainer(settings, text.split, team);
  trainer.step();
  const double number = sizeof(Real) * static_cast<double>(parameter_count(settings.model));
  print("predicted: {:.1f} MiB, {:.1f} of them for reading a checkpoint",
        training_bytes(settings, 2) / mebibyte, 2 * number / mebibyte);
  print_timing("grown by:  {:.1f} MiB", (resident_bytes() - before) / mebibyte);
}
//: ```{output}
//: ```
//: ```{listing} llm::training_bytes
//: :folded:
//: ```
//: ```{listing} llm::available_memory
//: :folded:
//: ```
//: ```{listing} llm::labeled_number
//: :folded:
//: ```
//: ```{listing} llm::require_memory
//: :folded:
//: ```
//:
//: ## A line of progress
//:
//: *How much should a program say that runs for an hour?* It depends on who listens. On a terminal
//: it is one line that is drawn over, no longer than the terminal is wide, with as much of a bar as
//: there is room for. Into a file or a pipe it is a plain line every ten seconds and after each
//: look at the validation loss.

void lines_of_progress() {
  const std::string text = progress_text(250, 2000, 2.156, 2.191, 335);
  for (const Index columns : {96, 76, 40}) print("{}|", terminal_line(text, 250, 2000, columns));
}
//: ```{output}
//: ```
//: ```{listing} llm::Progress
//: :folded:
//: ```
//: ```{listing} llm::Progress::Progress
//: :folded:
//: ```
//: ```{listing} llm::Progress::show
//: :folded:
//: ```
//: ```{listing} llm::Progress::~Progress
//: :folded:
//: ```
//: ```{listing} llm::duration_text
//: :folded:
//: ```
//: ```{listing} llm::progress_text
//: :folded:
//: ```
//: ```{listing} llm::terminal_line
//: :folded:
//: ```
//: ```{listing} llm::terminal_columns
//: :folded:
//: ```
//: ```{listing} llm::seconds_between
//: :folded:
//: ```
//:
//: ## Another machine
//:
//: The program is built for all the instructions that the building machine has. Copied to an older
//: one, it would die of an unknown instruction somewhere; a check that runs before all else, and
//: that is compiled without any of them, says so instead.
//:
//: ```{listing} llm_check_instructions
//: :folded:
//: ```
//: ```{listing} llm::missing_instructions
//: :folded:
//: ```

}  // namespace

void behind_the_pages() {
  tokenizers_by_name();
  hold_back_half_a_character();
  predict_memory();
  lines_of_progress();
}
