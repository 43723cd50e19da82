//: # Training and masking
//:
//: Chapter 3 ended with a layer that lets each word choose whom it listens to. Its weights were set
//: by hand, or learned on problems of a few lines. Now they shall learn from a text, and three
//: things stand in the way.
//:
//: The first is that attention sees everything, so a model that is asked for the next word finds
//: the answer lying in its input. Section 4.1 puts a blindfold on it. The same experiment shows
//: what training on text *is*: one piece of text of $T$ characters becomes $T$ lessons, answered in
//: a single pass, and the loss is the surprise at what really came next. You will train the same
//: model with and without the blindfold, watch the cheat win on every page that you grade it on,
//: and find it out by a test of a few lines.
//:
//: The second is depth. Layers multiply, and a product of many factors is nothing or everything.
//: Section 4.2 measures what arrives at the far end of 64 layers, signal and gradient, and what one
//: addition changes about it. From it grows the picture that the rest of the book uses: a stream
//: that runs through the model and that each layer reads and writes.
//:
//: The third is the gradient itself. So far, functions with names in `_backward` appeared beside
//: each layer and did something useful. Section 4.3 derives them, one by one, from the chain rule
//: and the shapes of the matrices, and shows the tool that tells a right gradient from one that is
//: nearly right. After it, no part of training is magic: you could write the backward pass of a
//: layer that this book does not have.
//:
//: The summary puts all of it into one short program that learns to write.
//:
//: **What you will be able to do.** Turn a text into training examples; test a model for leaks;
//: predict the size of a signal after $N$ layers and choose the initialization that keeps it;
//: derive and check the backward pass of a layer; trade memory for time in training.
//:
//: **What it needs.** The linear layer and ReLU (1.2, 1.3) and gradient descent (1.4); softmax and
//: position vectors (2.1, 2.2); multi-head attention and masks (3.3, 3.4). From school, the chain
//: rule: the derivative of $f(g(x))$ is $f'(g(x))\,g'(x)$.
//:
//: All experiments of the chapter run in less than a minute on two cores.

#include "common/harness/recorder.hpp"

void causal_masking();
void residual_connections();
void backpropagation();
void summary();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 4,
                           .title = "Training and masking",
                           .sections = {{"Causal masking", causal_masking},
                                        {"Residual connections", residual_connections},
                                        {"Backpropagation by hand", backpropagation},
                                        {"Summary", summary}}});
}
