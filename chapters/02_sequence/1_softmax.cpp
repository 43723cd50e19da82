//: # Softmax
//:
//: How do raw scores become weights that are positive and sum to one, without a score of 1000
//: breaking the program?
//:
//: This section is not written yet. It will build on the vectors and scores of chapter 1.

void softmax() {}
