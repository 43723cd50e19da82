//: # Training and masking
//:
//: A network learns by following gradients home. This chapter puts the blindfold on, opens the
//: highways, and computes the gradients by hand.

#include "common/foundations/recorder.hpp"

void causal_masking();
void residual_connections();
void backpropagation();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 4,
                           .title = "Training and masking",
                           .sections = {{"Causal masking", causal_masking},
                                        {"Residual connections", residual_connections},
                                        {"Backpropagation by hand", backpropagation}}});
}
