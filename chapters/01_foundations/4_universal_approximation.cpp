//: # Universal function approximation
//:
//: Which functions can a network with one hidden layer express, and can gradient descent find them?
//:
//: This section is not written yet. It will build on the linear layer and ReLU of sections 1.2 and
//: 1.3.

void universal_approximation() {}
