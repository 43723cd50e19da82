#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "common/scaling/program/commands.hpp"
#include "common/scaling/program/console.hpp"

namespace llm {

namespace {

constexpr const char* epilogue =
    "Begin with: gpt train, then: gpt sample. Each command has a --help of its own.\n"
    "Exit status: 0 done; 1 it failed; 2 the command line is wrong; 128 + n signal number n ended "
    "the run, which can go on.";

/// Prints what went wrong to standard error, and gives the exit status for it.
int failure(const std::string& message) {
  remark("gpt: {}\n", message);
  return 1;
}

/// Reads the command line and does what it asks. Returns the exit status.
int run_program(int argc, char** argv) {
  CLI::App program("Trains a GPT on a text, lets it speak, and measures it.", "gpt");
  program.require_subcommand(1);
  program.footer(epilogue);
  int status = 0;
  for (const auto& add : {add_train, add_sample, add_chat, add_eval, add_tokenize, add_info}) {
    add(program, status);
  }
  try {
    program.parse(argc, argv);
    return status;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  } catch (const std::bad_alloc&) {
    return failure("the model and its batches do not fit into the memory");
  } catch (const std::exception& error) {
    return failure(error.what());
  }
}

}  // namespace

}  // namespace llm

/// The program: lost output is an error, too.
int main(int argc, char** argv) {
  llm::open_standard_streams();
  const int status = llm::run_program(argc, argv);
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (written || status != 0) return status;
  llm::remark("gpt: standard output could not be written\n");
  return 1;
}
