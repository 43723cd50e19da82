//: # Causal masking
//:
//: How is one sentence of T words T training examples at once, and what does a model learn that can
//: see the answer?
//:
//: This section is not written yet. It will build on the masks of section 3.4.

void causal_masking() {}
