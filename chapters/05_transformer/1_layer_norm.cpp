//: # Layer norm
//:
//: Section 4.2 chose the deviation of the weights so that the signal keeps its size from the first
//: layer to the last. Then training begins, and the first step changes the weights. Who keeps the
//: size now?

void layer_norm() {}
