//: # RoPE
//:
//: Can a score depend on how far apart two words are, and on nothing else about where they stand?
//:
//: This section is not written yet. It will build on the encodings of section 2.2.

void rope() {}
