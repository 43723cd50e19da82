//: # The Transformer
//:
//: Attention, feed-forward layers, norms and residual connections become one model, which learns
//: from real text and then speaks.

#include "common/foundations/recorder.hpp"

void layer_norm();
void block();
void training_loop();
void decoder_loop();
void kv_cache();

int main(int argc, char** argv) {
  return llm::run_chapter(argc, argv,
                          {.number = 5,
                           .title = "The Transformer",
                           .sections = {{"Layer norm", layer_norm},
                                        {"The block", block},
                                        {"The training loop", training_loop},
                                        {"The decoder loop", decoder_loop},
                                        {"KV cache", kv_cache}}});
}
