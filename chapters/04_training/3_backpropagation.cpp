//: # Backpropagation by hand
//:
//: How does one pass backward give the derivative of the loss with respect to every number in the
//: model?
//:
//: This section is not written yet. It will build on everything that has a forward pass so far.

void backpropagation() {}
