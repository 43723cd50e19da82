// Against PyTorch, whose numbers tests/fixtures/generate_training.py has written down.

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/attention/attention.hpp"
#include "common/attention/masks.hpp"
#include "common/foundations/activations.hpp"
#include "common/foundations/linear.hpp"
#include "common/sequence/softmax.hpp"
#include "common/training/descent.hpp"
#include "common/training/embedding.hpp"
#include "common/training/residual.hpp"
#include "common/training/surprise.hpp"
#include "tests/catch.hpp"

using namespace llm;

namespace {

/// A fixture of this chapter.
nlohmann::json fixture(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(LLM_FIXTURES "/training_" + name + ".json"));
}

/// A list of rows as a matrix.
Matrix matrix(const nlohmann::json& rows) {
  Matrix result(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
  for (Index i = 0; i < result.rows(); ++i) {
    for (Index j = 0; j < result.cols(); ++j) {
      result(i, j) = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j));
    }
  }
  return result;
}

/// The largest difference in units of the largest expected number.
Real difference(const Matrix& ours, const Matrix& theirs) {
  return (ours - theirs).cwiseAbs().maxCoeff() / theirs.cwiseAbs().maxCoeff();
}

/// The block of the fixture: its parameters, and what its forward pass keeps.
struct ResidualBlock {
  std::map<std::string, Matrix> weights;
  std::vector<int> tokens;
  Matrix start, middle, stream, queries, keys, values, hidden, probabilities;
  Attention attention;

  void forward() {
    start = embed(tokens, weights["table"]);
    queries = start * weights["query"];
    keys = start * weights["key"];
    values = start * weights["value"];
    attention = scaled_dot_product_attention(queries, keys, values, causal_mask(start.rows()));
    middle = start;
    residual_add(middle, attention.outputs);
    hidden = middle * weights["inward"];
    stream = middle;
    residual_add(stream, relu(hidden) * weights["outward"]);
    probabilities = softmax_rows(stream * weights["output"]);
  }

  /// The gradient of the inputs of rows · weights[name]; that of the weights goes to `gradients`.
  Matrix through(const std::string& name, const Matrix& output_gradient, const Matrix& inputs,
                 std::map<std::string, Matrix>& gradients) {
    Matrix input_gradient(inputs.rows(), inputs.cols());
    gradients[name] = Matrix::Zero(weights[name].rows(), weights[name].cols());
    Vector no_bias = Vector::Zero(output_gradient.cols());
    linear_backward(output_gradient, inputs, weights[name], input_gradient, gradients[name],
                    no_bias);
    return input_gradient;
  }

  std::map<std::string, Matrix> backward(const std::vector<int>& targets) {
    std::map<std::string, Matrix> gradients;
    const Matrix scores =
        softmax_rows_backward(next_token_surprise_backward(probabilities, targets), probabilities);
    Matrix gradient = through("output", scores, stream, gradients);
    const Matrix activated = through("outward", gradient, relu(hidden), gradients);
    residual_add_backward(gradient,
                          through("inward", relu_backward(activated, hidden), middle, gradients));
    const AttentionGradients heads =
        scaled_dot_product_attention_backward(gradient, queries, keys, values, attention.weights);
    residual_add_backward(gradient, through("query", heads.queries, start, gradients));
    residual_add_backward(gradient, through("key", heads.keys, start, gradients));
    residual_add_backward(gradient, through("value", heads.values, start, gradients));
    gradients["table"] = Matrix::Zero(weights["table"].rows(), weights["table"].cols());
    embed_backward(gradient, tokens, gradients["table"]);
    return gradients;
  }
};

}  // namespace

TEST_CASE("a residual block agrees with PyTorch in loss, stream and every gradient") {
  const nlohmann::json expected = fixture("residual_block");
  ResidualBlock block;
  block.tokens = expected["tokens"].get<std::vector<int>>();
  for (const auto& [name, rows] : expected["weights"].items()) block.weights[name] = matrix(rows);
  const auto targets = expected["targets"].get<std::vector<int>>();
  block.forward();
  CHECK(difference(block.stream, matrix(expected["stream"])) < 1e-5);
  CHECK(difference(block.probabilities, matrix(expected["probabilities"])) < 1e-5);
  CHECK(next_token_surprise(block.probabilities, targets) ==
        Catch::Approx(expected["loss"].get<double>()).epsilon(1e-5));
  for (const auto& [name, gradient] : block.backward(targets)) {
    INFO(name);
    CHECK(difference(gradient, matrix(expected["gradients"][name])) < 1e-5);
  }
}

TEST_CASE("momentum takes the steps of PyTorch's") {
  const nlohmann::json expected = fixture("momentum");
  auto place = expected["start"].get<std::vector<Real>>();
  const auto factors = expected["factors"].get<std::vector<Real>>();
  std::vector<Real> velocity(place.size(), 0);
  for (const nlohmann::json& after : expected["places"]) {
    std::vector<Real> gradient;
    for (std::size_t i = 0; i < place.size(); ++i) gradient.push_back(2 * factors[i] * place[i]);
    momentum_step(place, velocity, gradient, expected["rate"].get<Real>(),
                  expected["momentum"].get<Real>());
    for (std::size_t i = 0; i < place.size(); ++i) {
      CHECK(place[i] == Catch::Approx(after[i].get<double>()).margin(1e-5));
    }
  }
}
