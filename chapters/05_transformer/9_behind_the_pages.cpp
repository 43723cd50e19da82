//: # Behind the pages
//:
//: A model that trains for a few minutes needs a loop. A program that trains unattended, for a
//: night, on a machine that we do not know, needs more: threads that share a step, files from which
//: it goes on after a power cut, and that other programs can read, settings that say what is wrong
//: with them, a Ctrl-C that loses nothing. None of this is about language models, and no section
//: relies on it; you can close the chapter here. But `./learn gpt` does all of it, the book
//: promises to show every line of its code, and some of the questions are good ones. Each part
//: below opens with its own, and most of the code stands as one line that opens.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/harness/recorder.hpp"
#include "common/transformer/storage/progress.hpp"
#include "common/transformer/storage/training_run.hpp"

using namespace llm;

namespace {

//: ## Threads that wait
//:
//: *How do several threads share one step, when it has many parts and each lasts less than a
//: millisecond?* The obvious way starts threads for each part and joins them at its end. But
//: starting a thread is a call to the system. Another way starts them once and lets them meet at a
//: *barrier*, a gate that opens when as many have arrived as there are. There they sleep, and the
//: system must wake them. The third way is the library's. We compare the three on a thousand rounds
//: without any work in them, before each of which the caller is busy for 50 microseconds by itself,
//: as it is in a model between two products:

double microseconds_a_round(const std::function<void()>& round) {
  using Clock = std::chrono::steady_clock;
  constexpr int rounds = 1000;
  constexpr auto alone = std::chrono::microseconds(50);
  const auto begin = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    for (const auto busy = Clock::now(); Clock::now() - busy < alone;) continue;
    round();
  }
  return std::chrono::duration<double, std::micro>(Clock::now() - begin - rounds * alone).count() /
         rounds;
}

double microseconds_at_a_barrier() {
  std::barrier gate(2);
  bool ends = false;
  std::jthread other([&] {
    while (true) {
      gate.arrive_and_wait();
      if (ends) return;
      gate.arrive_and_wait();
    }
  });
  const double sleeping = microseconds_a_round([&] {
    gate.arrive_and_wait();
    gate.arrive_and_wait();
  });
  ends = true;
  gate.arrive_and_wait();
  return sleeping;
}

void start_sleep_or_wait() {
  const double starting = microseconds_a_round([] { std::jthread other([] {}); });
  const double sleeping = microseconds_at_a_barrier();
  ThreadTeam team(2);
  const double waiting = microseconds_a_round([&] { team.run([](int) {}); });
  print_timing("{:5.1f} microseconds a round with a thread that is started for it", starting);
  print_timing("{:5.1f} microseconds a round with one that sleeps at a barrier", sleeping);
  print_timing("{:5.1f} microseconds a round with a team of two", waiting);
}
//: ```{output}
//: ```
//:
//: Decoding one token has four rounds a block (section 5.6), of a hundred microseconds or so in a
//: model of 110 million parameters: what a round costs besides is not small beside that. So a
//: thread of a `ThreadTeam` that has nothing to do stays awake for about as long as waking up would
//: take, and goes to sleep when nothing has come by then. While awake it offers its core to others
//: between two looks, so that nobody waits for a thread that waits.
//:
//: A round is handed to the team as a function of the number of the thread. The caller takes part
//: as thread 0. Two numbers are all that they tell each other: `rounds`, which the caller raises
//: when the work is known, and `working`, which each thread lowers when its part is done.
//:
//: ```{listing} llm::ThreadTeam::run
//: ```
//: ```{listing} llm::begin_round
//: ```
//: ```{listing} llm::serve
//: ```
//: ```{listing} llm::wait_while
//: ```
//:
//: No lock guards `current`: it is written before `rounds` is raised and read after that was seen,
//: and an atomic number makes what its writer wrote before visible to who reads it. An exception
//: that leaves a thread ends the program, so each is caught where it is thrown, and the first is
//: thrown again in the caller, where somebody can do something about it:

void a_thread_fails() {
  ThreadTeam team(3);
  try {
    team.run([](int thread) {
      if (thread == 2) throw std::runtime_error("thread 2 has found no memory");
    });
  } catch (const std::exception& error) {
    print("the caller was told: {}", error.what());
  }
  std::atomic<int> parts = 0;
  team.run([&](int) { ++parts; });
  print("and the team still works: {} threads took part in the next round", parts.load());
}
//: ```{output}
//: ```
//: ```{listing} llm::take_part
//: :folded:
//: ```
//: ```{listing} llm::ThreadTeam
//: :folded:
//: ```
//: ```{listing} llm::ThreadTeam::ThreadTeam
//: :folded:
//: ```
//: ```{listing} llm::check_team_size
//: :folded:
//: ```
//: ```{listing} llm::ThreadTeam::~ThreadTeam
//: :folded:
//: ```
//:
//: ## A run on the disk
//:
//: *What must lie on the disk, so that a run that is killed at any moment goes on as if nothing had
//: happened?* Let us make a run and look. A small text, a tiny model, thirty steps, in a folder
//: that is removed again when we are done with it:

/// A folder of this program's own, which ends with the value.
struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // The number of this process keeps two readers of one machine apart.
  std::string path =
      std::filesystem::temp_directory_path() / fmt::format("understand_llms_{}", getpid());
};

TrainingText small_text() {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "to be, or not to be, that is the question:\n";
  return training_text(text, 8);
}

TrainingSettings tiny_settings(const TrainingText& text) {
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = text.tokenizer->size();
  settings.model.context = settings.model.width = 8;
  settings.model.heads = settings.model.key_value_heads = 2;
  settings.model.layers = 1;
  settings.model.hidden = 24;
  settings.sequences = 2;
  settings.schedule.steps = 30;
  settings.evaluate_every = settings.checkpoint_every = 10;
  return settings;
}

void make_a_run(const std::string& folder) {
  const TrainingText text = small_text();
  const TrainingSettings settings = tiny_settings(text);
  ThreadTeam team(2);
  const Run run = begin_run(folder, settings);
  train_run(run, settings, text, team, false);
}

void look_at_a_run(const std::string& folder) {
  std::set<std::filesystem::path> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    names.insert(entry.path());
  }
  for (const std::filesystem::path& name : names) {
    const std::string inside = name.lexically_relative(folder);
    if (std::filesystem::is_symlink(name)) {
      print("{} -> {}", inside, std::filesystem::read_symlink(name).string());
    } else {
      print("{}", inside);
    }
  }
  std::ifstream metrics(folder + "/metrics.jsonl");
  std::string line;
  std::getline(metrics, line);
  print("the first line of the metrics: {}...", line.substr(0, line.find(",\"seconds")));
}
//: ```{output}
//: ```
//:
//: `settings.json` is everything that decides the run but the text. `metrics.jsonl` is its diary,
//: one line of JSON a step. Each folder in `checkpoints` is a {term}`checkpoint`: the whole of a
//: model and of its training at one step. There are at most two of them, because two links point
//: there: `last`, from where the run goes on, and `best`, which had the lowest validation loss.
//: Here they are the same. `lock` says which process trains the run.
//:
//: The promise is that five steps, a checkpoint, and five more are ten steps. It is a strong
//: promise, so let us test it on a real text: ten steps at once, against five, a new trainer that
//: reads the checkpoint, and five more.

void stop_and_go_on(const std::string& folder) {
  const TrainingText text = training_text(read_corpus(), 64);
  TrainingSettings settings = default_settings();
  settings.model.vocabulary = text.tokenizer->size();
  settings.model.context = settings.model.width = 64;
  settings.model.layers = 2;
  ThreadTeam team(2);
  Trainer whole(settings, text.split, team), first(settings, text.split, team),
      second(settings, text.split, team);
  for (int i = 0; i < 10; ++i) whole.step();
  for (int i = 0; i < 5; ++i) first.step();
  save_checkpoint(folder, first, *text.tokenizer, {});
  restore(second, folder);
  for (int i = 0; i < 5; ++i) second.step();
  for (const char* name : {"model.safetensors", "training.safetensors"}) {
    print("{:20} {:8} bytes for {} parameters", name,
          std::filesystem::file_size(folder + "/" + name), whole.gpt.buffer.size());
  }
  print("parameters that differ: {}",
        (whole.gpt.buffer.array() != second.gpt.buffer.array()).count());
}
//: ```{output}
//: ```
//:
//: Not one number differs, not even in its last bit. Three things make that so. The checkpoint has
//: all that the next step depends on: the parameters, the averages of the optimizer (two numbers a
//: parameter where AdamW trains it, one where Muon does), and the number of steps. Batches depend
//: on the seed and the step alone (section 5.3), so there is no random state to keep. And the sums
//: of a step run in the same order whatever the threads do. The tests go further and kill a run at
//: random moments.
//:
//: ```{listing} llm::restore
//: :folded:
//: ```
//: ```{listing} llm::restore_parameters
//: :folded:
//: ```
//: ```{listing} llm::RunState
//: :folded:
//: ```
//: ```{listing} llm::save_training
//: :folded:
//: ```
//: ```{listing} llm::for_each_average
//: :folded:
//: ```
//: ```{listing} llm::training_file
//: :folded:
//: ```
//: ```{listing} llm::told
//: :folded:
//: ```
//:
//: ## All or nothing
//:
//: *What is on the disk when the power fails while a file is being written?* Half a file, or worse:
//: a whole one whose content was still in the memory of the system. Programs that overwrite their
//: only checkpoint lose it that way. The cure has three steps. Write the bytes under *another*
//: name. Ask the system to have them on the disk (`fsync`), and wait. Then rename. The system
//: renames in one step, so that at every moment the old file or the new one has the name, and never
//: a half. What fails on the way, a full disk for instance, fails before the rename and leaves the
//: old file alone:
//:
//: ```{listing} llm::write_file_atomically
//: ```
//:
//: The last line is easy to forget. A name is an entry in its folder, which is a file of its own
//: and has to reach the disk, too.
//:
//: A checkpoint is several files that belong together, so the same trick is done with a whole
//: folder: it is filled as `step_250.partial`, and gets its name when everything in it is safe.
//:
//: ```{listing} llm::save_checkpoint
//: :until: rename(partial, folder)
//: ```
//: ```{listing} llm::save_checkpoint
//: ```
//:
//: Then the link moves, by the same three steps, and only then are the folders removed to which no
//: link points. A power cut between any two of these leaves, at worst, a folder too many.
//:
//: ```{listing} llm::point
//: ```
//: ```{listing} llm::keep
//: :folded:
//: ```
//: ```{listing} llm::add_checkpoint
//: :folded:
//: ```
//: ```{listing} llm::remove_old_checkpoints
//: :folded:
//: ```
//:
//: What remains are the calls to the system. A read or write may do less than it was asked for, and
//: be asked again; each error names the file and what the system said about it.
//:
//: ```{listing} llm::Descriptor
//: :folded:
//: ```
//: ```{listing} llm::Descriptor::Descriptor
//: :folded:
//: ```
//: ```{listing} llm::Descriptor::~Descriptor
//: :folded:
//: ```
//: ```{listing} llm::Descriptor::fail
//: :folded:
//: ```
//: ```{listing} llm::ByteSink
//: :folded:
//: ```
//: ```{listing} llm::write_file
//: :folded:
//: ```
//: ```{listing} llm::write_all
//: :folded:
//: ```
//: ```{listing} llm::flush
//: :folded:
//: ```
//: ```{listing} llm::flush_folder
//: :folded:
//: ```
//: ```{listing} llm::read_file
//: :folded:
//: ```
//:
//: ## A file of tensors
//:
//: *How does a program that has never heard of ours find a weight in the file?* The format
//: *safetensors*, in which most published models come, is as plain as such a format can be. Eight
//: bytes hold the length of a header. The header is JSON: of each tensor its type, its shape, and
//: where its numbers begin and end. Then come the numbers, one tensor behind the other, each row by
//: row. Here is the header of the tiny model's file, with a line break after each entry:

/// Where a checkpoint of the run has its parameters.
std::string parameters_of(const std::string& run) {
  return run + "/last/model.safetensors";
}

void dump_the_header(const std::string& path) {
  const std::string bytes = read_file(path);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  print("{} bytes; the first 8 say that the header has {}:", bytes.size(), length);
  std::string header = bytes.substr(sizeof(length), length);
  for (std::size_t end = 0; (end = header.find("},", end)) != header.npos;) {
    header.insert(end += 2, "\n ");
  }
  print("{}", header);
}
//: ```{output}
//: ```
//:
//: Places are counted from the end of the header. The third number of the first row of the embedding
//: table therefore lies behind 8 bytes of length, the header, and two numbers of 4 bytes. We look
//: there:

void look_up_a_number(const std::string& path, const std::string& folder) {
  const std::string bytes = read_file(path);
  const TensorFile file = read_safetensors(path);
  const std::string name = "model.embed_tokens.weight";
  const std::size_t place = file.data + file.tensors[name]["data_offsets"][0].get<std::size_t>();
  float number = 0;
  std::memcpy(&number, bytes.data() + place + 2 * sizeof(number), sizeof(number));
  const Model model = load_model(folder);
  print("byte {} of the file: {:.6f}", place + 2 * sizeof(number), number);
  print("the model that was read: {:.6f}", model.gpt.parameters.token_embedding(0, 2));
}
//: ```{output}
//: ```
//:
//: What the format does not have is a way to notice that a file has rotted. A bit that flips in a
//: weight makes another weight, and a model that speaks a little worse. The header may carry words
//: of one's own, in `__metadata__`, and there ours has a *checksum*: the CRC-32 of the whole file,
//: computed with zeros in the place of its own eight digits. It is read as carefully as it was
//: written:

/// What reading the file says, without its name.
std::string complaint(const std::string& path, const std::string& bytes) {
  write_file(path, bytes);
  try {
    read_safetensors(path);
    return "nothing";
  } catch (const std::exception& error) {
    return std::string(error.what()).substr(path.size() + 2);
  }
}

void damage(const std::string& path, const std::string& copy) {
  const std::string bytes = read_file(path);
  std::string flipped = bytes;
  flipped[bytes.size() - 100] ^= 1;
  print("as it is: {}", complaint(copy, bytes));
  print("one bit flipped: {}", complaint(copy, flipped));
  print("the last byte lost: {}", complaint(copy, bytes.substr(0, bytes.size() - 1)));
}
//: ```{output}
//: ```
//:
//: The checksums of the small files beside it stand in the metadata as well, and the file of the
//: optimizer names the checksum of the parameters that it belongs to: files of two checkpoints do
//: not mix.
//:
//: ```{listing} llm::write_safetensors
//: :folded:
//: ```
//: ```{listing} llm::header_text
//: :folded:
//: ```
//: ```{listing} llm::send
//: :folded:
//: ```
//: ```{listing} llm::bytes_of
//: :folded:
//: ```
//: ```{listing} llm::Tensor
//: :folded:
//: ```
//: ```{listing} llm::TensorForm
//: :folded:
//: ```
//: ```{listing} llm::stored_shape
//: :folded:
//: ```
//: ```{listing} llm::Metadata
//: :folded:
//: ```
//: ```{listing} llm::checksum
//: :folded:
//: ```
//:
//: Reading trusts nothing: not the length, not the JSON, not the places, not the shapes.
//:
//: ```{listing} llm::read_safetensors
//: :folded:
//: ```
//: ```{listing} llm::TensorFile
//: :folded:
//: ```
//: ```{listing} llm::header_of
//: :folded:
//: ```
//: ```{listing} llm::check_entry
//: :folded:
//: ```
//: ```{listing} llm::verified_checksum
//: :folded:
//: ```
//: ```{listing} llm::read_tensor
//: :folded:
//: ```
//:
//: ## What a weight is called
//:
//: *Could a program of somebody else run our model, and we theirs?* The numbers would fit; what is
//: missing is an agreement about names. The library `transformers` of Hugging Face has one for each
//: architecture, and a model's folder names its architecture in `config.json`. Ours asks whether
//: its configuration is that of a GPT-2 or that of a Llama, and if so takes its names. Here are the
//: weights of one block of each, with the shape that this library has in memory:

void names_of_a_block(const GptConfig& config) {
  for (const StoredParameter& place : stored_parameters(config)) {
    const bool in_block = place.name.find(".0.") != place.name.npos;
    if (!in_block || place.form == TensorForm::vector) continue;
    print("{:42} ({:3}, {:3}){}", place.name, place.rows, place.columns,
          place.form == TensorForm::transposed ? ", transposed in the file" : "");
  }
}

void names_of_two_families() {
  const GptConfig gpt2{.vocabulary = 96, .width = 64, .layers = 1, .hidden = 256};
  GptConfig llama = default_settings().model;
  llama.layers = 1;
  llama.bias = false;
  names_of_a_block(gpt2);
  names_of_a_block(llama);
}
//: ```{output}
//: ```
//:
//: Two differences are not names. Our one layer for queries, keys and values is one layer in GPT-2,
//: too, but three in Llama, and the layer that expands is two there, so their rows are cut into
//: parts; these are contiguous, and nothing has to be copied. And GPT-2's layers lie transposed,
//: $(d_{in}, d_{out})$: its authors wrote $xW$ where we write $xW^\top$. A model of other choices,
//: rotary positions with LayerNorm for instance, is neither of the two. To give it a known name
//: would be worse than to give it none, since another program would run it, wrongly, without a
//: word. It gets a key of our own, which nobody else takes for something that he knows:

void configurations() {
  GptConfig mixed = default_settings().model;
  mixed.norm = Norm::layer;
  const GptConfig llama = default_settings().model;
  for (const GptConfig& config : {GptConfig{}, llama, mixed}) {
    const std::string text = model_config_to_json(config).dump();
    print("{}...", text.substr(0, 76));
  }
}
//: ```{output}
//: ```
//:
//: ```{listing} llm::stored_parameters
//: :folded:
//: ```
//: ```{listing} llm::StoredParameter
//: :folded:
//: ```
//: ```{listing} llm::append_block_parameter
//: :folded:
//: ```
//: ```{listing} llm::part_rows
//: :folded:
//: ```
//: ```{listing} llm::LayerNames
//: :folded:
//: ```
//: ```{listing} llm::gpt2_layers
//: :folded:
//: ```
//: ```{listing} llm::llama_layers
//: :folded:
//: ```
//: ```{listing} llm::gpt2_names
//: :folded:
//: ```
//: ```{listing} llm::llama_names
//: :folded:
//: ```
//:
//: Which architecture a configuration has is not asked field by field. It is written as a GPT-2,
//: read again, and compared: what comes back unchanged has no choice that a GPT-2 cannot express.
//:
//: ```{listing} llm::architecture_of
//: :folded:
//: ```
//: ```{listing} llm::Architecture
//: :folded:
//: ```
//: ```{listing} llm::model_config_to_json
//: :folded:
//: ```
//: ```{listing} llm::model_config_from_json
//: :folded:
//: ```
//: ```{listing} llm::gpt2_to_json
//: :folded:
//: ```
//: ```{listing} llm::gpt2_from_json
//: :folded:
//: ```
//: ```{listing} llm::llama_to_json
//: :folded:
//: ```
//: ```{listing} llm::llama_from_json
//: :folded:
//: ```
//: ```{listing} llm::expect_field
//: :folded:
//: ```
//:
//: Saving writes all files of the folder, and loading checks that they belong together:
//:
//: ```{listing} llm::save_model
//: :folded:
//: ```
//: ```{listing} llm::tensors_of
//: :folded:
//: ```
//: ```{listing} llm::load_model
//: :folded:
//: ```
//: ```{listing} llm::Model
//: :folded:
//: ```
//: ```{listing} llm::load_gpt
//: :folded:
//: ```
//: ```{listing} llm::StoredGpt
//: :folded:
//: ```
//: ```{listing} llm::load_tokenizer
//: :folded:
//: ```
//: ```{listing} llm::TokenizerReader
//: :folded:
//: ```
//: ```{listing} llm::check_companion
//: :folded:
//: ```
//: ```{listing} llm::in_file
//: :folded:
//: ```
//:
//: A model without its characters is worth nothing: token 40 has to remain the letter that it was.
//: `tokenizer.json` is again in the words of a library of Hugging Face, `tokenizers`, which
//: describes a tokenizer as a pipeline. For characters it is short: cut the text behind each
//: character, look each piece up in a vocabulary of words, put pieces together without spaces.

void a_tokenizer() {
  const Json json = Json::parse(character_tokenizer("hacker").to_json());
  for (const char* part : {"pre_tokenizer", "model", "decoder"}) {
    print("{:13} {}", part, json.at(part).dump());
  }
}
//: ```{output}
//: ```
//: ```{listing} llm::CharacterTokenizer::to_json
//: :folded:
//: ```
//: ```{listing} llm::character_pipeline
//: :folded:
//: ```
//: ```{listing} llm::tokenizer_from_json
//: :folded:
//: ```
//: ```{listing} llm::is_increasing
//: :folded:
//: ```
//:
//: ## Settings that answer back
//:
//: *What should happen to a setting that is misspelled?* The easy thing is to ignore it: a field
//: that is not known is not read, and the default stands. Then a night of training goes by with a
//: learning rate that nobody asked for. So a field that is missing keeps its default, and one that
//: is unknown, or holds something else than it can, is an error that says which:

void wrong_settings() {
  for (const char* text : {R"({"peek": 0.01})", R"({"steps": 0.5})", R"({"seed": -1})",
                           R"({"model": {"norm": "batch"}})"}) {
    try {
      settings_from_json(Json::parse(text));
    } catch (const std::exception& error) {
      print("{:29} {}", text, error.what());
    }
  }
}
//: ```{output}
//: ```
//:
//: The second and third would have gone through with the JSON library alone, which turns $0.5$ into
//: the whole number 0 and $-1$ into a very large seed. Choices are words in the file and `enum`s in
//: the program; there the library's own macro, `NLOHMANN_JSON_SERIALIZE_ENUM`, takes a word that it
//: does not know for the first of its list. Reading a field is therefore a function of ours:
//:
//: ```{listing} llm::read_field
//: ```
//: ```{listing} llm::fits
//: :folded:
//: ```
//: ```{listing} llm::require_field
//: :folded:
//: ```
//: ```{listing} llm::Words
//: :folded:
//: ```
//: ```{listing} llm::word_of
//: :folded:
//: ```
//: ```{listing} llm::read_choice
//: :folded:
//: ```
//: ```{listing} llm::Json
//: :folded:
//: ```
//: ```{listing} llm::read_settings
//: :folded:
//: ```
//: ```{listing} llm::settings_from_json
//: :folded:
//: ```
//: ```{listing} llm::settings_to_json
//: :folded:
//: ```
//: ```{listing} llm::config_from_json
//: :folded:
//: ```
//: ```{listing} llm::config_to_json
//: :folded:
//: ```
//: ```{listing} llm::refuse_unknown_fields
//: :folded:
//: ```
//:
//: A field can have the right type and still make no sense: no sequences in a batch, say. Before a run
//: begins, or a trainer is made, the settings are read as a whole:
//:
//: ```{listing} llm::checked
//: :folded:
//: ```
//:
//: ## The loop of a run
//:
//: *In which order does a run do its duties, so that it can be killed between any two of them?* The
//: loop wraps the trainer's step with four: measure the validation loss, write a line of metrics,
//: save a checkpoint, show where we are. It sets out from where the trainer stands, which is step 0
//: or the step of a checkpoint:
//:
//: ```{listing} llm::train_steps
//: :until: report = trainer.step();
//: ```
//:
//: A Ctrl-C sets `stop`. The loop asks for it here and nowhere else, when a step is complete,
//: because half a step cannot be saved:
//:
//: ```{listing} llm::train_steps
//: :until: schedule.steps || stop
//: ```
//:
//: Then the duties. The validation loss comes before the line of metrics that contains it. The line
//: comes before the checkpoint: a run that is killed between the two has lines too many, which can
//: be dropped, and not too few.
//:
//: ```{listing} llm::train_steps
//: ```
//: ```{listing} llm::is_due
//: :folded:
//: ```
//: ```{listing} llm::evaluate
//: :folded:
//: ```
//: ```{listing} llm::metrics_line
//: :folded:
//: ```
//: ```{listing} llm::write_metrics
//: :folded:
//: ```
//:
//: A run that was killed may have written metrics after its last checkpoint. Going on from there
//: computes these steps again, to the same numbers, so the lines beyond the checkpoint are dropped
//: first. And a run must go on with the text that it began with; its checksum stands in the
//: checkpoint. The text may have moved, though, and where it lies now is kept for the next time:
//:
//: ```{listing} llm::train_run
//: :folded:
//: ```
//: ```{listing} llm::resume
//: :folded:
//: ```
//: ```{listing} llm::metrics_until
//: :folded:
//: ```
//: ```{listing} llm::remember_text
//: :folded:
//: ```
//:
//: Training that has diverged ends with a message that says what is left and which command goes on
//: from there, quoted so that the shell takes it as it is:
//:
//: ```{listing} llm::way_out
//: :folded:
//: ```
//: ```{listing} llm::run_command
//: :folded:
//: ```
//: ```{listing} llm::shell_quoted
//: :folded:
//: ```
//:
//: A directory holds one run: a new one is refused where there is one already. And two programs
//: that train in one directory would overwrite each other's files, so a run is locked while it is
//: trained, and the second program is told the number of the process that has it. The lock is one
//: that the system takes back when a process ends, in whatever way; a file that merely exists would
//: be left behind by a crash.
//:
//: ```{listing} llm::RunFiles
//: :folded:
//: ```
//: ```{listing} llm::run_files
//: :folded:
//: ```
//: ```{listing} llm::Run
//: :folded:
//: ```
//: ```{listing} llm::begin_run
//: :folded:
//: ```
//: ```{listing} llm::refuse_existing_run
//: :folded:
//: ```
//: ```{listing} llm::reopen_run
//: :folded:
//: ```
//: ```{listing} llm::locked_run
//: :folded:
//: ```
//: ```{listing} llm::locked_file
//: :folded:
//: ```

}  // namespace

void behind_the_pages() {
  start_sleep_or_wait();
  a_thread_fails();
  const Folder folder;
  const std::string run = folder.path + "/run", parameters = parameters_of(run);
  make_a_run(run);
  look_at_a_run(run);
  stop_and_go_on(folder.path + "/checkpoint");
  dump_the_header(parameters);
  look_up_a_number(parameters, run + "/last");
  damage(parameters, folder.path + "/copy.safetensors");
  names_of_two_families();
  configurations();
  a_tokenizer();
  wrong_settings();
}
