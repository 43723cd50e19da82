//: # Foundations
//:
//: How does a machine that can only multiply and add come to hold the meaning of a word?
//:
//: A language model is a function from numbers to numbers. Words go in as lists of numbers; the
//: lists are multiplied with tables of weights, bent a little, multiplied again; out comes a number
//: for each word that could be next. Nothing else happens inside, not in the model that you will
//: train in chapter 5 and not in those with a thousand times as many weights. This chapter builds
//: the three parts that all of it is made of, and gets to the bottom of each: the list, the table,
//: the bend.
//:
//: At its end you will be able to
//:
//: - turn a text into vectors in which "red" lies near "blue", and say why they lie there;
//: - write a linear layer, say what it costs, and know how fast your machine can possibly run it;
//: - say why networks need a non-linearity, and what one hidden layer of them can and can't do;
//: - derive a gradient by hand, check it by measurement, and learn weights with it.
//:
//: ## What it needs
//:
//: C++, and from school mathematics: vectors in the plane, the slope of a function, the chain rule.
//: Linear algebra is introduced where it is used. You need not know anything about machine
//: learning.
//:
//: ## How to read a page
//:
//: Each section of this book is a C++ file. What you read is its comments, and the code between
//: them is the code that was compiled and run; you can find this chapter in
//: `chapters/01_foundations`. Three kinds of gray boxes appear on the pages:
//:
//: - **Code of the section**, numbered as in the file: small experiments.
//: - **Listings of the library**, with their name above them: functions of `common/`, which grow
//:   from chapter to chapter into a complete GPT. Each is shown once, where it is explained.
//: - **What the program printed** when this book was built. Numbers in the sentences come from
//:   there too: on another machine the timings differ, and so does the text that you read.
//:
//: In the code, `print` prints a line and `show` a matrix with labels; `record` hands a number to a
//: sentence of the page, and `record_data` hands columns of numbers to a figure. How they do it is
//: shown in section 1.6, which can wait.
//:
//: `./learn run 1` runs the chapter on your machine, `./learn run 1.2` one section. At the end of
//: each section are exercises on paper, in code, and as experiments. The ones in code are functions
//: in `chapters/01_foundations/exercises.hpp` for you to fill in; `./learn exercise 1.1` checks
//: them, and if an answer is wrong it tries to tell you which mistake it is.

#include "common/harness/recorder.hpp"

void vectorization();
void linear_layers();
void nonlinearity();
void universal_approximation();
void summary();
void behind_the_pages();

int main(int argc, char** argv) {
  return llm::run_chapter(
      argc, argv,
      {.number = 1,
       .title = "Foundations",
       .sections = {{"Vectorization", vectorization},
                    {"Linear layers", linear_layers},
                    {"Non-linearity", nonlinearity},
                    {"Universal function approximation", universal_approximation},
                    {"A summary that is a program", summary},
                    {"Behind the pages", behind_the_pages}}});
}
