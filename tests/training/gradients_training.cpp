#include <vector>

#include "common/foundations/gradient_check.hpp"
#include "common/foundations/random.hpp"
#include "common/foundations/spans.hpp"
#include "common/training/embedding.hpp"
#include "common/training/residual.hpp"
#include "common/training/surprise.hpp"
#include "tests/catch.hpp"
#include "tests/fixture.hpp"

using namespace llm;

TEST_CASE("the gradient of the embedding agrees with finite differences") {
  Generator generator(1);
  const std::vector<int> tokens = {3, 0, 3, 4, 3};
  Matrix table = random_normal(6, 4, generator);
  const Matrix mixing = random_normal(5, 4, generator);
  const auto loss = [&] {
    return static_cast<double>(embed(tokens, table).cwiseAbs2().cwiseProduct(mixing).sum());
  };
  Matrix gradient = Matrix::Zero(6, 4);
  embedding_backward(2 * embed(tokens, table).cwiseProduct(mixing), tokens, gradient);
  CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(table))) < 1e-7);
}

TEST_CASE("the gradient of a residual layer agrees with finite differences") {
  Generator generator(2);
  for (const auto& [length, width] : std::vector<std::pair<Index, Index>>{{1, 1}, {3, 5}}) {
    Matrix inputs = random_normal(length, width, generator);
    const Matrix weights = random_normal(width, width, generator);
    const Matrix output_gradient = random_normal(length, width, generator);
    const auto loss = [&] {
      Matrix stream = inputs;
      residual_forward(stream, (inputs * weights.transpose()).array().tanh().matrix(), stream);
      return static_cast<double>(stream.cwiseProduct(output_gradient).sum());
    };
    Matrix gradient = output_gradient;
    const Matrix slopes = 1 - (inputs * weights.transpose()).array().tanh().square();
    const Matrix branch = gradient.cwiseProduct(slopes) * weights;
    residual_backward(gradient, branch, gradient);
    CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(inputs))) < 1e-7);
  }
}

TEST_CASE("the gradient of the surprise agrees with finite differences") {
  Generator generator(3);
  Matrix probabilities = random_normal(4, 5, generator).cwiseAbs().array() + Real(0.1);
  const std::vector<int> targets = {4, 0, 2, 2};
  const auto loss = [&] {
    return static_cast<double>(next_token_surprise(probabilities, targets));
  };
  Matrix gradient = next_token_surprise_backward(probabilities, targets);
  CHECK(gradient_error(span_of(gradient), finite_differences(loss, span_of(probabilities))) < 1e-7);
}
