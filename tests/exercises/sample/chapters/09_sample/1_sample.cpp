//: # A sample
//:
//: What does the runner say? Its tests read this page.
//:
//: ## Exercises
//:
//: `````{exercise} 9.1a
//: :title: A sum
//: :kind: code
//: :function: sum
//:
//: Add two numbers. With
//:
//: ```cpp
//: sum(1, 2);
//: ```
//: you get 3.
//:
//: ```{hint}
//: There is an operator for it.
//: ```
//: ```{hint}
//: It is `+`,
//: between the two.
//: ```
//: ```{solution}
//: The sum of $a$ and $b$ is $a + b$.
//: ```
//: `````
//:
//: `````{exercise} 9.1b
//: :title: On paper
//: :kind: paper
//:
//: Think.
//:
//: ```{hint}
//: Harder.
//: ```
//: ```{hint}
//: Harder still.
//: ```
//: ```{solution}
//: You did.
//: ```
//: `````
