//: # Layer norm
//:
//: After thirty layers the activations have drifted away. What holds them in place?
//:
//: This section is not written yet. It will build on the residual connections of section 4.2.

void layer_norm() {}
