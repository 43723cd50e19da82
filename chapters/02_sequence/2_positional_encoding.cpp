//: # Positional encoding
//:
//: Dot products cannot tell "dog bites man" from "man bites dog". What must be added to a word so
//: that they can?
//:
//: This section is not written yet. It will build on the word vectors of section 1.1 and the
//: softmax of section 2.1.

void positional_encoding() {}
