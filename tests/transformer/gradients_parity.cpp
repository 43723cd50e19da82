#include "common/foundations/spans.hpp"
#include "common/transformer/model/backpropagation.hpp"
#include "common/transformer/training/settings.hpp"
#include "tests/catch.hpp"
#include "tests/transformer/fixture_model.hpp"

using namespace llm;

TEST_CASE("in double precision every gradient is PyTorch's to the last digit of the fixture") {
  for (const Json& expected : read_fixture("transformer_models")) {
    const GptConfig config = config_from_json(expected["config"]);
    INFO(expected["config"].dump());
    const OwnedGpt gpt = fixture_model(config);
    const std::vector<Token> inputs = expected["inputs"], targets = expected["targets"];
    ThreadTeam team(2);
    Backpropagation training(gpt, 2, config.context, team);
    const double loss = training.loss_and_gradients(inputs, targets);
    CHECK(loss == Catch::Approx(expected["loss"]).epsilon(1e-9));
    for (const Parameter& parameter : gpt.layout) {
      INFO(parameter.name);
      CHECK(relative_error({training.gradients.data() + parameter.offset,
                            static_cast<std::size_t>(parameter.size())},
                           expected["gradients"][parameter.name]) < 1e-9);
    }
  }
}
