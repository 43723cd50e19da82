#pragma once

#include <chrono>
#include <string>

#include "common/transformer/training/trainer.hpp"

namespace llm {

/// Seconds as people say them: "45 s", "3 min 20 s", "1 h 5 min".
std::string duration_text(double seconds);

/// What is to be said about a run after a step; a validation loss that is not a number is left out.
std::string progress_text(Index step, Index steps, double loss, double validation_loss,
                          double seconds_left);

/// A text as a line of a terminal with so many columns, of which the last stays empty: behind a bar
/// that shows the share of the steps, where there is room for one, and cut where there is not even
/// room for the text.
std::string terminal_line(const std::string& text, Index step, Index steps, Index columns);

/// Shows how far a training run is: on a terminal one line that is drawn over, with a bar, the loss
/// and the time left; elsewhere a plain line now and then. It writes to standard error.
struct Progress {
  /// For a run that goes from `first_step` to `steps`.
  Progress(Index first_step, Index steps);
  /// Ends the line that was drawn over.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows the state after a step.
  void show(const StepReport& report);

  Index first_step, steps;
  bool terminal;
  double validation_loss;
  std::chrono::steady_clock::time_point started, shown;
};

}  // namespace llm
