//: # Self-attention
//:
//: Which "bank" is it? How can a word take its meaning from its neighbors?
//:
//: This section is not written yet. It will build on the dot products of chapter 1 and the softmax
//: of section 2.1.

void self_attention() {}
