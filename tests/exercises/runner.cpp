// The program that checks a reader's exercises: in order, up to the first that is not done, of
// which it says what is wrong and where to write, and gives a hint.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/exercises/attempt.hpp"
#include "tests/exercises/texts.hpp"

namespace {

using namespace llm;

/// What the command line chose.
struct Choice {
  std::string exercises;  // "3", "3.2" or "3.2a"; empty for the whole chapter
  std::string texts = std::filesystem::read_symlink("/proc/self/exe").string() + ".json";
  std::string states;  // the file to write the states into; empty to tell the reader
  int hint = 1;
  int seconds = 10;
  std::size_t memory_mib = LLM_MEMORY_MIB;
};

/// `text` in a color of the terminal; as it is where the output is no terminal.
std::string colored(const char* color, const std::string& text) {
  static const bool on = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return on ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : text;
}

/// The state in words.
std::string state_text(State state) {
  if (state == State::done) return colored("32", "done");
  if (state == State::not_done) return colored("33", "not done yet");
  return colored("31", "not right yet");
}

/// Whether the exercise `id` is among those that the command line chose.
bool chosen(const std::string& id, const std::string& choice) {
  if (!id.starts_with(choice)) return false;
  if (id.size() == choice.size() || choice.empty()) return true;
  const char next = id[choice.size()];
  return next < '0' || next > '9';
}

/// What to say when the command line chose no exercise in code.
std::string nothing_chosen(const Choice& choice, const ChapterTexts& texts) {
  std::string there;
  for (const ExerciseText& text : texts.exercises) {
    if (text.number == choice.exercises) {
      return fmt::format("Exercise {}, {}, is not one in code ({}): its page is {}, line {}.",
                         text.number, text.title, text.kind, text.page, text.line);
    }
    if (text.kind == "code") there += (there.empty() ? "" : ", ") + text.number;
  }
  return fmt::format("There is no exercise in code {} in chapters/{}. It has {}.", choice.exercises,
                     texts.chapter, there);
}

/// The exercises that the command line chose. Throws std::runtime_error when there are none.
std::vector<Exercise> chosen_exercises(const Choice& choice, const ChapterTexts& texts) {
  std::vector<Exercise> found = exercises();
  std::erase_if(found,
                [&](const auto& exercise) { return !chosen(exercise.id, choice.exercises); });
  if (found.empty()) throw std::runtime_error(nothing_chosen(choice, texts));
  return found;
}

/// Attempts an exercise within the limits of the command line, and says when that takes long.
Outcome attempt_within(const Exercise& exercise, const ExerciseText& text, const Choice& choice) {
  Limits limits;
  limits.time = std::chrono::seconds(choice.seconds);
  limits.memory_mib = choice.memory_mib;
  return attempt(exercise, limits, [&] {
    fmt::print(stderr, "Exercise {}, {}, still runs. It may take {} seconds.\n", exercise.id,
               text.title, choice.seconds);
  });
}

/// Shows what the reader's code printed, and says how much of it is left out.
void show_printed(const Printed& printed) {
  if (printed.bytes == 0) return;
  const bool whole = printed.bytes == printed.text.size();
  fmt::print("\n{}\n{}", colored("1", whole ? "It printed" : "It printed, at first"), printed.text);
  if (!printed.text.ends_with('\n')) fmt::print("\n");
  if (!whole) {
    fmt::print("... and so on: {} kB in all, with {} {}.\n", (printed.bytes + 999) / 1000,
               printed.lines, printed.lines == 1 ? "line end" : "line ends");
  }
}

/// Tells where to write the exercise, and the hint asked for.
void print_help(const ExerciseText& text, int hints) {
  fmt::print("\n{}\n\nWrite it in {}", text.statement, text.file);
  if (text.file_line > 0) fmt::print(":{}", text.file_line);
  fmt::print(", function {}.\nIts page: {}:{}\n", text.function, text.page, text.line);
  const int count = static_cast<int>(text.hints.size());
  for (int i = 0; i < hints && i < count; ++i)
    fmt::print("\n{}\n{}\n", colored("1", fmt::format("Hint {}", i + 1)),
               text.hints[static_cast<std::size_t>(i)]);
  if (hints < count)
    fmt::print("\nOne more hint: ./learn exercise {} --hint {}\n", text.number, hints + 1);
}

/// Writes one tab-separated line an exercise into a file, for scripts: number, state, title. What
/// the reader's code prints goes nowhere.
int write_states(const Choice& choice, const ChapterTexts& texts) {
  std::ofstream file(choice.states);
  for (const Exercise& exercise : chosen_exercises(choice, texts)) {
    const ExerciseText& text = find_text(texts, exercise.id);
    const State state = attempt_within(exercise, text, choice).state;
    const char* word = state == State::done ? "done" : state == State::wrong ? "wrong" : "open";
    file << fmt::format("{}\t{}\t{}\n", exercise.id, word, text.title) << std::flush;
  }
  if (!file) throw std::runtime_error(choice.states + " cannot be written");
  return 0;
}

/// Checks the chosen exercises up to the first that is not done: 0 when all are, 1 otherwise.
int check_in_order(const Choice& choice, const ChapterTexts& texts) {
  for (const Exercise& exercise : chosen_exercises(choice, texts)) {
    const ExerciseText& text = find_text(texts, exercise.id);
    const Outcome outcome = attempt_within(exercise, text, choice);
    fmt::print("{:6}{:44}{}\n", exercise.id, text.title, state_text(outcome.state));
    show_printed(outcome.printed);
    if (outcome.state == State::done) continue;
    if (!outcome.message.empty()) fmt::print("\n{}\n", colored("1", outcome.message));
    print_help(text, choice.hint);
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program{"Checks the exercises of a chapter"};
  Choice choice;
  program.add_option("exercises", choice.exercises, "A section, 3.2, or one exercise, 3.2a");
  program.add_option("--hint", choice.hint, "How many hints to show")->check(CLI::Range(0, 2));
  program.add_option("--seconds", choice.seconds, "How long one check may run")
      ->check(CLI::Range(1, 3600));
  program.add_option("--memory", choice.memory_mib, "How many MiB one check may use; 0: no limit");
  program.add_option("--texts", choice.texts, "What book/exercises.py wrote about the chapter");
  program.add_option("--states", choice.states, "Write one line an exercise into this file");
  CLI11_PARSE(program, argc, argv);
  try {
    const ChapterTexts texts = read_texts(choice.texts);
    return choice.states.empty() ? check_in_order(choice, texts) : write_states(choice, texts);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
