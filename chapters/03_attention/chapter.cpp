//: # Attention
//:
//: A word means what its neighbors let it mean. This chapter lets every word choose whom to listen
//: to.

#include "common/foundations/recorder.hpp"

void self_attention();
void scaled_dot_product();
void multi_head();
void masking();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 3,
                           .title = "Attention",
                           .sections = {{"Self-attention", self_attention},
                                        {"Scaled dot-product attention", scaled_dot_product},
                                        {"Multi-head attention", multi_head},
                                        {"Masking", masking}}});
}
