// The program that checks a reader's exercises: in order, up to the first that is not done, of
// which it says what is wrong and where to write, and gives a hint.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/exercises/check.hpp"
#include "tests/exercises/page.hpp"

namespace {

using namespace llm;

enum class State { done, not_done, wrong };

/// How an exercise stands, and what to tell the reader about it.
struct Outcome {
  State state;
  std::string message;
};

/// What the command line chose.
struct Choice {
  std::string exercises;  // "3", "3.2" or "3.2a"; empty for the whole chapter
  std::string root = LLM_SOURCE_DIR;
  int hint = 1;
  unsigned seconds = 60;
  bool progress = false;
};

/// Runs a check and turns what it throws into an outcome.
Outcome outcome_of(const Exercise& exercise) {
  try {
    exercise.check_reader();
  } catch (const NotDone& stub) {
    if (stub.id == exercise.id) return {State::not_done, ""};
    return {State::wrong, fmt::format("It uses exercise {}, which is not done yet.", stub.id)};
  } catch (const std::exception& error) {
    return {State::wrong, error.what()};
  }
  return {State::done, ""};
}

/// What to say of a check that a signal ended.
std::string crash_message(int signal, unsigned seconds) {
  if (signal == SIGALRM)
    return fmt::format("It runs for more than {} seconds: does a loop never end?", seconds);
  if (signal == SIGSEGV || signal == SIGBUS)
    return "It touches memory that is not its own: is an index out of range, or does a function "
           "call itself without end?";
  return fmt::format("It ends the program ({}).", strsignal(signal));
}

/// Reads all that the other side of a pipe writes.
std::string read_all(int pipe) {
  std::string text;
  char part[4096];
  for (ssize_t count; (count = read(pipe, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(count));
  return text;
}

/// The child's part of run_check: checks, hands its outcome to the pipe, and ends.
[[noreturn]] void check_in_child(const Exercise& exercise, int pipe, unsigned seconds) {
  alarm(seconds);
  std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would hide the signal
  const Outcome outcome = outcome_of(exercise);
  const std::string text =
      static_cast<char>('0' + static_cast<int>(outcome.state)) + outcome.message;
  std::fflush(stdout);
  const bool written = write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  _exit(written ? 0 : 1);
}

/// Runs a check in a process of its own, which may crash or never end.
Outcome run_check(const Exercise& exercise, unsigned seconds) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe could be opened");
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process could be started");
  if (child == 0) check_in_child(exercise, ends[1], seconds);
  close(ends[1]);
  const std::string text = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return {State::wrong, crash_message(WTERMSIG(status), seconds)};
  if (text.empty()) return {State::wrong, "It ends the program."};
  return {static_cast<State>(text[0] - '0'), text.substr(1)};
}

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

/// "chapters/03_attention/exercises.hpp:12", the line being that of the function.
std::string function_place(const std::filesystem::path& root, const std::string& function) {
  const std::string name = fmt::format("chapters/{}/exercises.hpp", LLM_CHAPTER);
  std::ifstream file(root / name);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const std::size_t found = line.find(" " + function + "(");
    if (found != std::string::npos && line.find("//") > found)
      return fmt::format("{}:{}", name, number);
  }
  return name;
}

/// Tells where to write the exercise, and the hint asked for.
void print_help(const Exercise& exercise, const Choice& choice) {
  const std::filesystem::path chapter =
      std::filesystem::path(choice.root) / "chapters" / LLM_CHAPTER;
  const std::filesystem::path section = section_file(chapter, exercise.id);
  const ExerciseText text = read_exercise(section, exercise.id);
  fmt::print("\n{}\n\n", text.statement);
  fmt::print("Write it in {}", function_place(choice.root, text.function));
  if (!text.function.empty()) fmt::print(", function {}", text.function);
  fmt::print(".\nIts page: chapters/{}/{}\n", LLM_CHAPTER, section.filename().string());
  const int count = static_cast<int>(text.hints.size());
  for (int i = 0; i < choice.hint && i < count; ++i)
    fmt::print("\n{}\n{}\n", colored("1", fmt::format("Hint {}", i + 1)),
               text.hints[static_cast<std::size_t>(i)]);
  if (choice.hint < count)
    fmt::print("\nOne more hint: ./learn exercise {} --hint {}\n", exercise.id, choice.hint + 1);
}

/// One tab-separated line an exercise, for scripts: its number, its state, its title.
int print_progress(const Choice& choice) {
  for (const Exercise& exercise : exercises()) {
    if (!chosen(exercise.id, choice.exercises)) continue;
    const State state = run_check(exercise, choice.seconds).state;
    const char* word = state == State::done ? "done" : state == State::wrong ? "wrong" : "open";
    fmt::print("{}\t{}\t{}\n", exercise.id, word, exercise.title);
  }
  return 0;
}

/// Checks the chosen exercises up to the first that is not done: 0 when all are, 1 otherwise, and 2
/// when none was chosen.
int check_in_order(const Choice& choice) {
  int count = 0;
  for (const Exercise& exercise : exercises()) {
    if (!chosen(exercise.id, choice.exercises)) continue;
    ++count;
    const Outcome outcome = run_check(exercise, choice.seconds);
    fmt::print("{:6}{:44}{}\n", exercise.id, exercise.title, state_text(outcome.state));
    if (outcome.state == State::done) continue;
    if (!outcome.message.empty()) fmt::print("\n{}\n", colored("1", outcome.message));
    print_help(exercise, choice);
    return 1;
  }
  if (count > 0) return 0;
  fmt::print(stderr, "There is no code exercise {} in chapters/{}.\n", choice.exercises,
             LLM_CHAPTER);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program{"Checks the exercises of a chapter"};
  Choice choice;
  program.add_option("exercises", choice.exercises, "A section, 3.2, or one exercise, 3.2a");
  program.add_option("--hint", choice.hint, "How many hints to show")->check(CLI::Range(0, 2));
  program.add_option("--seconds", choice.seconds, "How long one check may run");
  program.add_option("--root", choice.root, "The folder of the book's sources");
  program.add_flag("--progress", choice.progress, "Print one line an exercise, for scripts");
  CLI11_PARSE(program, argc, argv);
  try {
    return choice.progress ? print_progress(choice) : check_in_order(choice);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
