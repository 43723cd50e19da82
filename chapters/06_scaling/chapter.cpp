//: # Scaling
//:
//: From characters to subwords, from one kind of choice to several, from one core to a GPU, and
//: from a million parameters to billions.

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
