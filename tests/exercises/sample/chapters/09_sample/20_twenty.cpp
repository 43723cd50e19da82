//: # A section of two digits
//:
//: `````{exercise} 9.20a
//: :title: Another section
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
