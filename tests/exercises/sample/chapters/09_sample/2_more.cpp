//: # More
//:
//: `````{exercise} 9.2a
//: :title: A product
//: :kind: code
//: :function: product
//:
//: Multiply.
//:
//: ```{hint}
//: First.
//: ```
//: ```{hint}
//: Second.
//: ```
//: ```{solution}
//: None.
//: ```
//: `````
//:
//: `````{exercise} 9.2b
//: :title: Wrong
//: :kind: code
//: :function: product
//:
//: Multiply.
//:
//: ```{hint}
//: First.
//: ```
//: ```{hint}
//: Second.
//: ```
//: ```{solution}
//: None.
//: ```
//: `````
//:
//: `````{exercise} 9.2c
//: :title: Unfit
//: :kind: code
//: :function: product
//:
//: Multiply.
//:
//: ```{hint}
//: First.
//: ```
//: ```{hint}
//: Second.
//: ```
//: ```{solution}
//: None.
//: ```
//: `````
//:
//: `````{exercise} 9.2d
//: :title: Crash
//: :kind: code
//: :function: product
//:
//: Multiply.
//:
//: ```{hint}
//: First.
//: ```
//: ```{hint}
//: Second.
//: ```
//: ```{solution}
//: None.
//: ```
//: `````
//:
//: `````{exercise} 9.2e
//: :title: Endless
//: :kind: code
//: :function: product
//:
//: Multiply.
//:
//: ```{hint}
//: First.
//: ```
//: ```{hint}
//: Second.
//: ```
//: ```{solution}
//: None.
//: ```
//: `````
//:
//: `````{exercise} 9.2f
//: :title: Another's
//: :kind: code
//: :function: product
//:
//: Multiply.
//:
//: ```{hint}
//: First.
//: ```
//: ```{hint}
//: Second.
//: ```
//: ```{solution}
//: None.
//: ```
//: `````
