//: # Non-linearity
//:
//: Why do two linear layers see no more than one, and what is the smallest change that cures it?
//:
//: This section is not written yet. It will build on the linear layer of section 1.2.

void nonlinearity() {}
