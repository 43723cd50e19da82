//: # Ends
//:
//: `````{exercise} 9.4a
//: :title: Recursion
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
//: `````{exercise} 9.4b
//: :title: Memory
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
//: `````{exercise} 9.4c
//: :title: A number thrown
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
//: `````{exercise} 9.4d
//: :title: An exception
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
//: `````{exercise} 9.4e
//: :title: The exit
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
//: `````{exercise} 9.4f
//: :title: Abort
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
//: `````{exercise} 9.4g
//: :title: Closed files
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
//: `````{exercise} 9.4h
//: :title: Zero
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
//: `````{exercise} 9.4i
//: :title: Behind the end
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
//: `````{exercise} 9.4j
//: :title: Input
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
//: `````{exercise} 9.4k
//: :title: Patience
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
