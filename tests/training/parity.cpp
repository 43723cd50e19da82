// Against PyTorch, whose numbers tests/fixtures/generate_training.py has written down.

#include <map>
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
#include "tests/fixture.hpp"

using namespace llm;

namespace {

/// The block of the fixture: its parameters, and what its forward pass keeps.
struct ResidualBlock {
  std::map<std::string, Matrix> weights;
  std::vector<int> tokens;
  Matrix start, middle, stream, queries, keys, values, hidden, probabilities;
  Attention attention;

  void forward() {
    start = embed(tokens, weights["table"]);
    queries = linear(start, weights["query"], Vector());
    keys = linear(start, weights["key"], Vector());
    values = linear(start, weights["value"], Vector());
    attention = scaled_dot_product_attention(queries, keys, values, causal_mask(start.rows()));
    middle.resizeLike(start);
    residual_forward(start, attention.outputs, middle);
    hidden = linear(middle, weights["inward"], Vector());
    stream.resizeLike(middle);
    residual_forward(middle, linear(relu(hidden), weights["outward"], Vector()), stream);
    probabilities = softmax_rows(linear(stream, weights["output"], Vector()));
  }

  /// The gradient of the inputs of the layer with weights[name]; that of the weights goes to
  /// `gradients`.
  Matrix through(const std::string& name, const Matrix& output_gradient, const Matrix& inputs,
                 std::map<std::string, Matrix>& gradients) {
    Matrix input_gradient(inputs.rows(), inputs.cols());
    gradients[name] = Matrix::Zero(weights[name].rows(), weights[name].cols());
    Vector no_bias;
    linear_backward(output_gradient, inputs, weights[name], input_gradient, gradients[name],
                    no_bias);
    return input_gradient;
  }

  std::map<std::string, Matrix> backward(const std::vector<int>& targets) {
    std::map<std::string, Matrix> gradients;
    const Matrix scores =
        softmax_rows_backward(next_token_surprise_backward(probabilities, targets), probabilities);
    Matrix gradient = through("output", scores, stream, gradients);
    Matrix change = through("outward", gradient, relu(hidden), gradients);
    relu_backward(change, hidden, change);
    residual_backward(gradient, through("inward", change, middle, gradients), gradient);
    const AttentionGradients heads =
        scaled_dot_product_attention_backward(gradient, queries, keys, values, attention.weights);
    residual_backward(gradient, through("query", heads.queries, start, gradients), gradient);
    residual_backward(gradient, through("key", heads.keys, start, gradients), gradient);
    residual_backward(gradient, through("value", heads.values, start, gradients), gradient);
    gradients["table"] = Matrix::Zero(weights["table"].rows(), weights["table"].cols());
    embedding_backward(gradient, tokens, gradients["table"]);
    return gradients;
  }
};

}  // namespace

TEST_CASE("a residual block agrees with PyTorch in loss, stream and every gradient") {
  for (const std::string name : {"residual_block", "unsure_block"}) {
    INFO(name);
    const auto expected = read_fixture("training_" + name);
    ResidualBlock block;
    block.tokens = expected["tokens"].get<std::vector<int>>();
    for (const auto& [part, rows] : expected["weights"].items()) {
      block.weights[part] = matrix_from(rows);
    }
    const auto targets = expected["targets"].get<std::vector<int>>();
    block.forward();
    CHECK(relative_difference(block.stream, matrix_from(expected["stream"]), 1) < 5e-5);
    CHECK(relative_difference(block.probabilities, matrix_from(expected["probabilities"]),
                              Real(1e-25)) < 1e-3);
    CHECK(next_token_surprise(block.probabilities, targets) ==
          Catch::Approx(expected["loss"].get<double>()).epsilon(1e-5));
    for (const auto& [part, gradient] : block.backward(targets)) {
      INFO(part);
      const Matrix theirs = matrix_from(expected["gradients"][part]);
      CHECK(largest_difference(gradient, theirs) < Real(1e-5) * theirs.cwiseAbs().maxCoeff());
    }
  }
}

TEST_CASE("momentum takes the steps of PyTorch's") {
  const auto expected = read_fixture("training_momentum");
  auto place = expected["start"].get<std::vector<Real>>();
  const auto factors = expected["factors"].get<std::vector<Real>>();
  std::vector<Real> velocity(place.size(), 0);
  for (const auto& after : expected["places"]) {
    std::vector<Real> gradient;
    for (std::size_t i = 0; i < place.size(); ++i) gradient.push_back(2 * factors[i] * place[i]);
    momentum_step(place, velocity, gradient, expected["rate"].get<Real>(),
                  expected["momentum"].get<Real>());
    for (std::size_t i = 0; i < place.size(); ++i) {
      CHECK(place[i] == Catch::Approx(after[i].get<double>()).margin(1e-6));
    }
  }
}
