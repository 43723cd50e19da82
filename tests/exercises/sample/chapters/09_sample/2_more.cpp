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
//: `````{exercise} 9.2c
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
//: `````{exercise} 9.2d
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
//: `````{exercise} 9.2e
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
