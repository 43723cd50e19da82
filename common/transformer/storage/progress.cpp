#include "common/transformer/storage/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace llm {

namespace {

/// Seconds from `from` to `to`.
double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// How wide the terminal is now; 80 where it does not say.
Index terminal_columns() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string progress_text(Index step, Index steps, double loss, double validation_loss,
                          double seconds_left) {
  std::string text = fmt::format("step {:>{}}/{}  loss {:.3f}", step,
                                 fmt::formatted_size("{}", steps), steps, loss);
  if (!std::isnan(validation_loss)) text += fmt::format("  validation {:.3f}", validation_loss);
  return text + fmt::format("  {} left", duration_text(seconds_left));
}

std::string terminal_line(const std::string& text, Index step, Index steps, Index columns) {
  const Index width = std::max<Index>(columns - 1, 1), size = static_cast<Index>(text.size());
  const Index bar = std::min<Index>(24, width - size - 3);  // "[", "] " and the text
  std::string line;
  if (bar >= 8) {
    const Index filled = bar * step / steps;
    line = fmt::format("[{:#<{}}{:.<{}}] ", "", filled, "", bar - filled);
  }
  line += text;
  line.resize(static_cast<std::size_t>(width), ' ');
  return line;
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
  const std::string text = progress_text(report.step, steps, report.loss, validation_loss,
                                         a_step * static_cast<double>(steps - report.step));
  const std::string line =
      terminal ? '\r' + terminal_line(text, report.step, steps, terminal_columns()) : text + '\n';
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace llm
