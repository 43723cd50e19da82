//: # Scaling
//:
//: From characters to subwords, from one kind of choice to several, from one core to a GPU, and
//: from a million parameters to billions. Chapter 5 ended with a GPT that is complete and small. All
//: that separates it from the models of the world is a matter of more: more kinds of choice when it
//: speaks, more letters in a token, more arithmetic in a second, more parameters than a memory holds.
//: Each of these asks for an idea, and each idea gets a section.
//:
//: At the end of the chapter you will be able to
//:
//: - choose the settings of a sampler, say what each of them cuts off and in which order, and measure
//:   what a text gains in quality and loses in variety (section 6.1);
//: - say what a token of GPT-2 or Llama is, train a vocabulary of subwords on any text, and compute what
//:   a model gains by it (section 6.2).
//:
//: Sections 6.3, on what ten thousand threads can do, and 6.4, on models of billions of parameters,
//: say so far only what they will be about.
//:
//: The chapter needs the decoder loop, the KV cache and the trained model of chapter 5, the softmax of
//: chapter 2 and the masks of chapter 3. `./learn run 6.1` runs section 6.1, and `./learn exercise 6`
//: checks your solutions.

#include "common/harness/recorder.hpp"

void temperature_and_top_k();
void byte_pair_encoding();
void gpu_acceleration();
void billions_of_parameters();
void behind_the_pages();

int main(int argc, char** argv) {
  return llm::run_chapter(
      argc, argv,
      {.number = 6,
       .title = "Scaling",
       .sections = {{"Temperature and top-k", temperature_and_top_k},
                    {"Byte-pair encoding", byte_pair_encoding},
                    {"GPU acceleration", gpu_acceleration},
                    {"Inference up to billions of parameters", billions_of_parameters},
                    {"Behind the pages", behind_the_pages}}});
}
