//: # Linear layers
//:
//: How does a layer ask a thousand questions of a word at once, and how fast can this machine
//: answer them?
//:
//: This section is not written yet. It will build on the dot product of section 1.1.

void linear_layers() {}
