//: # Scores
//:
//: How large is a dot product? After {cite:t}`vaswani2017attention` we divide by $\sqrt d$, see
//: {term}`softmax`.

#include "common/attention/scores.hpp"

namespace {

void sizes() {
  for (int width : {4, 16}) {
    print("width {:2}   entropy {:.2f}", width, entropy(width));
  }
  //: Inside the function, prose:
  //:
  //: $$\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$
  print_timing("{:.1f} ms", 1.5);
}
//: ```{output}
//: ```
//:
//: The entropy fell to {value}`entropy`, as in {value}`3.1:entropy`. The chart of section
//: 3.2 shows it, and chapter 3 began it.
//:
//: ```{figure-from} attention_entropy
//: :alt: The entropy falls from 1.8 at width 4
//:   to 0.3 at width 16.
//:
//: The entropy against the width, which falls.
//: ```
//:
//: ```{listing} llm::score
//: ```
//:
//: ```{listing} llm::Scores
//: ```

}  // namespace

void scores() {
  sizes();
}

//: ## Exercises
//:
//: ````{exercise} 3.1a
//: :title: The size of a score
//: :kind: code
//: :function: scaled_score
//:
//: Divide the score by $\sqrt d$.
//:
//: ```{hint}
//: Look at the formula.
//: ```
//:
//: ```{hint}
//: Call `std::sqrt`.
//: ```
//:
//: ```{solution}
//: One division.
//: ```
//: ````
