//: # Foundations
//:
//: How does a machine that only multiplies and adds come to hold the meaning of a word? This
//: chapter turns words into lists of numbers, builds the layer that every network is made of, and
//: shows how far one bend in a straight line can take it.

#include "common/foundations/recorder.hpp"

void vectorization();
void linear_layers();
void nonlinearity();
void universal_approximation();
void behind_the_pages();
void summary();

int main(int argc, char** argv) {
  return llm::run_chapter(
      argc, argv,
      {.number = 1,
       .title = "Foundations",
       .sections = {{"Vectorization", vectorization},
                    {"Linear layers", linear_layers},
                    {"Non-linearity", nonlinearity},
                    {"Universal function approximation", universal_approximation},
                    {"Behind the pages", behind_the_pages},
                    {"A summary that is a program", summary}}});
}
