//: # The Transformer
//:
//: Chapter 3 let words listen to each other, and chapter 4 taught networks to learn. This chapter puts
//: the two together. You will assemble a GPT, train it on a real text, and hear it speak: at first
//: noise, then letters, then words, then something that looks like an entry of a dictionary that was
//: never written.
//:
//: At its end you will be able to
//:
//: - say why every large model normalizes its layers, derive how gradients pass through a norm, and
//:   recognize a network that lacks one by its numbers (section 5.1);
//: - draw a GPT from memory, count its parameters and its arithmetic on paper, and predict how long a
//:   step will take before you run it (section 5.2);
//: - measure a model in bits, train it with a loop that you can hold in your head, and find out why a
//:   training does not work (section 5.3);
//: - choose an optimizer and a schedule, and say what each is worth (section 5.4);
//: - turn a model that predicts into a program that writes, and say why the likeliest text is a bad one
//:   (section 5.5);
//: - make that program many times faster without changing one character that it writes within its
//:   window, and compute how much memory this takes in a model of any size (section 5.6);
//: - choose the settings of a model, train it, compare it with tables that only count, follow one
//:   character through it and back, and measure what it cannot do (section 5.7).
//:
//: The chapter needs all that came before: the linear layer and ReLU of chapter 1, softmax and
//: rotations of chapter 2, attention with its heads and masks from chapter 3, and from chapter 4 the
//: residual stream and the rules of backpropagation. It adds few new ideas. Most of its work is to put
//: known parts together so that nothing is lost between them: not a gradient, not a digit, not an hour
//: of training.
//:
//: Section 5.8 puts all of it into one program of a few pages, and page 5.9 has the code that the
//: chapter needs and its ideas do not; you can skip it.
//:
//: The text is the Jargon File, 1.4 million characters of hacker slang. If you would rather hear
//: the model speak in another voice, the program `gpt` trains on any text: section 5.7 shows how.
//: Training the model of that section took {value}`5.7:seconds` seconds when this page was made.
//: The others train smaller ones, for seconds each, but section 5.4 trains dozens of them.
//: `./learn run 5.5` runs section 5.5, and `./learn exercise 5` checks your solutions.

#include "common/harness/recorder.hpp"

void layer_norm();
void block();
void training_loop();
void optimizers();
void decoder_loop();
void kv_cache();
void trained_gpt();
void summary();
void behind_the_pages();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 5,
                           .title = "The Transformer",
                           .sections = {{"Layer norm", layer_norm},
                                        {"The block", block},
                                        {"The training loop", training_loop},
                                        {"Optimizers and schedules", optimizers},
                                        {"The decoder loop", decoder_loop},
                                        {"KV cache", kv_cache},
                                        {"A trained GPT", trained_gpt},
                                        {"Summary: a GPT in one program", summary},
                                        {"Behind the pages", behind_the_pages}}});
}
