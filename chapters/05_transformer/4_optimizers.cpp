//: # Optimizers and schedules
//:
//: The eighty lines of the last section follow the gradient, and after 600 steps the GPT that they
//: train has not caught up with a table of pairs. The gradients are right; we checked them. What is
//: left is the step. How far should each parameter move, and must all of them move alike? This page
//: tries four answers on the same small GPT, none of which takes more than a few lines, and at the
//: end takes every choice that the model rests on back, one at a time, to see which of them it was.

#include <Eigen/SVD>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "common/foundations/corpus.hpp"
#include "common/foundations/spans.hpp"
#include "common/harness/recorder.hpp"
#include "common/training/descent.hpp"
#include "common/transformer/storage/training_run.hpp"
#include "common/transformer/training/muon.hpp"

using namespace llm;

namespace {

//: ## How far to step
//:
//: The gradient says which way is down *here*. Plain gradient descent takes a step of $\eta$ times
//: it, where $\eta$ is the learning rate. Its trouble is a valley. Take a loss of two parameters,
//: $L = \tfrac12(x^2 + 50 y^2)$, steep across and shallow along. Across the valley a step
//: multiplies $y$ by $1 - 50\eta$, which must stay above $-1$, so $\eta$ must be below $0.04$.
//: Along the valley such an $\eta$ leaves more than $0.96$ of $x$ after each step. The steepest
//: direction dictates the rate, and all others crawl.
//:
//: *Momentum* (section 4.1) lets velocities add up: what points the same way in every step gathers
//: speed, what flips its sign cancels. *{term}`Adam`* {cite}`kingma2015adam` goes further and gives
//: every parameter a rate of its own. It keeps two running averages for each, of the gradient $g$
//: and of its square,
//:
//: $$m \leftarrow \beta_1 m + (1-\beta_1)\,g, \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2,$$
//:
//: and steps by the ratio of the first to the root of the second:
//:
//: $$\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}, \qquad
//: \hat m = \frac{m}{1-\beta_1^{\,k}}, \quad \hat v = \frac{v}{1-\beta_2^{\,k}} .$$
//:
//: The hats correct for the start from zero: after $k = 1$ steps $m = (1-\beta_1) g$, so $\hat m =
//: g$, $\hat v = g^2$, and the first step is $\eta$ times the *sign* of the gradient, in every
//: direction, steep or shallow. Later, where gradients keep their sign, the ratio stays near 1;
//: where they flicker, $m$ averages to little while $v$ does not, and the step shrinks.
//:
//: *{term}`AdamW`* {cite}`loshchilov2019decoupled` adds *{term}`weight decay`*: in each step a
//: weight also loses a share $\eta\lambda$ of itself, so that weights which no gradient defends
//: fade. It is done beside the ratio and not by adding $\lambda\theta$ to the gradient, where the
//: division by $\sqrt{\hat v}$ would undo it for exactly the weights that have large gradients.
//: Gains and biases are not decayed. Our constants are $\beta_1 = 0.9$, $\beta_2 = 0.99$,
//: $\epsilon = 10^{-8}$ and $\lambda = 0.1$. So $m$ is an average over about $1/(1-\beta_1) = 10$
//: gradients, and $v$ over the squares of about 100.
//:
//: ```{listing} llm::AdamWSettings
//: :folded:
//: ```
//: ```{listing} llm::AdamW
//: :folded:
//: ```
//: ```{listing} llm::AdamW::AdamW
//: :folded:
//: ```
//:
//: Two factors are the same for all parameters of a step, so they are computed once: `step`, which
//: is $\eta/(1-\beta_1^{\,k})$, and `correction`, which is $1/\sqrt{1-\beta_2^{\,k}}$. They take
//: the place of the hats.
//:
//: ```{listing} llm::StepFactors
//: :folded:
//: ```
//: ```{listing} llm::step_factors
//: :folded:
//: ```
//:
//: The update goes over gradient `g`, parameter `w` and the two averages `m` and `v`,
//: `update_piece` numbers at a time, which are 1,024:
//:
//: ```{listing} llm::update
//: :until: Numbers w(weight
//: ```
//:
//: All of that was to give names to four pieces of memory; a `Map` copies nothing. What is left are
//: the formulas. The averages are written as a move toward the new value, $m + (1-\beta_1)(g - m)$,
//: which is the same as above, and `keep` is $1 - \eta\lambda$, or 1 for gains and biases:
//:
//: ```{listing} llm::update
//: ```
//:
//: Each number is read from memory once and written once. That matters: the step does some ten
//: operations a number, and is bound by memory. `AdamW::step` calls `update` for every parameter,
//: and cuts the large ones among the threads.
//:
//: ```{listing} llm::AdamW::step
//: :folded:
//: ```
//: ```{listing} llm::check_spans
//: :folded:
//: ```
//:
//: First the valley, from $(10, 1)$, here with $\beta_2 = 0.95$, since 39 steps are few for an
//: average over 100. To AdamW its two coordinates are a model with a single parameter, a row of two
//: numbers. An optimizer can look bad because of its rate alone, so each tries 25 rates from 0.005
//: to 1.06, each a quarter more than the one before, and shows the path that ends lowest:

/// The gradient of (x² + 50 y²) / 2.
Vector valley_gradient(const Vector& place) {
  Vector gradient(2);
  gradient << place(0), 50 * place(1);
  return gradient;
}

/// A step of an optimizer from place to place.
using ValleyStep = std::function<void(Vector& place, const Vector& gradient)>;

/// Where an optimizer stands before each of its steps through the valley.
Matrix valley_path(const ValleyStep& step) {
  Matrix path(40, 2);
  Vector place(2);
  place << 10, 1;
  for (Index k = 0; k < path.rows(); ++k) {
    path.row(k) = place;
    step(place, valley_gradient(place));
  }
  return path;
}

/// Prints and keeps the lowest of the paths at 25 rates.
void best_path(const char* name, const char* column,
               const std::function<ValleyStep(double rate)>& at_rate) {
  Matrix best;
  double lowest = 0, rate_of_best = 0, rate = 0.005;
  for (int trial = 0; trial < 25; ++trial, rate *= 1.25) {
    const Matrix path = valley_path(at_rate(rate));
    const Vector end = path.bottomRows(1);
    const double loss = end.dot(valley_gradient(end)) / 2;
    if (best.size() == 0 || loss < lowest) best = path, lowest = loss, rate_of_best = rate;
  }
  print("{:17} rate {:.3f}   after 39 steps at ({:6.3f}, {:6.3f}), loss {:.4f}", name, rate_of_best,
        best(39, 0), best(39, 1), lowest);
  record_data("training_valley", column, best);
}

/// Gradient descent with momentum through the valley.
ValleyStep descent(double rate, Real momentum) {
  Vector velocity = Vector::Zero(2);
  return [=](Vector& place, const Vector& gradient) mutable {
    momentum_step({place.data(), 2}, {velocity.data(), 2}, {gradient.data(), 2},
                  static_cast<Real>(rate), momentum);
  };
}

void through_the_valley() {
  ThreadTeam team(1);
  const auto adam = [&](double rate, double decay) -> ValleyStep {
    auto state =
        std::make_shared<AdamW>(std::vector<Parameter>{{"place", 0, 1, 2, ParameterRole::table}},
                                AdamWSettings{.beta_2 = 0.95, .weight_decay = decay});
    return [=, &team](Vector& place, const Vector& gradient) {
      state->step({place.data(), 2}, {gradient.data(), 2}, rate, team);
    };
  };
  best_path("gradient descent", "descent", [](double rate) { return descent(rate, 0); });
  best_path("momentum 0.8", "momentum", [](double rate) { return descent(rate, Real(0.8)); });
  best_path("Adam", "adam", [&](double rate) { return adam(rate, 0); });
  best_path("AdamW", "adamw", [&](double rate) { return adam(rate, 0.1); });
}
//: ```{output}
//: ```
//: ```{figure-from} training_valley
//: :alt: Contour lines of a long valley with four paths from the same start. Gradient descent jumps
//:   across the valley floor and creeps along it; momentum swings; Adam and AdamW go in a bow to the
//:   minimum.
//: Four ways through the same valley. Gradient descent spends its steps on jumping across.
//: ```
//:
//: Gradient descent at its best stays just below the 0.04 that we computed. Do not read much from
//: the order of the last three: 39 steps in one valley are too few. And AdamW has an unfair help
//: here. Decay pulls toward $(0, 0)$, where the minimum of this valley happens to lie.
//:
//: ## On the GPT
//:
//: Then the real thing: the GPT of section 5.3, two blocks of width 64, on the Jargon File, 250
//: steps of 8 sequences. A trial takes seconds now and not microseconds, so each optimizer gets two
//: or three rates, a factor of three or four apart, and goes on with the best. Adam, and AdamW with
//: a schedule, use the 0.004 that served AdamW best (the schedule as its peak). The schedule and
//: the clipping of long gradients are explained below; gradient descent and momentum run without
//: either.

/// The settings of this page.
TrainingSettings small_settings(const TrainingText& text) {
  TrainingSettings settings;
  settings.model = {.vocabulary = text.tokenizer->size(),
                    .context = 64,
                    .width = 64,
                    .heads = 4,
                    .key_value_heads = 4,
                    .layers = 2,
                    .hidden = 256,
                    .position = Position::rotary};
  settings.schedule = {.peak = 4e-3, .final = 4e-4, .warm_up = 25, .steps = 250};
  settings.sequences = 8;
  return settings;
}

/// The step of a trainer that has the gradients.
using Update = std::function<void(Trainer&)>;

/// The step as a trainer takes it.
void usual_update(Trainer& trainer) {
  trainer.clip();
  trainer.update();
}

/// A run: how to train, and how to step.
struct Trial {
  TrainingSettings settings;
  Update update = usual_update;
};

/// The training losses of all steps, each the mean of ten in a row.
using Curve = std::vector<double>;

//: `Trainer::step` is open (section 5.3): `accumulate` makes the gradients, and what is done with
//: them is ours to choose. A trial on two threads is hardly faster than on one, since a small model
//: gives them little to do between two meetings. Two trials at a time, on a thread each, are; and
//: what comes out does not depend on it.

Curve curve_of(const TrainingText& text, const Trial& trial) {
  ThreadTeam alone(1);
  Trainer trainer(trial.settings, text.split, alone);
  const Update update = trial.update;
  Curve curve(25);
  for (std::size_t step = 0; step < 250; ++step) {
    curve[step / 10] += trainer.accumulate() / 10;
    update(trainer);
  }
  return curve;
}

/// The curves of several trials.
std::vector<Curve> curves_of(const TrainingText& text, const std::vector<Trial>& trials) {
  std::vector<Curve> curves(trials.size());
  ThreadTeam team(2);
  std::atomic<std::size_t> next = 0;
  const auto work = [&](int) {
    for (std::size_t i = next++; i < trials.size(); i = next++) {
      curves[i] = curve_of(text, trials[i]);
    }
  };
  team.run(std::ref(work));
  return curves;
}

/// Momentum for all parameters; with `keep` 0 gradient descent.
Update momentum_update(double rate, Real keep) {
  return [rate, keep, velocity = Vector()](Trainer& trainer) mutable {
    Vector& parameters = trainer.gpt.buffer;
    if (velocity.size() == 0) velocity = Vector::Zero(parameters.size());
    momentum_step(span_of(parameters), span_of(velocity), span_of(trainer.passes.gradients),
                  static_cast<Real>(rate), keep);
    ++trainer.optimizer.adamw.steps;  // which says what batch comes next
  };
}

/// The settings of this page with a constant rate.
TrainingSettings at_constant_rate(const TrainingText& text, double rate, double decay) {
  TrainingSettings settings = small_settings(text);
  settings.schedule = {.peak = rate, .final = rate, .warm_up = 0, .steps = 250};
  settings.optimizer.adamw.weight_decay = decay;
  return settings;
}

/// Prints how the trials of one optimizer end, one a rate, and returns the lowest curve.
Curve best_curve(const char* name, const std::vector<double>& rates, const Curve* curves) {
  std::string line;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    line += fmt::format("   {:5} {:.2f}", rates[i], curves[i].back());
  }
  print("{:18} rate and loss:{}", name, line);
  return *std::min_element(curves, curves + rates.size(),
                           [](const Curve& a, const Curve& b) { return a.back() < b.back(); });
}

void optimizers_on_the_gpt(const TrainingText& text) {
  const TrainingSettings usual = small_settings(text);
  const std::vector<double> descent_rates = {0.1, 0.3}, momentum_rates = {0.03, 0.1},
                            adamw_rates = {0.001, 0.004, 0.016};
  std::vector<Trial> trials;
  for (const double rate : descent_rates) trials.push_back({usual, momentum_update(rate, 0)});
  for (const double rate : momentum_rates) {
    trials.push_back({usual, momentum_update(rate, Real(0.9))});
  }
  for (const double rate : adamw_rates) trials.push_back({at_constant_rate(text, rate, 0.1)});
  trials.push_back({at_constant_rate(text, usual.schedule.peak, 0)});
  trials.push_back({usual});
  const std::vector<Curve> curves = curves_of(text, trials);
  const Curve descent = best_curve("gradient descent", descent_rates, &curves[0]);
  const Curve momentum = best_curve("momentum 0.9", momentum_rates, &curves[2]);
  const Curve adamw = best_curve("AdamW, constant", adamw_rates, &curves[4]);
  const auto show_curve = [](const char* name, const char* column, const Curve& losses) {
    print("{:34} loss {:.2f} after 100 steps, {:.2f} after 250", name, losses[9], losses.back());
    record(column, "{:.2f}", losses.back());
    record_data("training_optimizers", column, losses);
  };
  show_curve("gradient descent", "descent", descent);
  show_curve("momentum 0.9", "momentum", momentum);
  show_curve("Adam, constant rate", "adam", curves[7]);
  show_curve("AdamW, constant rate", "adamw_constant", adamw);
  show_curve("AdamW, warm-up and cosine", "adamw", curves[8]);
}
//: ```{output}
//: ```
//: ```{figure-from} training_optimizers
//: :alt: Training loss against steps for gradient descent, momentum, Adam and AdamW at a constant
//:   rate and AdamW with a schedule. The last three fall far below the others.
//: The same GPT, the same batches, five ways to step.
//: ```
//:
//: After 250 steps gradient descent stands at {value}`descent` and momentum at {value}`momentum`,
//: both well above the table of pairs ({value}`5.3:pair_loss`), which knows one character. AdamW is
//: below it, with a schedule and without. Adam differs from AdamW in the decay alone, and ends at
//: {value}`adam` where AdamW ends at {value}`adamw_constant`; one seed does not say how much of
//: that is luck. What is plain is the gap between the first two and the others. Momentum does not
//: close it. Clipping aside, what is left is the division: a rate of its own for each parameter. A
//: Transformer is a long valley. How large is the first gradient in its parts?

/// The gradients of a fresh model on its first batch, in the layout of its parameters.
Vector first_gradient(const TrainingText& text) {
  ThreadTeam team(2);
  Trainer trainer(small_settings(text), text.split, team);
  trainer.accumulate();
  return trainer.passes.gradients;
}

void gradients_of_the_parts(const TrainingText& text) {
  const Vector gradients = first_gradient(text);
  std::vector<std::pair<Real, std::string>> sizes;
  for (const Parameter& part : parameter_layout(small_settings(text).model)) {
    const auto gradient = gradients.segment(part.offset, part.size());
    sizes.emplace_back(gradient.norm() / std::sqrt(static_cast<Real>(part.size())), part.name);
  }
  const auto [smallest, largest] = std::minmax_element(sizes.begin(), sizes.end());
  print("smallest {:.1e} ({})   largest {:.1e} ({})", smallest->first, smallest->second,
        largest->first, largest->second);
  record("gradient_spread", "{:.0f}", largest->first / smallest->first);
}
//: ```{output}
//: ```
//:
//: A typical number of the largest is {value}`gradient_spread` times that of the smallest. With one
//: rate gradient descent moves the former that many times as far as the latter, which suits both
//: only by luck.
//:
//: ## Warm-up, cosine, clipping
//:
//: In Adam's first steps the averages rest on a handful of batches, and yet each step has full
//: length. So one starts small: the rate rises in a line over the first steps, the
//: *{term}`warm-up`*. At the end the noise of the batches makes the parameters jitter around where
//: they should be, with an amplitude that is proportional to the rate; so the rate falls, along
//: half a cosine {cite}`loshchilov2017sgdr`, to a tenth of its peak or less. In the experiment
//: above, short and at a modest rate, the schedule changed little: {value}`adamw_constant` without
//: it, {value}`adamw` with it. At twice the rate its warm-up earns its place (exercise 5.4d).
//:
//: The first step has number 0 and must already move, so in the warm-up, $w$ steps long, step $k$
//: has the share $(k+1)/w$ of the peak. After it, `share` falls from 1 to 0 along the half cosine:
//:
//: ```{listing} llm::learning_rate
//: ```
//: ```{listing} llm::Schedule
//: :folded:
//: ```
//:
//: *{term}`Gradient clipping`* {cite}`pascanu2013difficulty` is a safety rope: when the norm of the
//: whole gradient, all parameters together, is above 1, the gradient is shortened to 1,
//:
//: $$g \leftarrow g \cdot \min\!\left(1, \frac{1}{\lVert g \rVert}\right),$$
//:
//: and keeps its direction. A batch of strange text can then not throw the model away in one step.
//: A norm that is not a finite number stops the run (`Diverged`): no shortening mends it.
//:
//: ```{listing} llm::clip_gradients
//: :folded:
//: ```
//: ```{listing} llm::Diverged
//: :folded:
//: ```
//: ```{listing} llm::global_norm
//: :folded:
//: ```
//: ```{listing} llm::partial_square
//: :folded:
//: ```
//:
//: ## A step for a matrix
//:
//: Adam treats a weight matrix as a list of numbers. But it is a map from rows to rows, and so is
//: its gradient $G$. Write the gradient as $G = U S W^\top$, its singular value decomposition
//: (section 1.1): each singular value says how much the step changes what the matrix does in one
//: direction. Here are those of the first gradient of one matrix, the 256 × 64 numbers with which
//: the first block expands its rows:

void singular_values_of_a_gradient(const TrainingText& text) {
  const Vector gradients = first_gradient(text);
  const std::vector<Parameter> layout = parameter_layout(small_settings(text).model);
  const auto place = std::find_if(layout.begin(), layout.end(), [](const Parameter& part) {
    return part.name.ends_with("expand.weight");
  });
  const Eigen::Map<const Matrix> gradient(gradients.data() + place->offset, place->rows,
                                          place->columns);
  const Vector values = Eigen::JacobiSVD<Matrix>(gradient).singularValues().transpose();
  print("as shares of the largest: second {:.3f}   8th {:.3f}   16th {:.3f}   32nd {:.3f}",
        values(1) / values(0), values(7) / values(0), values(15) / values(0),
        values(31) / values(0));
}
//: ```{output}
//: ```
//:
//: A few are large and the others small, so a step learns a few directions and neglects the rest.
//: *{term}`Muon`* {cite}`jordan2024muon` gives all directions the same: it averages the gradient,
//: as momentum does, and sets every singular value to 1, so that the step is $U W^\top$. (Its
//: momentum is *{term}`Nesterov momentum`* {cite}`nesterov1983method`: after the average has taken
//: the gradient in, $m \leftarrow \mu m + (1 - \mu) g$, the step follows not $m$ but $\mu m + (1 -
//: \mu) g$, what the average would be if the same gradient came once more. It looks one step ahead,
//: and so turns a little earlier.)
//:
//: A decomposition for each matrix in each step would take longer than the step. There is a cheaper
//: way, with products alone. Take $X$, scaled so that no singular value is above 1, and replace it
//: by
//:
//: $$X \leftarrow a X + b\,(X X^\top) X + c\,(X X^\top)^2 X .$$
//:
//: Put $X = U S W^\top$ in, and everything but $S$ cancels: each singular value $s$ becomes
//: $as + bs^3 + cs^5$, and its directions stay. With $a = 3.4445$, $b = -4.7750$ and $c = 2.0315$
//: that polynomial lifts small values more than threefold and keeps large ones near 1. For
//: $s = 0.1$ it gives $0.34445 - 0.00478 + 0.00002 = 0.340$. Five rounds of it:

void lift_singular_values() {
  print("round      0.01     0.1     0.5     1.0");
  std::array<double, 4> values = {0.01, 0.1, 0.5, 1.0};
  for (int round = 1; round <= 5; ++round) {
    for (double& s : values) s = 3.4445 * s - 4.7750 * std::pow(s, 3) + 2.0315 * std::pow(s, 5);
    print("{:5}   {:7.3f} {:7.3f} {:7.3f} {:7.3f}", round, values[0], values[1], values[2],
          values[3]);
  }
}
//: ```{output}
//: ```
//:
//: They do not settle at 1, and need not: after a few rounds they move between about 0.7 and 1.2,
//: and what differed by a factor of a hundred is nearly alike. The constants were chosen to lift
//: fast.
//:
//: In code, the matrix is first divided by its norm, the root of the sum of all its squares. That
//: is also the root of the sum of the squares of its singular values (the $10^{-7}$ saves a matrix
//: of zeros from $0/0$), so that none of these is above 1:
//:
//: ```{listing} llm::orthogonalize
//: :until: matrix /= matrix.norm()
//: ```
//:
//: Then the rounds. `gram` is $XX^\top$, and `power` becomes $b\,XX^\top + c\,(XX^\top)^2$. The
//: matrix is laid so that it is wider than high: then $XX^\top$ is the smaller of the two squares
//: that one could form, 64 × 64 for the matrix above.
//:
//: ```{listing} llm::orthogonalize
//: ```
//: ```{listing} llm::check_room
//: :folded:
//: ```
//: ```{listing} llm::MuonWorkspace
//: :folded:
//: ```
//: ```{listing} llm::MuonWorkspace::MuonWorkspace
//: :folded:
//: ```
//:
//: Write $O$ for what comes out. A weight matrix $\theta$ of $r$ rows and $c$ columns then takes
//: the step
//:
//: $$\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta \sqrt{\max(1, r/c)}\; O .$$
//:
//: Why the root? Let a row of $c$ random numbers of size 1 be asked the $r$ questions of $O$; its
//: norm is $\sqrt c$. A matrix that is higher than wide, with all singular values 1, keeps the norm
//: and spreads it over $r$ answers, each of size $\sqrt{c/r}$, and the root makes that 1 again. One
//: that is wider than high keeps the share $r/c$ of the sum of squares, on average, which leaves 1
//: for each of its $r$ answers without help. So $\eta$ says by about how much a step changes what a
//: layer puts out, whatever its shape.
//:
//: ```{listing} llm::MuonSettings
//: ```
//:
//: In code this is the formula line by line: momentum, its orthogonalized form, the decay, and the
//: step with its root. A matrix that is higher than wide is worked on transposed.
//:
//: ```{listing} llm::update_matrix
//: :folded:
//: ```
//: ```{listing} llm::add_to_momentum
//: :folded:
//: ```
//:
//: Only the weights of linear layers inside the blocks are maps in this sense. Embeddings are
//: tables of rows, gains and biases are lists; AdamW goes on training these, with the same
//: schedule. The matrices are dealt out to the threads whole.
//:
//: ```{listing} llm::Muon
//: :folded:
//: ```
//: ```{listing} llm::Muon::Muon
//: :folded:
//: ```
//: ```{listing} llm::Muon::step
//: :folded:
//: ```
//:
//: An `Optimizer` is the two together. Each parameter belongs to one of them by its role, which
//: `parameter_layout` gave it (section 5.2), and the settings choose whether the weights go to Muon
//: or to AdamW:
//:
//: ```{listing} llm::OptimizerSettings
//: ```
//: ```{listing} llm::WeightOptimizer
//: :folded:
//: ```
//: ```{listing} llm::Optimizer
//: :folded:
//: ```
//: ```{listing} llm::Optimizer::Optimizer
//: :folded:
//: ```
//: ```{listing} llm::share
//: :folded:
//: ```
//: ```{listing} llm::Optimizer::step
//: ```
//:
//: A step of Muon has singular values near 1 whatever the gradient was, so its rate is a size of
//: its own. We give it a multiple of AdamW's rate, and try 2, 5 and 12 times. Beside them, AdamW
//: for everything; the schedule is that of before:

/// The settings of this page with Muon for the weights of the blocks, at so many times AdamW's
/// rate; at 0, AdamW for everything.
TrainingSettings with_muon(const TrainingText& text, double times) {
  TrainingSettings settings = small_settings(text);
  settings.optimizer.weights = times > 0 ? WeightOptimizer::muon : WeightOptimizer::adamw;
  if (times > 0) settings.optimizer.muon.rate = times;
  return settings;
}

constexpr double muon_times = 5;

/// Milliseconds that a step takes, on two threads.
double step_time(const TrainingText& text, double times) {
  ThreadTeam team(2);
  Trainer trainer(with_muon(text, times), text.split, team);
  trainer.step();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) trainer.step();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  return 1000 * seconds.count() / 20;
}

void muon_on_the_gpt(const TrainingText& text) {
  const std::array<double, 4> all_times = {0, 2, muon_times, 12};
  std::vector<Trial> trials;
  for (const double times : all_times) trials.push_back({with_muon(text, times)});
  const std::vector<Curve> curves = curves_of(text, trials);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string name = i == 0 ? "AdamW" : fmt::format("Muon at {:2} times", all_times[i]);
    print("{:16} loss {:.2f} after 100 steps, {:.2f} after 250", name, curves[i][9],
          curves[i].back());
    record(fmt::format("muon_{}", all_times[i]), "{:.2f}", curves[i].back());
  }
  record_data("training_muon", "adamw_alone", curves[0]);
  record_data("training_muon", "muon", curves[2]);
  const double adamw = step_time(text, 0), muon = step_time(text, muon_times);
  print_timing("a step takes {:.1f} ms with AdamW, {:.1f} ms with Muon", adamw, muon);
  record("muon_time", "{:.1f}", muon / adamw);
}
//: ```{output}
//: ```
//: ```{figure-from} training_muon
//: :alt: Two falling loss curves over 250 steps. They run close together for about 100 steps; then the
//:   one of Muon and AdamW falls below that of AdamW alone.
//: The same GPT and the same batches; the only difference is who trains the weights in the blocks,
//: AdamW or Muon at five times AdamW's rate.
//: ```
//:
//: At twice AdamW's rate Muon ends at {value}`muon_2` where AdamW ends at {value}`muon_0`: nothing
//: won. At five times it is {value}`muon_5` and at twelve {value}`muon_12`, and these two are below
//: AdamW. We go on with five, the library's default: one seed is too little to prefer twelve for a
//: difference so small.
//:
//: It is not free. A round for a matrix of shorter side $r$ and longer side $c$ multiplies
//: $XX^\top$ and $(\dots)X$, $2r^2c$ operations each, and the square of the gram matrix, $2r^3$.
//: For the four matrices of a block, 192 × 64, 64 × 64, 256 × 64 and 64 × 256, that is 14.7
//: million, so five rounds in two blocks take 147 million. Forward and backward take $6P = 0.64$
//: million for each of the 512 tokens of a batch, which is 326 million (section 5.3). Counted so, a
//: step with Muon is 1.45 times as long; measured, when this page was made, it was
//: {value}`muon_time` times, for a step has more to do than products. The 147 million do not grow
//: with the batch: one of 16 times as many tokens would hardly notice them.
//:
//: ## Which choice won
//:
//: This small GPT rests on several choices: rotary positions (section 2.3), LayerNorm (section
//: 5.1), GELU (section 1.3), linear layers with biases, and now Muon. To know what each is worth,
//: take all of them and then exchange one at a time. SwiGLU has three matrices where GELU has two,
//: so it gets two thirds of the hidden width, 168 and not 256, to have as many weights. The last
//: row makes the three exchanges that Llama makes, all at once. Three seeds for each, because a
//: difference that the next seed turns around is no difference:

void take_back_each_choice(const TrainingText& text) {
  const TrainingSettings chosen = with_muon(text, muon_times);
  TrainingSettings learned = chosen, rms = chosen, swiglu = chosen, no_bias = chosen;
  learned.model.position = Position::learned;
  rms.model.norm = Norm::rms;
  swiglu.model.feed_forward = FeedForward::swiglu;
  swiglu.model.hidden = 168;
  no_bias.model.bias = false;
  TrainingSettings llama = swiglu;
  llama.model.norm = Norm::rms;
  llama.model.bias = false;
  const std::array<TrainingSettings, 7> choices = {
      chosen, with_muon(text, 0), learned, rms, swiglu, no_bias, llama};
  const std::array<std::pair<const char*, const char*>, 7> names = {
      {{"all choices", "all"},
       {"AdamW for everything", "adamw"},
       {"learned positions", "learned"},
       {"RMSNorm", "rms"},
       {"SwiGLU", "swiglu"},
       {"no biases", "no_bias"},
       {"RMSNorm, SwiGLU, no bias", "llama"}}};
  std::vector<Trial> trials;
  for (TrainingSettings settings : choices) {
    for (settings.seed = 1; settings.seed <= 3; ++settings.seed) trials.push_back({settings});
  }
  const std::vector<Curve> curves = curves_of(text, trials);
  print("{:24} mean    seeds 1, 2, 3", "loss after 250 steps");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double a = curves[3 * i].back(), b = curves[3 * i + 1].back(),
                 c = curves[3 * i + 2].back();
    print("{:24} {:.3f}   ({:.3f}, {:.3f}, {:.3f})", names[i].first, (a + b + c) / 3, a, b, c);
    record(fmt::format("choices_{}", names[i].second), "{:.2f}", (a + b + c) / 3);
  }
}
//: ```{output}
//: ```
//:
//: Positions decide most. With learned positions the loss is {value}`choices_learned` instead of
//: {value}`choices_all`: a table of 64 rows has to be learned from nothing, while a rotation knows
//: distances from the start. Then come optimizer and biases, with about a tenth of a nat each, and
//: with every seed: without Muon it is {value}`choices_adamw`, without biases
//: {value}`choices_no_bias`, although Llama leaves them out {cite}`touvron2023llama`. RMSNorm is
//: behind LayerNorm with each seed, but by next to nothing, and it is less work. SwiGLU ends at
//: {value}`choices_swiglu`: it gains nothing here. With all that Llama does it is
//: {value}`choices_llama`. A model of 2 blocks after 250 steps has its own answer, and that is why
//: one measures. Section 5.7 will measure again, for a larger model, before it settles.
//:
//: `./learn bench quality` asks the practical question, how many seconds of training it takes to
//: reach a given loss, and each choice is an option of it that can be taken back (`--optimizer
//: adamw`, `--position learned`, `--norm rms`, `--bias false`).
//:
//: ## In the wild
//:
//: GPT-3 used Adam with $\beta_2 = 0.95$, clipping at 1, weight decay 0.1, a warm-up over 375
//: million tokens and a cosine down to a tenth {cite}`brown2020language`; Llama used AdamW with the
//: same $\beta_2$, clipping and weight decay {cite}`touvron2023llama`. The optimizer is again in
//: motion: Muon {cite}`jordan2024muon` has trained a model with a trillion parameters
//: {cite}`kimi2025k2`.
//:
//: ## Exercises
//:
//: ````{exercise} 5.4a
//: :title: Three steps on a slope
//: :kind: paper
//:
//: A parameter stands at 0 on a constant slope: its gradient is $g = 4$ in every step. Where is it
//: after three steps of Adam with $\eta = 0.1$, $\beta_1 = 0.9$, $\beta_2 = 0.99$? And where would
//: it be without the hats, that is with $m/\sqrt v$ in place of $\hat m/\sqrt{\hat v}$? (Leave
//: $\epsilon$ out.) Does either answer depend on $g$?
//:
//: ```{hint}
//: With a constant gradient $m = (1 - \beta_1^{\,k})\, g$ after $k$ steps. What is $v$?
//: ```
//: ```{hint}
//: Without hats the ratio is $(1 - 0.9^k)/\sqrt{1 - 0.99^k}$: compute it for $k = 1, 2, 3$.
//: ```
//: ```{solution}
//: With the hats $\hat m = g$ and $\hat v = g^2$ in every step, so each step is $0.1$ times the
//: sign of $g$, and the parameter is at $-0.3$. Without them the ratios are $0.1/0.1 = 1$,
//: $0.19/0.14107 = 1.3469$ and $0.271/0.17234 = 1.5725$: it is at $-0.3919$, and the third step is
//: more than half as long again as it should be, because $v$ fills ten times more slowly than $m$.
//: The ratio is largest after 13 steps, 2.13. Neither depends on the size of $g$.
//: ```
//: ````
//:
//: ````{exercise} 5.4b
//: :title: A step of AdamW
//: :kind: code
//: :function: adamw_step
//:
//: Write `adamw_step(state, parameters, gradient, rate, decay)`, with $\beta_1 = 0.9$, $\beta_2 =
//: 0.99$ and $\epsilon = 10^{-8}$. The `state` is an `AdamState`, a struct of the two averages, the
//: `Vector`s `mean` and `mean_square` (zeros of the parameters' shape at first), and of the number
//: `steps` taken so far (0 at first). The function updates the state and returns the new
//: parameters.
//:
//: ```{hint}
//: Count the step first: the correction of the first step has $k = 1$.
//: ```
//: ```{hint}
//: The decay takes `rate * decay` times the *parameter*; it does not pass through the averages.
//: ```
//: ```{solution}
//: The four formulas in order. In the first step the parameters move by the rate times the sign of
//: the gradient, and by the decay.
//: ```
//: ````
//:
//: ````{exercise} 5.4c
//: :title: The schedule
//: :kind: code
//: :function: schedule_rate
//:
//: Write `schedule_rate(step, warm_up, steps, peak, last)`: the learning rate of a step (the first
//: is 0). It rises in a line so that step `warm_up - 1` has the peak. From step `warm_up` on, which
//: has the peak too, it falls along half a cosine that reaches `last` at step `steps`, and stays
//: there.
//:
//: ```{hint}
//: $\frac12(1 + \cos \pi u)$ falls from 1 to 0 while $u$ goes from 0 to 1.
//: ```
//: ```{hint}
//: The first step must already move: its rate is peak / warm_up and not 0.
//: ```
//: ```{solution}
//: `peak * (step + 1) / warm_up` in the warm-up; after it, with $u$ the share of the remaining
//: steps that is over, `last + (peak - last) * (1 + cos(pi * u)) / 2`.
//: ```
//: ````
//:
//: ````{exercise} 5.4d
//: :title: Too fast a start
//: :kind: experiment
//:
//: In `small_settings`, raise the peak of the learning rate from 0.004 to 0.008, then to 0.03, and
//: all three of `adamw_rates` to the same value (otherwise the curve shown is that of the best of
//: the three). Run section 5.4 again, and compare AdamW with the schedule and without it. Then
//: which half of the schedule did the work?
//:
//: ```{hint}
//: Look at the losses after 100 steps as well as at the end.
//: ```
//: ```{hint}
//: With `warm_up` 0 only the cosine is left; with `final` at the peak, only the warm-up.
//: ```
//: ```{solution}
//: The losses after 250 steps, to compare with (yours may differ in the last digit):
//:
//: | peak | constant | warm-up alone | cosine alone | both |
//: | --- | --- | --- | --- | --- |
//: | 0.008 | 2.75 | 2.49 | 2.87 | 2.48 |
//: | 0.03 | 2.82 | 2.95 | 2.82 | 2.93 |
//:
//: At 0.008 the warm-up does it all: without it the run is thrown back at the start (3.09 after 100
//: steps in place of 2.74) and has not recovered after 250, with or without the cosine. At 0.03 no
//: run ends below 2.82, and neither half of the schedule saves it: with the warm-up the loss is
//: even higher. A warm-up cures a start that is too fast and not a rate that is too high
//: throughout.
//: ```
//: ````

}  // namespace

void optimizers() {
  const TrainingText text = training_text(read_corpus(), 64);
  through_the_valley();
  optimizers_on_the_gpt(text);
  gradients_of_the_parts(text);
  singular_values_of_a_gradient(text);
  lift_singular_values();
  muon_on_the_gpt(text);
  take_back_each_choice(text);
}
