#include <cstdlib>
#include <utility>

#include "common/harness/exercise.hpp"
#include "tests/catch.hpp"
#include "tests/exercises/exercise.hpp"
#include "tests/exercises/texts.hpp"

using namespace llm;

TEST_CASE("the solution of each exercise passes its check") {
  for (const Exercise& exercise : exercises()) {
    INFO("exercise " << exercise.id);
    CHECK_NOTHROW(exercise.check_solution());
  }
}

TEST_CASE("each likely mistake fails with the message written for it") {
  for (const Exercise& exercise : exercises()) {
    CHECK(exercise.mistakes.size() >= 2);
    for (const Mistake& mistake : exercise.mistakes) {
      INFO("exercise " << exercise.id << ", mistake " << mistake.name);
      std::string message = "the check passed";
      try {
        mistake.check();
      } catch (const WrongAnswer& wrong) {
        message = wrong.what();
      }
      CAPTURE(message);
      CHECK(message.find(mistake.message) != std::string::npos);
    }
  }
}

TEST_CASE("every exercise in code has its check, in the order of the pages") {
  std::vector<std::pair<std::string, std::string>> pages, checks;
  for (const ExerciseText& text : read_texts(LLM_TEXTS).exercises)
    if (text.kind == "code") pages.emplace_back(text.number, text.title);
  for (const Exercise& exercise : exercises()) checks.emplace_back(exercise.id, exercise.title);
  CHECK(checks == pages);
}

TEST_CASE("an exercise that is not done says which one it is") {
  // Where no reader is at work, none is done: a stub that returns would hide that it is one.
  const bool none_is_done = std::getenv("CI") != nullptr;
  for (const Exercise& exercise : exercises()) {
    std::string not_done;
    try {
      exercise.check_reader();
    } catch (const NotDone& stub) {
      not_done = stub.id;
    } catch (const std::exception&) {
      // The reader is at work on it: the exercise runner tells them what is wrong.
    }
    INFO("exercise " << exercise.id);
    if (none_is_done || !not_done.empty()) CHECK(not_done == exercise.id);
  }
}
