#include "common/transformer/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace llm {

namespace {

/// Seconds from `from` to `to`.
double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(Index first, Index last)
    : first_step(first),
      steps(last),
      terminal(::isatty(STDERR_FILENO) == 1),
      validation_loss(std::nan("")),
      started(std::chrono::steady_clock::now()),
      shown(started) {}

Progress::~Progress() {
  if (terminal) std::fputs("\n", stderr);
}

void Progress::show(const StepReport& report) {
  const auto now = std::chrono::steady_clock::now();
  const bool measured = !std::isnan(report.validation_loss);
  if (measured) validation_loss = report.validation_loss;
  const bool last = report.step == steps;
  if (!measured && !last && seconds_between(shown, now) < (terminal ? 0.1 : 10.0)) return;
  shown = now;
  const double a_step =
      seconds_between(started, now) / static_cast<double>(report.step - first_step);
  std::string line = fmt::format("step {:>{}}/{}  loss {:.3f}", report.step,
                                 fmt::formatted_size("{}", steps), steps, report.loss);
  if (!std::isnan(validation_loss)) line += fmt::format("  validation {:.3f}", validation_loss);
  line +=
      fmt::format("  {} left", duration_text(a_step * static_cast<double>(steps - report.step)));
  if (terminal) {
    const Index filled = 24 * report.step / steps;
    line = fmt::format("\r[{:#<{}}{:.<{}}] {}\x1b[K", "", filled, "", 24 - filled, line);
  } else {
    line += "\n";
  }
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace llm
