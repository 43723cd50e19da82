//: # Prints
//:
//: `````{exercise} 9.3a
//: :title: Print without end
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
//: `````{exercise} 9.3b
//: :title: One line
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
//: `````{exercise} 9.3c
//: :title: A trace
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
//: `````{exercise} 9.3d
//: :title: Half a line
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
