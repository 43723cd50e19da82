#include "tests/catch.hpp"
#include "tests/exercises/check.hpp"

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

TEST_CASE("an exercise that is not done says which one it is") {
  for (const Exercise& exercise : exercises()) {
    try {
      exercise.check_reader();
    } catch (const NotDone& stub) {
      CHECK(stub.id == exercise.id);
    } catch (const std::exception&) {
      // The reader is at work on it: the exercise runner tells them what is wrong.
    }
  }
}
