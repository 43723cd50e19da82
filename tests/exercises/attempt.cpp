#include "tests/exercises/attempt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "common/harness/exercise.hpp"

namespace llm {

namespace {

using Clock = std::chrono::steady_clock;

/// What the process of a check leaves behind, in memory that it shares with this one: a file that
/// the reader's code might close or write into would not do.
struct Report {
  bool finished;
  bool stack_exhausted;
  State state;
  std::size_t length;
  std::array<char, 65'536> message;
};

/// How the process of a check ended.
struct Ending {
  int status = 0;
  bool out_of_time = false;
};

// What the handler of a fault looks at, in the process of the check.
Report* fault_report = nullptr;
std::uintptr_t stack_base = 0;

/// Runs a check and turns what it throws into an outcome.
Outcome outcome_of(const Exercise& exercise, const Limits& limits) {
  try {
    exercise.check_reader();
  } catch (const NotDone& stub) {
    if (stub.id == exercise.id) return {State::not_done, "", {}};
    return {State::wrong, fmt::format("It uses exercise {}, which is not done yet.", stub.id), {}};
  } catch (const WrongAnswer& wrong) {
    return {State::wrong, wrong.what(), {}};
  } catch (const std::bad_alloc&) {
    return {State::wrong,
            limits.memory_mib == 0
                ? "It asks for more memory than there is."
                : fmt::format("It uses more than {} MiB of memory, which is the limit: is a size "
                              "wrong, or does a loop add to something without end?",
                              limits.memory_mib),
            {}};
  } catch (const std::exception& error) {
    return {State::wrong, fmt::format("It throws an exception: {}", error.what()), {}};
  } catch (...) {
    return {State::wrong, "It throws something that is not a std::exception.", {}};
  }
  return {State::done, "", {}};
}

/// Notes whether the fault lies where the stack would have grown to, and lets it end the process.
void on_fault(int signal, siginfo_t* fault, void*) {
  constexpr std::uintptr_t reach = std::uintptr_t{128} << 20;  // more than any stack here may have
  const auto address = reinterpret_cast<std::uintptr_t>(fault->si_addr);
  fault_report->stack_exhausted = address < stack_base && stack_base - address < reach;
  std::signal(signal, SIG_DFL);
  std::raise(signal);  // comes when this function returns: a signal that was sent does not recur
}

/// Has a fault looked at on a stack of its own: that of the check may be full.
void watch_faults(Report& report) {
  static std::array<char, 65'536> stack;
  stack_t place{};
  place.ss_sp = stack.data();
  place.ss_size = stack.size();
  sigaltstack(&place, nullptr);
  fault_report = &report;
  stack_base = reinterpret_cast<std::uintptr_t>(&place);
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS}) sigaction(signal, &action, nullptr);
}

/// Sets the soft limit of a resource, where the hard one allows it.
template <class Resource>
void limit(Resource resource, rlim_t amount) {
  rlimit limits{};
  getrlimit(resource, &limits);
  limits.rlim_cur = std::min(amount, limits.rlim_max);
  setrlimit(resource, &limits);
}

/// Makes the process one that ends with its parent, reads nothing, prints into `pipe`, and keeps to
/// the limits.
void confine(int pipe, const Limits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(pipe, STDOUT_FILENO);
  dup2(pipe, STDERR_FILENO);
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // a crash loses no line
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_STACK, rlim_t{8} << 20);
  if (limits.memory_mib > 0) limit(RLIMIT_AS, rlim_t{limits.memory_mib} << 20);
}

/// The child's part: checks, leaves its report, and ends.
[[noreturn]] void check_in_child(const Exercise& exercise, Report& report, int pipe,
                                 const Limits& limits) {
  confine(pipe, limits);
  watch_faults(report);
  const Outcome outcome = outcome_of(exercise, limits);
  report.state = outcome.state;
  report.length = outcome.message.copy(report.message.data(), report.message.size());
  report.finished = true;
  std::fflush(stdout);
  _exit(0);
}

/// Adds what has come through a pipe; false when nothing can come anymore.
bool take_printed(int pipe, Printed& printed, const Limits& limits) {
  std::array<char, 65'536> part;
  const ssize_t count = read(pipe, part.data(), part.size());
  if (count > 0) add_printed(printed, {part.data(), static_cast<std::size_t>(count)}, limits);
  return count > 0;
}

/// Waits for a check to end, or ends it, and takes what it prints.
Ending wait_for(pid_t child, int pipe, Printed& printed, const Limits& limits,
                const std::function<void()>& still_running) {
  const auto start = Clock::now();
  Ending ending;
  bool told = false;
  pollfd output{pipe, POLLIN, 0};
  while (waitpid(child, &ending.status, WNOHANG) == 0) {
    if (poll(&output, 1, 5) > 0 && !take_printed(pipe, printed, limits)) output.fd = -1;
    const auto elapsed = Clock::now() - start;
    if (!told && elapsed > limits.patience) {
      told = true;
      still_running();
    }
    if (elapsed > limits.time) {
      ending.out_of_time = true;
      kill(-child, SIGKILL);
      waitpid(child, &ending.status, 0);
      break;
    }
  }
  kill(-child, SIGKILL);  // what it may have started
  fcntl(pipe, F_SETFL, O_NONBLOCK);
  while (take_printed(pipe, printed, limits)) {
  }
  return ending;
}

/// What to say of a check that a signal ended.
std::string signal_message(int signal, const Report& report) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
      if (report.stack_exhausted)
        return "It uses up the stack: does a function call itself without end, or is a local "
               "variable very large?";
      return "It touches memory that is not its own: is an index out of range, or a pointer or "
             "reference older than what it points to?";
    case SIGFPE:
      return "A division of whole numbers ends the program (SIGFPE): is the divisor 0?";
    case SIGABRT:
      return "It ends the program by abort(), as a failed assertion does, or an exception in a "
             "place where nothing can catch it.";
    case SIGKILL:
      return "The system ended it (SIGKILL), as it does when there is no memory left.";
    default:
      return fmt::format("A signal ends the program ({}).", strsignal(signal));
  }
}

/// What a check came to, from how it ended and what it reported.
Outcome outcome_from(const Ending& ending, const Report& report, const Limits& limits) {
  if (ending.out_of_time) {
    return {State::wrong,
            fmt::format("It was stopped after {} s: does a loop never end?",
                        std::chrono::duration<double>(limits.time).count()),
            {}};
  }
  if (WIFSIGNALED(ending.status))
    return {State::wrong, signal_message(WTERMSIG(ending.status), report), {}};
  if (!report.finished) {
    return {State::wrong,
            fmt::format("It ends the program (with the exit status {}); it should return.",
                        WEXITSTATUS(ending.status)),
            {}};
  }
  return {report.state, std::string(report.message.data(), report.length), {}};
}

}  // namespace

void add_printed(Printed& printed, std::string_view part, const Limits& limits) {
  printed.bytes += part.size();
  while (!part.empty()) {
    const std::size_t line = std::min(part.find('\n'), part.size() - 1) + 1;
    if (printed.lines < limits.lines && printed.text.size() < limits.bytes)
      printed.text += part.substr(0, std::min(line, limits.bytes - printed.text.size()));
    printed.lines += part[line - 1] == '\n';
    part.remove_prefix(line);
  }
}

Outcome attempt(const Exercise& exercise, const Limits& limits,
                const std::function<void()>& still_running) {
  void* shared =
      mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int ends[2];
  if (shared == MAP_FAILED || pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("the system has no memory or no pipe left for a check");
  Report& report = *new (shared) Report{};
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("the system lets no process be started for a check");
  if (child == 0) check_in_child(exercise, report, ends[1], limits);
  setpgid(child, child);  // here too: whichever of the two comes first
  close(ends[1]);
  Printed printed;
  const Ending ending = wait_for(child, ends[0], printed, limits, still_running);
  close(ends[0]);
  Outcome outcome = outcome_from(ending, report, limits);
  outcome.printed = std::move(printed);
  munmap(shared, sizeof(Report));
  return outcome;
}

}  // namespace llm
