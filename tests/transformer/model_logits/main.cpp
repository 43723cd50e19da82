// Prints the logits of a model in a folder for some tokens as JSON, a row a token: what
// test_transformers.py compares with another library's.
//
// usage: model_logits FOLDER TOKEN...

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "common/transformer/model/block.hpp"
#include "common/transformer/storage/model_directory.hpp"

int main(int argc, char** argv) {
  try {
    const llm::Model model = llm::load_model(argc > 1 ? argv[1] : "");
    std::vector<llm::Token> tokens;
    for (int i = 2; i < argc; ++i) tokens.push_back(std::stoi(argv[i]));
    const llm::Matrix logits = llm::forward(model.gpt, tokens);
    nlohmann::json rows;
    for (const auto& row : logits.rowwise()) rows.push_back(std::vector(row.begin(), row.end()));
    std::puts(rows.dump().c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "model_logits: %s\n", error.what());
    return 1;
  }
}
